"""Gantt chart of a line: what each server did when, a pure function of the records.

Every server is in exactly one state at any time. Where several apply the first of `STATE_ORDER`
counts, so that the shares of time are those of `twin.kpi`: a server is planned off whatever else
happens to it, then in maintenance or set-up (failures in between included), down, running, blocked,
and starved otherwise. The key figure `down` is maintenance, set-up and down together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.kpi import event_spans
from twin.line import LineModel
from twin.records import LineRecords

__all__ = ["STATE_ORDER", "GanttBar", "gantt", "state_shares_of"]

STATE_ORDER = (
    "planned_stop", "maintenance", "setup", "down", "running", "blocked", "starved",
)  # fmt: skip
_STOPS = {"maintenance": "maintenance", "setup": "setup", "down": "failure"}
_WITH_LOT = ("running", "blocked")
_LOT, _STATION, _SERVER, _START, _FINISH, _DEPART = 0, 1, 2, 4, 5, 6
Spans = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GanttBar:
    """One server in one state from `start_s` to `end_s`, in seconds of the line.

    Attributes
    ----------
    server : int
        From 1.
    state : str
        One of `STATE_ORDER`.
    lot : str
        Of a running or blocked server; the first of a batch. Empty otherwise.
    lots : int
        How many the server holds; of a bar that stands for several, how many began in it.
    share : float
        Part of the bar that is in this state; below 1 where short bars were put together.
    """

    station: str
    server: int
    start_s: float
    end_s: float
    state: str
    lot: str = ""
    lots: int = 0
    share: float = 1.0


def gantt(
    records: LineRecords,
    line: LineModel,
    start_s: float,
    end_s: float,
    *,
    stations: Sequence[str] | None = None,
    max_bars: int = 4000,
) -> tuple[GanttBar, ...]:
    """Bars of every server over [start_s, end_s], by station, server and time.

    The bars of a server neither overlap nor leave a gap. Where there would be more than
    `max_bars`, each server's time is cut into equal pieces, each in the state that takes most of
    it (`share`), and equal neighbours are joined.

    Parameters
    ----------
    stations : sequence of str, optional
        Default: those that lots visit; a laboratory has a server for each of its channels.

    Raises
    ------
    InputError
        When the window is empty, a station unknown, or `max_bars` below one a server.
    """
    if not start_s < end_s:
        raise InputError(f"end_s must be above start_s {start_s}, got {end_s}")
    names = [station.name for station in line.path] if stations is None else stations
    places = sorted({line.index(name) for name in names})
    servers = sum(line.stations[place].servers for place in places)
    if max_bars < servers:
        raise InputError(f"max_bars must be at least the {servers} servers, got {max_bars}")
    rows = [row for place in places for row in _rows(records, line, place, (start_s, end_s))]
    if sum(len(row) for row in rows) > max_bars:
        pieces = max_bars // servers
        rows = [_thinned(row, start_s, end_s, pieces) for row in rows]
    return tuple(bar for row in rows for bar in row)


def state_shares_of(bars: Sequence[GanttBar]) -> dict[str, dict[str, float]]:
    """Share of server time that each station spent in each state, planned stops included.

    Examples
    --------
    >>> bars = [GanttBar("roll", 1, 0, 30, "running"), GanttBar("roll", 1, 30, 40, "down")]
    >>> state_shares_of(bars)
    {'roll': {'running': 0.75, 'down': 0.25}}
    """
    times: dict[str, dict[str, float]] = {}
    for bar in bars:
        spent = times.setdefault(bar.station, {})
        spent[bar.state] = spent.get(bar.state, 0.0) + (bar.end_s - bar.start_s)
    return {
        station: {state: time / sum(spent.values()) for state, time in spent.items()}
        for station, spent in times.items()
    }


def _rows(
    records: LineRecords, line: LineModel, place: int, window: tuple[float, float]
) -> Iterator[list[GanttBar]]:
    model, visits = line.stations[place], records.visit_rows
    visits = visits[(visits[:, _STATION] == place) & ~np.isnan(visits[:, _START])]
    planned = _spans(model.planned_stops_between(*window))
    stops = {state: event_spans(records, place, kind) for state, kind in _STOPS.items()}
    for server in range(model.servers):
        own = visits[visits[:, _SERVER] == server]
        own = own[np.argsort(own[:, _START], kind="stable")]
        spans = {
            "planned_stop": planned,
            "running": own[:, [_START, _FINISH]],
            "blocked": own[:, [_FINISH, _DEPART]][~np.isnan(own[:, _FINISH])],
        }
        for state, found in stops.items():
            spans[state] = _spans([*found.get(server, []), *found.get(-1, [])])
        yield _of_server(records, model.name, server, own, spans, window)


def _spans(spans: Sequence[tuple[float, float]]) -> Spans:
    return np.array(spans, dtype=np.float64).reshape(-1, 2)


def _of_server(
    records: LineRecords,
    station: str,
    server: int,
    visits: Spans,
    spans: dict[str, Spans],
    window: tuple[float, float],
) -> list[GanttBar]:
    """Cut the window wherever anything begins or ends, and give each piece its first state."""
    clipped = {
        state: np.clip(np.where(np.isnan(found), np.inf, found), *window)
        for state, found in spans.items()
    }
    cuts = np.unique(np.concatenate([*(found.ravel() for found in clipped.values()), window]))
    state = np.full(len(cuts) - 1, len(STATE_ORDER) - 1)
    for place in reversed(range(len(STATE_ORDER) - 1)):
        state[_covered(cuts, clipped[STATE_ORDER[place]])] = place
    held = _held(cuts, visits)
    numbers = visits[:, _LOT]
    with_lot = np.isin(state, [STATE_ORDER.index(name) for name in _WITH_LOT])
    lot = np.where(with_lot & (held[0] >= 0), held[0], -1)
    changed = np.flatnonzero((np.diff(state) != 0) | (np.diff(lot) != 0)) + 1
    firsts = np.concatenate([[0], changed]).tolist()
    ends = np.concatenate([cuts[changed], cuts[-1:]]).tolist()
    return [
        GanttBar(
            station, server + 1, float(cuts[first]), end, STATE_ORDER[state[first]],
            records.lot_id(int(numbers[lot[first]])) if lot[first] >= 0 else "",
            int(held[1][first]) if lot[first] >= 0 else 0,
        )
        for first, end in zip(firsts, ends, strict=True)
    ]  # fmt: skip


def _covered(cuts: NDArray[np.float64], spans: Spans) -> NDArray[np.bool_]:
    """Which pieces between the cuts lie inside a span."""
    depth = np.zeros(len(cuts), dtype=np.int64)
    low, high = np.searchsorted(cuts, spans[:, 0]), np.searchsorted(cuts, spans[:, 1])
    np.add.at(depth, low, 1)
    np.add.at(depth, np.maximum(low, high), -1)
    return np.cumsum(depth)[:-1] > 0


def _held(cuts: NDArray[np.float64], visits: Spans) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each piece the visit that began last, -1 before any, and how many began with it.

    A server serves one lot or batch at a time, so what it holds is what it began last.
    """
    starts = visits[:, _START]
    groups, first, count = np.unique(starts, return_index=True, return_counts=True)
    place = np.searchsorted(groups, cuts[:-1], side="right") - 1
    if not len(groups):
        return place, place
    return np.where(place >= 0, first[place], -1), np.where(place >= 0, count[place], 0)


def _thinned(bars: Sequence[GanttBar], start_s: float, end_s: float, pieces: int) -> list[GanttBar]:
    """At most `pieces` bars: the state with most time in each, equal neighbours joined."""
    if len(bars) <= pieces:
        return list(bars)
    edges = np.linspace(start_s, end_s, pieces + 1)
    cuts = np.array([bar.start_s for bar in bars] + [end_s])
    time_in = np.zeros((len(STATE_ORDER), pieces))
    for place, name in enumerate(STATE_ORDER):
        lengths = [bar.end_s - bar.start_s if bar.state == name else 0.0 for bar in bars]
        passed = np.concatenate([[0.0], np.cumsum(lengths)])
        time_in[place] = np.diff(np.interp(edges, cuts, passed))
    chosen = np.argmax(time_in, axis=0)
    firsts = np.concatenate([[0], np.flatnonzero(np.diff(chosen)) + 1, [pieces]])
    begun = np.array([bar.start_s for bar in bars if bar.state == "running"])
    thin = []
    for low, high in zip(firsts[:-1].tolist(), firsts[1:].tolist(), strict=True):
        a, b = float(edges[low]), float(edges[high])
        inside = float(np.sum(time_in[chosen[low], low:high]) / (b - a))
        lots = int(np.sum((begun >= a) & (begun < b)))
        name = STATE_ORDER[chosen[low]]
        thin.append(
            GanttBar(bars[0].station, bars[0].server, a, b, name, "", lots, min(1.0, inside))
        )
    return thin
