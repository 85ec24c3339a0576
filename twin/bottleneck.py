"""The shifting bottleneck of Roser, Nakano and Tanaka (2002): the longest active period.

At any time the bottleneck is the machine whose current uninterrupted active period (working, under
repair, set up or maintained, neither waiting nor blocked) is the longest. Where two successive
bottleneck periods overlap, the bottleneck shifts from one machine to the other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twin.coverage import united
from twin.kpi import stop_times
from twin.line import LineModel
from twin.records import LineRecords

__all__ = ["Bottleneck", "BottleneckSpan", "active_periods", "bottleneck"]

Period = tuple[float, float]


@dataclass(frozen=True, slots=True)
class BottleneckSpan:
    """A time in which a machine was the bottleneck, alone (`sole`) or shifting with another."""

    machine: str
    start_s: float
    end_s: float
    sole: bool


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """Successive bottleneck periods, and shares of the whole time by machine."""

    sequence: tuple[tuple[str, float, float], ...]
    sole_share: Mapping[str, float]
    shifting_share: Mapping[str, float]

    @property
    def machine(self) -> str | None:
        """The machine that is the bottleneck longest, alone or shifting."""
        total = {
            name: self.sole_share[name] + self.shifting_share[name] for name in self.sole_share
        }
        return max(total, key=lambda name: total[name]) if self.sequence else None

    @property
    def spans(self) -> tuple[BottleneckSpan, ...]:
        """The sequence cut where the bottleneck shifts: when a machine was it alone, and when not.

        Examples
        --------
        >>> [(one.machine, one.start_s, one.sole) for one in
        ...  bottleneck({"A": [(0, 10)], "B": [(8, 22)]}).spans]
        [('A', 0, True), ('A', 8, False), ('B', 8, False), ('B', 10, True)]
        """
        spans = []
        for place, (machine, start, end) in enumerate(self.sequence):
            before = self.sequence[place - 1][2] if place else start
            after = self.sequence[place + 1][1] if place + 1 < len(self.sequence) else end
            alone = (min(end, max(start, before)), max(start, min(end, after)))
            cuts = ((start, alone[0], False), (*alone, True), (alone[1], end, False))
            spans += [BottleneckSpan(machine, *cut) for cut in cuts if cut[0] < cut[1]]
        return tuple(sorted(spans, key=lambda one: (one.start_s, one.end_s, one.machine)))


def bottleneck(active: Mapping[str, Sequence[Period]]) -> Bottleneck:
    """Find the bottleneck at each time.

    Parameters
    ----------
    active : mapping of str to sequence of (start_s, end_s)
        Active periods of each machine; periods that touch are one.

    Examples
    --------
    >>> found = bottleneck({"A": [(0, 10)], "B": [(8, 22)]})
    >>> found.sequence
    (('A', 0, 10), ('B', 8, 22))
    >>> round(found.shifting_share["A"] * 22, 6)
    2.0
    """
    periods = {name: united(spans) for name, spans in active.items()}
    starts = {name: [start for start, _ in spans] for name, spans in periods.items()}
    sequence: list[tuple[str, float, float]] = []
    now: float | None = min((spans[0][0] for spans in periods.values() if spans), default=None)
    while now is not None:
        name, (start, end) = max(
            _active_at(periods, starts, now), key=lambda found: found[1][1] - found[1][0]
        )
        sequence.append((name, start, end))
        now = _next_time(periods, starts, end)
    return _shares(tuple(periods), sequence, periods)


def _active_at(
    periods: Mapping[str, Sequence[Period]], starts: Mapping[str, Sequence[float]], now: float
) -> Iterable[tuple[str, Period]]:
    for name, spans in periods.items():
        place = bisect_right(starts[name], now) - 1
        if place >= 0 and spans[place][1] > now:
            yield name, spans[place]


def _next_time(
    periods: Mapping[str, Sequence[Period]], starts: Mapping[str, Sequence[float]], end: float
) -> float | None:
    """When the next bottleneck is to be looked for: at `end`, or when something is active again."""
    if any(True for _ in _active_at(periods, starts, end)):
        return end
    coming = [
        begin[place]
        for begin in starts.values()
        if (place := bisect_right(begin, end)) < len(begin)
    ]
    return min(coming, default=None)


def _shares(
    names: Sequence[str],
    sequence: Sequence[tuple[str, float, float]],
    periods: Mapping[str, Sequence[Period]],
) -> Bottleneck:
    sole, shifting = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    if sequence:
        whole = max(spans[-1][1] for spans in periods.values() if spans) - sequence[0][1]
        changes = sorted(
            [(start, 1, name) for name, start, _ in sequence]
            + [(end, -1, name) for name, _, end in sequence]
        )
        open_now: list[str] = []
        since = changes[0][0]
        for time, change, name in changes:
            share = sole if len(open_now) == 1 else shifting
            for machine in open_now:
                share[machine] += (time - since) / whole
            since = time
            open_now.append(name) if change == 1 else open_now.remove(name)
    return Bottleneck(tuple(sequence), sole, shifting)


def active_periods(
    records: LineRecords, line: LineModel, start_s: float, end_s: float
) -> dict[str, list[Period]]:
    """When every server of a station works, is down, set up or maintained, by station of the path.

    A planned stop in the middle of a service does not end the period.
    """
    return {
        model.name: _all_active(records, line.index(model.name), model.servers, start_s, end_s)
        for model in line.path
    }


def _all_active(
    records: LineRecords, place: int, servers: int, start_s: float, end_s: float
) -> list[Period]:
    rows = records.visit_rows
    rows = rows[(rows[:, 1] == place) & ~np.isnan(rows[:, 4])]
    downs = stop_times(records, place)
    changes: list[tuple[float, int]] = []
    for server in range(servers):
        mine = rows[rows[:, 2] == server]
        spans = list(zip(mine[:, 4].tolist(), mine[:, 5].tolist(), strict=True))
        for start, end in united([*_closed(spans, end_s), *_closed(downs.get(server, []), end_s)]):
            if end > start_s and start < end_s:
                changes += [(max(start, start_s), 1), (end, -1)]
    return _where_all(sorted(changes), servers)


def _closed(spans: Iterable[Period], end_s: float) -> list[Period]:
    """Spans that have not ended (nan or inf) end with the window."""
    return [(start, end if end < end_s else end_s) for start, end in spans if start < end_s]


def _where_all(changes: Sequence[tuple[float, int]], servers: int) -> list[Period]:
    active, since, periods = 0, 0.0, []
    for time, change in changes:
        if active == servers and change < 0 and time > since:
            periods.append((since, time))
        active += change
        if active == servers:
            since = time
    return periods
