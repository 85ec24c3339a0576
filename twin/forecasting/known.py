"""Everything that was known of the line at one time, read once from the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from process_models.errors import InputError
from twin.calibration import CalibratedLine, calibrate_line
from twin.event_records import records_from_events
from twin.forecasting.history import History, Readings, history_of, readings_of, specified
from twin.line_time import line_seconds
from twin.state import LineState, line_state

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import LineModel
    from twin.monitoring.plan import ControlPlan, PlannedCharacteristic
    from twin.store import Store

__all__ = ["Known", "known_at", "known_from", "moment_of"]

_EVENTS_BACK = timedelta(days=60)
_SILENT = timedelta(hours=24)
READ_COLUMNS = (
    "measured_at", "lot_id", "characteristic", "station", "position", "value", "quality",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """The line as known at `state.as_of`.

    Attributes
    ----------
    passed : mapping of str to frozenset of str
        Stations that each lot in process has been finished at.
    readings : mapping
        Of the lots in process.
    history : History
        What the lots of the last weeks measured at each station.
    planned : mapping of str to list of PlannedCharacteristic
        What is specified, by station of the path.
    """

    state: LineState
    calibration: CalibratedLine
    passed: Mapping[str, frozenset[str]]
    readings: Readings
    history: History
    planned: Mapping[str, list[PlannedCharacteristic]]
    provenance: str


def moment_of(store: Store, as_of: datetime | None, now: datetime | None = None) -> datetime:
    """`as_of`, or now; where the newest event is older than a day, the time of that event.

    A simulated line may run faster than the clock: then it is the newest event too.

    Raises
    ------
    InputError
        When no event is stored, or `as_of` has no offset.
    """
    if as_of is not None:
        if as_of.tzinfo is None:
            raise InputError(f"as-of needs an offset from UTC, got {as_of.isoformat()}")
        return as_of
    present = now or datetime.now(UTC)
    ahead = store.events(since=present)
    if not ahead.empty and ahead["provenance"].iloc[-1] == "simulated":
        return _time_of_last(ahead)
    newest = store.events(known_by=present, since=present - _SILENT)
    if newest.empty:
        newest = store.events(known_by=present)
        if newest.empty:
            raise InputError("no events stored: import or collect first")
        return _time_of_last(newest)
    return present


def _time_of_last(events: pd.DataFrame) -> datetime:
    last: datetime = events["occurred_at"].iloc[-1].to_pydatetime()
    return last


def known_at(
    store: Store,
    line: LineModel,
    plan: ControlPlan,
    as_of: datetime,
    calibration: CalibratedLine | None = None,
) -> Known:
    """Read what was known at `as_of`; what was received later does not count.

    Parameters
    ----------
    calibration : CalibratedLine, optional
        Instead of one fitted to what was known.

    Raises
    ------
    InputError
        When no event was known.
    """
    events = store.events(known_by=as_of, since=as_of - _EVENTS_BACK)
    read = store.measurements(known_by=as_of, since=as_of - _EVENTS_BACK, columns=READ_COLUMNS)
    return known_from(events, read, line, plan, as_of, calibration=calibration)


def known_from(
    events: pd.DataFrame,
    measurements: pd.DataFrame,
    line: LineModel,
    plan: ControlPlan,
    as_of: datetime,
    *,
    calibration: CalibratedLine | None = None,
    history: History | None = None,
) -> Known:
    """As `known_at`, of tables that hold what was known.

    Parameters
    ----------
    history : History, optional
        Of the same tables, or of longer ones: what passed later is left out.

    Raises
    ------
    InputError
        When there is no event.
    """
    if events.empty:
        raise InputError(f"no events known at {as_of.isoformat()}: import or collect first")
    path = [station.name for station in line.path]
    laboratory = next((one.name for one in line.stations if one.samples), "cell_test")
    state = line_state(events, as_of, path=path, laboratory=laboratory)
    inside = {lot.lot_id for lot in state.lots}
    known = history or history_of(events, measurements, plan, path)
    return Known(
        state=state,
        calibration=calibration or calibrate_line(records_from_events(events, line, as_of), line),
        passed=_passed(events, inside),
        readings=readings_of(measurements[measurements["lot_id"].isin(inside)]),
        history=known.until(line_seconds(as_of)),
        planned={station: specified(plan, station) for station in path},
        provenance=str(events["provenance"].iloc[-1]),
    )


def _passed(events: pd.DataFrame, lots: set[str]) -> dict[str, frozenset[str]]:
    own = events[(events["event"] == "finish") & events["lot_id"].isin(lots)]
    return {str(lot): frozenset(part) for lot, part in own.groupby("lot_id")["station"]}
