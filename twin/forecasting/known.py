"""Everything that was known of the line at one time, read once from the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from process_models.errors import InputError
from twin.event_records import records_from_events
from twin.forecasting.good_share import Spells, past_spells
from twin.forecasting.history import Donors, Readings, donors_of, readings_of, specified
from twin.forecasting.service_times import service_factors
from twin.state import LineState, line_state

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import LineModel
    from twin.monitoring.plan import ControlPlan, PlannedCharacteristic
    from twin.store import Store

__all__ = ["Known", "known_at", "moment_of"]

_EVENTS_BACK = timedelta(days=60)
_PACE_BACK = timedelta(days=14)
_SILENT = timedelta(hours=24)
_DONORS = 200


@dataclass(frozen=True)
class Known:
    """The line as known at `state.as_of`.

    Attributes
    ----------
    passed : mapping of str to frozenset of str
        Stations that each lot in process has been finished at.
    donors : mapping of str to Donors
        By station.
    planned : mapping of str to list of PlannedCharacteristic
        What is specified, by station of the path.
    spells : Spells
        How good the lots of the last two weeks were.
    """

    state: LineState
    service_factors: dict[str, float]
    passed: Mapping[str, frozenset[str]]
    readings: Readings
    donors: Mapping[str, Donors]
    planned: Mapping[str, list[PlannedCharacteristic]]
    spells: Spells
    provenance: str


def moment_of(store: Store, as_of: datetime | None, now: datetime | None = None) -> datetime:
    """`as_of`, or now; where the newest event is older than a day, the time of that event.

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
    newest = store.events(known_by=present, since=present - _SILENT)
    if newest.empty:
        newest = store.events(known_by=present)
        if newest.empty:
            raise InputError("no events stored: import or collect first")
        last: datetime = newest["occurred_at"].iloc[-1].to_pydatetime()
        return last
    return present


def known_at(store: Store, line: LineModel, plan: ControlPlan, as_of: datetime) -> Known:
    """Read what was known at `as_of`; what was received later does not count.

    Raises
    ------
    InputError
        When no event was known.
    """
    events = store.events(known_by=as_of, since=as_of - _EVENTS_BACK)
    if events.empty:
        raise InputError(f"no events known at {as_of.isoformat()}: import or collect first")
    path = [station.name for station in line.path]
    laboratory = next((one.name for one in line.stations if one.samples), "cell_test")
    state = line_state(events, as_of, path=path, laboratory=laboratory)
    recent = events[events["occurred_at"] >= as_of - _PACE_BACK]
    finishes = events[events["event"] == "finish"]
    passed = _passed(finishes, {lot.lot_id for lot in state.lots})
    last = {
        station: finishes.loc[finishes["station"] == station, "lot_id"].drop_duplicates(
            keep="last").tail(_DONORS).tolist()
        for station in path
    }
    wanted = set(passed).union(*last.values()) | {lot.lot_id for lot in state.in_process}
    readings = readings_of(store.measurements(
        lot_ids=sorted(wanted), known_by=as_of,
        columns=("lot_id", "characteristic", "station", "value", "quality"),
    ))
    planned = {station: specified(plan, station) for station in path}
    return Known(
        state=state,
        service_factors=service_factors(records_from_events(recent, line, as_of), line),
        passed=passed,
        readings=readings,
        donors={name: donors_of(lots, readings, planned[name]) for name, lots in last.items()},
        planned=planned,
        spells=past_spells(store, plan, finishes, path[-1], as_of),
        provenance=str(events["provenance"].iloc[-1]),
    )


def _passed(finishes: pd.DataFrame, lots: set[str]) -> dict[str, frozenset[str]]:
    own = finishes[finishes["lot_id"].isin(lots)]
    return {str(lot): frozenset(part) for lot, part in own.groupby("lot_id")["station"]}
