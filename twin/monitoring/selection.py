"""Which stored readings a chart or a capability study is made from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from process_models.errors import InputError
from twin.monitoring.plan import ControlPlan
from twin.monitoring.points import COLUMNS, usable
from twin.store import Store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["readings_of", "station_of"]


def station_of(
    store: Store, plan: ControlPlan, characteristic: str, station: str | None = None
) -> str:
    """The station that is meant: the one named, else where the plan or the store has it.

    Raises
    ------
    InputError
        When nothing is stored of it there.
    """
    stored = [s.station for s in store.characteristics() if s.characteristic == characteristic]
    if not stored or (station is not None and station not in stored):
        where = "" if station is None else f" at {station}"
        raise InputError(f"nothing is stored of characteristic {characteristic!r}{where}")
    if station is not None:
        return station
    if len(stored) > 1:
        known = [p.station for p in plan.characteristics if p.name == characteristic]
        return next((place for place in known if place in stored), stored[0])
    return stored[0]


def readings_of(
    store: Store,
    characteristic: str,
    station: str,
    since: datetime | None = None,
    until: datetime | None = None,
    last: int | None = None,
) -> pd.DataFrame:
    """Usable readings of a period, in the order of measurement, with `COLUMNS`.

    Raises
    ------
    InputError
        When there is none.
    """
    frame = usable(
        store.measurements(
            characteristic, station, since=since, until=until, last=last, columns=COLUMNS
        )
    )
    if frame.empty:
        raise InputError(f"no usable reading of {characteristic} at {station} in this period")
    return frame
