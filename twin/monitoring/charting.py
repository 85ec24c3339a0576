"""Charts and capability of what is stored, against the limits that were frozen for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc import ChartOptions, ChartResult, FrozenLimits, chart, evaluate
from twin.monitoring.limits import (
    LimitsVersion,
    fit_phase1,
    newest_limits,
    plan_options,
    save_limits,
)
from twin.monitoring.plan import ControlPlan, PlannedCharacteristic
from twin.monitoring.points import COLUMNS, Points, points_of, subgroup_codes, usable
from twin.store import Store
from twin.store.times import from_us, timestamps

if TYPE_CHECKING:
    import pandas as pd

    from process_models.capability import CapabilityResult, CapabilitySixpack

__all__ = ["StoredChart", "capability_stored", "chart_stored", "freeze_limits", "sixpack_stored"]

_SUBGROUP_CHARTS = frozenset({"xbar_r", "xbar_s", "xbar", "r", "s", "i_mr_rs"})


@dataclass(frozen=True, eq=False)
class StoredChart:
    """A chart of what is stored.

    Attributes
    ----------
    times : DatetimeIndex of length n
        When the last reading of each point was measured, UTC.
    lot_ids : tuple of str
        Lot of each point.
    provenance : str
        Of the readings; several are joined by `+`.
    limits_version : int or None
        Version of the frozen limits; None when the limits come from the points shown.
    planned : PlannedCharacteristic or None
        None when the control plan does not know the characteristic.
    age_s : float
        Since the newest reading, by the clock of this machine.
    """

    result: ChartResult
    times: pd.DatetimeIndex
    lot_ids: tuple[str, ...]
    provenance: str
    limits_version: int | None
    planned: PlannedCharacteristic | None
    age_s: float
    station: str
    unit: str


def chart_stored(
    store: Store,
    plan: ControlPlan,
    characteristic: str,
    station: str | None = None,
    *,
    kind: str | None = None,
    options: ChartOptions | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    last: int | None = None,
) -> StoredChart:
    """Chart a stored characteristic.

    Without `kind` and `options` it is the chart of the control plan, judged against its newest
    frozen limits, or, while there are none, against limits from the first points.

    Parameters
    ----------
    station : str, optional
        Needed when the characteristic is measured at several.
    since, until : datetime, optional
        Period of the readings.
    last : int, optional
        Only the newest so many readings.

    Raises
    ------
    InputError
        When nothing is stored of it, it is measured at several stations, or the data do not suit
        the chart.
    """
    place = _station(store, plan, characteristic, station)
    planned = plan.find(characteristic, place)
    frame = _readings(store, characteristic, place, since, until, last)
    chosen = kind or (planned.chart if planned else _usual_chart(frame))
    points = points_of(frame, subgroups=_in_subgroups(chosen, planned))
    version = newest_limits(store, characteristic, place)
    as_planned = planned is not None and chosen == planned.chart and options is None
    if planned is not None and as_planned and version is not None and version.chart == chosen:
        result = _judge(version, planned, points)
        number = version.version
    else:
        result = _fresh(chosen, planned if as_planned else None, points, options)
        number = None
    newest = frame["measured_at"].iloc[-1].to_pydatetime()
    return StoredChart(
        result=result,
        times=_index(points.at_us),
        lot_ids=points.lot_ids,
        provenance=points.provenance,
        limits_version=number,
        planned=planned,
        age_s=(datetime.now(UTC) - newest).total_seconds(),
        station=place,
        unit=str(frame["unit"].iloc[-1]),
    )


def freeze_limits(
    store: Store,
    plan: ControlPlan,
    characteristic: str,
    station: str | None = None,
    *,
    user: str,
    reason: str,
    since: datetime | None = None,
    until: datetime | None = None,
    exclude: tuple[int, ...] | None = None,
) -> int:
    """Fit Phase I on a period and store the limits as the next version.

    Parameters
    ----------
    exclude : tuple of int, optional
        Points of the period, from 1, left out; without it those beyond the first limits are.

    Returns
    -------
    int
        The version.
    """
    place = _station(store, plan, characteristic, station)
    planned = plan.find(characteristic, place)
    if planned is None:
        raise InputError(f"{characteristic} at {place} is not in the control plan")
    frame = _readings(store, characteristic, place, since, until, None)
    points = points_of(frame, subgroups=planned.subgroup > 1)
    more = {} if exclude is None else {"exclude": exclude}
    limits = fit_phase1(planned, points, **more)
    return save_limits(store, planned, points, limits, user=user, reason=reason)


def capability_stored(
    store: Store,
    plan: ControlPlan,
    characteristic: str,
    station: str | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    **options: Any,
) -> tuple[CapabilityResult, NDArray[np.float64], str]:
    """Capability of a stored characteristic against the plan's specification.

    Parameters
    ----------
    options
        Of `process_models.capability.capability`; they replace those of the plan.

    Returns
    -------
    tuple
        The result, the readings and their provenance.
    """
    from process_models.capability import capability

    values, given, provenance = _to_specify(store, plan, characteristic, station, since, until)
    return capability(values, **{**given, **options}), values, provenance


def sixpack_stored(
    store: Store,
    plan: ControlPlan,
    characteristic: str,
    station: str | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    **options: Any,
) -> tuple[CapabilitySixpack, NDArray[np.float64], str]:
    """The six panels of a capability study of a stored characteristic.

    Parameters and the rest of what is returned are those of `capability_stored`.
    """
    from process_models.capability import capability_sixpack

    values, given, provenance = _to_specify(store, plan, characteristic, station, since, until)
    return capability_sixpack(values, **{**given, **options}), values, provenance


def _to_specify(
    store: Store,
    plan: ControlPlan,
    characteristic: str,
    station: str | None,
    since: datetime | None,
    until: datetime | None,
) -> tuple[NDArray[np.float64], dict[str, Any], str]:
    """Readings, the plan's specification and subgroups for them, and their provenance."""
    place = _station(store, plan, characteristic, station)
    planned = plan.find(characteristic, place)
    frame = _readings(store, characteristic, place, since, until, None)
    given: dict[str, Any] = {}
    if planned is not None:
        given = {"lsl": planned.lsl, "usl": planned.usl, "target": planned.target}
        if planned.subgroup > 1:
            given["subgroup"] = subgroup_codes(frame)
    values = frame["value"].to_numpy(dtype=np.float64)
    return values, given, "+".join(sorted(frame["provenance"].unique()))


def _station(
    store: Store, plan: ControlPlan, characteristic: str, station: str | None
) -> str:
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


def _readings(
    store: Store,
    characteristic: str,
    station: str,
    since: datetime | None,
    until: datetime | None,
    last: int | None,
) -> pd.DataFrame:
    frame = usable(
        store.measurements(
            characteristic, station, since=since, until=until, last=last, columns=COLUMNS
        )
    )
    if frame.empty:
        raise InputError(f"no usable reading of {characteristic} at {station} in this period")
    return frame


def _usual_chart(frame: pd.DataFrame) -> str:
    sizes = np.bincount(subgroup_codes(frame))
    return "xbar_s" if np.median(sizes) >= 2 else "i_mr"


def _in_subgroups(kind: str, planned: PlannedCharacteristic | None) -> bool:
    if kind in _SUBGROUP_CHARTS:
        return True
    return planned is not None and planned.subgroup > 1 and kind != "i_mr"


def _judge(version: LimitsVersion, planned: PlannedCharacteristic, points: Points) -> ChartResult:
    limits = version.limits
    begins_with_phase1 = from_us(int(points.at_us[0])) == version.phase1_from
    shown = begins_with_phase1 and points.n >= limits.phase1
    if not shown:
        limits = FrozenLimits(limits.kind, 0, (), limits.parameters)
    options = plan_options(planned, phase1=limits.phase1)
    return replace(evaluate(limits, points.data(), options), excluded=limits.excluded)


def _fresh(
    kind: str, planned: PlannedCharacteristic | None, points: Points, options: ChartOptions | None
) -> ChartResult:
    if options is None and planned is not None:
        options = plan_options(planned, phase1=min(planned.phase1, points.n))
    return chart(kind, points.data(), options or ChartOptions())


def _index(at_us: NDArray[np.int64]) -> pd.DatetimeIndex:
    import pandas as pd

    return pd.DatetimeIndex(timestamps(at_us.tolist()))
