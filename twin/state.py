"""The line's state, reduced from its events: where every lot is, since when, what stations do.

A pure function of the set of events: their order, and their being there twice, change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from process_models.errors import InputError
from twin.departures import last_departures

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CAUSAL",
    "PATH",
    "PHASES",
    "STOPS",
    "LineState",
    "LotState",
    "StationState",
    "line_state",
    "station_state",
]

Phase = Literal["queued", "in_service", "blocked", "moving", "held"]
Condition = Literal["running", "starved", "blocked", "down", "planned_stop"]

PATH = ("unwind", "polish", "sublimation", "cool", "wind", "roll", "inspect")
PHASES: Mapping[str, Phase] = {
    "arrive": "queued", "start": "in_service", "finish": "blocked", "depart": "moving",
    "rework": "moving", "hold": "held", "release": "queued",
}
STOPS = {"setup_start": 1, "setup_end": -1, "maintenance_start": 1, "maintenance_end": -1}
CAUSAL = (
    "up", "setup_end", "maintenance_end", "finish", "scrap", "rework", "depart", "split", "merge",
    "release", "arrive", "hold", "setup_start", "maintenance_start", "start", "down",
)
_IDENTITY = ["occurred_at", "sequence", "order", "lot_id", "station", "event", "detail"]


@dataclass(frozen=True, slots=True)
class LotState:
    """Where one lot is.

    Attributes
    ----------
    station : str
        Where it is, or where it left from while it is `moving`.
    phase : str
        queued, in_service, blocked (finished and still there), moving or held.
    since, entered_at : datetime
        Start of the phase, and of its first event.
    coupon : bool
        A test coupon in the laboratory, no lot of the line.
    """

    lot_id: str
    station: str
    phase: Phase
    since: datetime
    entered_at: datetime
    coupon: bool = False


@dataclass(frozen=True, slots=True)
class StationState:
    """What one station does: its condition, since when, and the lots at it by phase.

    `since` is the time of its newest event, `down_since` that of the failure that lasts longest.
    """

    station: str
    condition: Condition
    since: datetime | None
    queued: int = 0
    in_service: int = 0
    blocked: int = 0
    servers_down: int = 0
    down_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineState:
    """The line at one moment.

    Attributes
    ----------
    as_of : datetime
        The moment.
    lots : tuple of LotState
        Lots and coupons that are still somewhere, by entry.
    stations : mapping
        By name, in the order of the path.
    finished, scrapped, tested : int
        Lots that left the line, lots that were scrapped, coupons whose test ended.
    last_event_at : datetime or None
        Newest event known.
    """

    as_of: datetime
    lots: tuple[LotState, ...]
    stations: Mapping[str, StationState]
    finished: int
    scrapped: int
    tested: int
    last_event_at: datetime | None

    @property
    def in_process(self) -> tuple[LotState, ...]:
        """Lots of the line, without coupons."""
        return tuple(lot for lot in self.lots if not lot.coupon)


def line_state(
    events: pd.DataFrame, as_of: datetime, *, path: Sequence[str] = PATH,
    laboratory: str = "cell_test",
) -> LineState:
    """Reduce events to the state at `as_of`.

    Parameters
    ----------
    events : DataFrame
        Columns of `Event`, in any order, duplicates allowed.
    as_of : datetime
        Later events are left out.
    path : sequence of str
        Stations in the order in which lots visit them; a lot that departs from the last is done.
    laboratory : str
        Where coupons are tested.

    Raises
    ------
    InputError
        When `as_of` has no offset from UTC.
    """
    if as_of.tzinfo is None:
        raise InputError(f"as_of needs an offset from UTC, got {as_of.isoformat()}")
    ordered = _ordered(events, as_of)
    movements = ordered[ordered["event"].isin([*PHASES, "scrap"]) & (ordered["lot_id"] != "")]
    newest = movements.drop_duplicates("lot_id", keep="last").set_index("lot_id")
    entered = movements.drop_duplicates("lot_id", keep="first").set_index("lot_id")
    newest = newest.assign(entered_at=entered["occurred_at"].reindex(newest.index))
    ended = newest.index.isin(last_departures(movements, [path[-1], laboratory])["lot_id"])
    ended &= newest["event"].eq("depart")
    scrapped = newest["event"].eq("scrap")
    tested = int((ended & newest["station"].eq(laboratory)).sum())
    lots = _lots(newest[~ended & ~scrapped].sort_values("entered_at", kind="stable"), laboratory)
    return LineState(
        as_of=as_of,
        lots=lots,
        stations=_stations(ordered, lots, (*path, laboratory)),
        finished=int(ended.sum()) - tested,
        scrapped=int(scrapped.sum()),
        tested=tested,
        last_event_at=None if ordered.empty else ordered["occurred_at"].iloc[-1].to_pydatetime(),
    )


def _ordered(events: pd.DataFrame, as_of: datetime) -> pd.DataFrame:
    known = events[events["occurred_at"] <= as_of]
    order = known["event"].map({name: place for place, name in enumerate(CAUSAL)})
    known = known.assign(order=order.astype("int64"))
    return known.drop_duplicates(_IDENTITY).sort_values(_IDENTITY, ignore_index=True)


def _lots(newest: pd.DataFrame, laboratory: str) -> tuple[LotState, ...]:
    rows: list[dict[Any, Any]] = newest.reset_index().to_dict("records")
    return tuple(
        LotState(
            lot_id=row["lot_id"], station=row["station"], phase=PHASES[row["event"]],
            since=row["occurred_at"].to_pydatetime(), entered_at=row["entered_at"].to_pydatetime(),
            coupon=row["station"] == laboratory,
        )
        for row in rows
    )


def _stations(
    ordered: pd.DataFrame, lots: Sequence[LotState], names: Sequence[str]
) -> dict[str, StationState]:
    at: dict[str, dict[str, int]] = {name: {} for name in names}
    for lot in lots:
        counts = at.setdefault(lot.station, {})
        counts[lot.phase] = counts.get(lot.phase, 0) + 1
    last = ordered.drop_duplicates("station", keep="last").set_index("station")["occurred_at"]
    down = _open(ordered, {"down": 1, "up": -1})
    stopped = _open(ordered, STOPS)
    nothing = (0, None)
    return {
        name: station_state(
            name, counts, down.get(name, nothing)[0], stopped.get(name, nothing)[0],
            last[name].to_pydatetime() if name in last.index else None,
            down.get(name, nothing)[1],
        )
        for name, counts in at.items()
    }


def _open(
    ordered: pd.DataFrame, steps: Mapping[str, int]
) -> dict[str, tuple[int, datetime | None]]:
    """Stops begun and not ended, by station, and since when there is one.

    An end without a beginning counts for nothing.
    """
    chosen = ordered[ordered["event"].isin(list(steps))]
    found: dict[str, tuple[int, datetime | None]] = {}
    columns = (chosen["station"], chosen["event"], chosen["occurred_at"])
    for station, event, at in zip(*columns, strict=True):
        count, since = found.get(station, (0, None))
        now = max(0, count + steps[event])
        found[station] = (now, None if not now else since if count else at.to_pydatetime())
    return found


def station_state(
    name: str, counts: Mapping[str, Any], down: int, stopped: int, since: datetime | None,
    down_since: datetime | None = None,
) -> StationState:
    """What a station does, from the lots at it by phase and its servers that are out."""
    in_service = counts.get("in_service", 0)
    blocked = counts.get("blocked", 0)
    condition: Condition
    if down > 0 and not blocked and in_service <= down:
        condition = "down"  # a lot whose server broke down under it is still in service
    elif stopped > 0:
        condition = "planned_stop"
    elif in_service:
        condition = "running"
    else:
        condition = "blocked" if blocked else "starved"
    return StationState(
        station=name, condition=condition, since=since, queued=counts.get("queued", 0),
        in_service=in_service, blocked=blocked, servers_down=down, down_since=down_since,
    )
