"""Service times, times to failure and repairs as the records show them.

A lot's time at a station is cut up first: waiting and blocking are no service, nor are planned
stops and breakdowns during it. A service, a time to failure or a repair that still goes on is
censored: it takes at least as long as it has taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.kpi import down_times
from twin.line import LineModel, StationModel
from twin.records import ROUTES, LineRecords

__all__ = ["Sample", "StationDurations", "station_durations"]

Floats = NDArray[np.float64]
Spans = dict[int, list[tuple[float, float]]]
_SERVER, _ARRIVE, _START, _FINISH, _DEPART, _ROUTE = 2, 3, 4, 5, 6, 7
_SCRAP = ROUTES.index("scrap")


@dataclass(frozen=True)
class Sample:
    """Durations in seconds; those that have not ended are censored.

    Attributes
    ----------
    values : ndarray (n,)
    censored : ndarray of bool (n,)
    """

    values: Floats
    censored: NDArray[np.bool_]

    @classmethod
    def of(cls, ended: Sequence[float], still: Sequence[float] = ()) -> Sample:
        """Those that ended, then those that did not.

        Examples
        --------
        >>> Sample.of([3.0], [2.0]).censored.tolist()
        [False, True]
        """
        values = np.array([*ended, *still], dtype=np.float64)
        return cls(values, np.arange(len(values)) >= len(ended))

    def last(self, n: int) -> Sample:
        """The newest `n` that ended, and all that did not."""
        ended = self.values[~self.censored][-n:]
        return Sample.of(ended.tolist(), self.values[self.censored].tolist())


@dataclass(frozen=True)
class StationDurations:
    """What one station did.

    Attributes
    ----------
    service, to_failure, repair : Sample
        Work of a service; work between a repair and the next failure; work of a repair, waiting
        for a crew apart.
    ended_s : ndarray (services that ended,)
        When each service ended, in line seconds.
    age_s : tuple of float
        Of each server, its work since its last repair.
    passed, scrapped : int
        Lots that finished there, and those of them that were scrapped.
    """

    service: Sample
    to_failure: Sample
    repair: Sample
    ended_s: Floats
    age_s: tuple[float, ...]
    passed: int
    scrapped: int


def station_durations(
    records: LineRecords, line: LineModel, *, since_s: float = -np.inf
) -> dict[str, StationDurations]:
    """Durations of every station that lots visit, those of laboratories left out.

    Parameters
    ----------
    since_s : float
        Services and scrap before this line second do not count; failures and repairs always do.
    """
    downs = {one.name: _downs(records, line, one) for one in line.path}
    waits = _crew_waits(line, downs)
    return {
        one.name: _station(records, line, one, downs[one.name], waits, since_s) for one in line.path
    }


def _downs(records: LineRecords, line: LineModel, model: StationModel) -> Spans:
    """As `down_times`, those that go on cut at the end of the records."""
    spans = down_times(records, line.index(model.name))
    return {
        server: [(start, min(end, records.end_s)) for start, end in own]
        for server, own in spans.items()
    }


def _station(
    records: LineRecords,
    line: LineModel,
    model: StationModel,
    downs: Spans,
    waits: Mapping[tuple[str, int, float], float],
    since_s: float,
) -> StationDurations:
    rows = records.visit_rows[records.visit_rows[:, 1] == line.index(model.name)]
    rows = rows[~np.isnan(rows[:, _START])]
    rows = rows[np.argsort(rows[:, _START], kind="stable")]
    end_s = records.end_s
    works = _works(rows, model, downs, end_s)
    ended = ~np.isnan(rows[:, _FINISH])
    recent = rows[:, _START] >= since_s
    still = works[~ended & np.isnan(rows[:, _DEPART])]
    to_failure, ages = _to_failure(rows, works, model, downs, end_s)
    done = ended & recent
    left = rows[recent & ~np.isnan(rows[:, _DEPART])]
    return StationDurations(
        service=Sample.of(works[done].tolist(), still.tolist()),
        to_failure=to_failure,
        repair=_repairs(model, downs, waits, end_s),
        ended_s=rows[done, _FINISH],
        age_s=ages,
        passed=int(done.sum()),
        scrapped=int(np.sum(left[:, _ROUTE] == _SCRAP)),
    )


def _works(rows: Floats, model: StationModel, downs: Spans, end_s: float) -> Floats:
    """Work of each visit: from its start to its finish, stops and breakdowns taken off."""
    start = rows[:, _START]
    finish = np.where(np.isnan(rows[:, _FINISH]), end_s, rows[:, _FINISH])
    if not len(rows):
        return np.empty(0)
    stops = model.planned_stops_between(float(start.min()), end_s)
    works = np.empty(len(rows))
    for server in np.unique(rows[:, _SERVER]).tolist():
        own = rows[:, _SERVER] == server
        off = _united([*stops, *downs.get(int(server), [])])
        works[own] = finish[own] - start[own] - _covered(off, start[own], finish[own])
    return np.maximum(works, 0.0)


def _united(spans: Sequence[tuple[float, float]]) -> Floats:
    """Spans that neither overlap nor touch, (n, 2)."""
    found: list[list[float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _covered(spans: Floats, start: Floats, end: Floats) -> Floats:
    """Length of [start, end) that the spans cover."""
    if not len(spans):
        return np.zeros(len(start))
    total = np.concatenate([[0.0], np.cumsum(spans[:, 1] - spans[:, 0])])

    def before(moments: Floats) -> Floats:
        place = np.searchsorted(spans[:, 0], moments, side="right")
        inside = np.clip(place - 1, 0, None)
        over = np.where(place > 0, np.maximum(spans[inside, 1] - moments, 0.0), 0.0)
        return total[place] - over

    return before(end) - before(start)


def _to_failure(
    rows: Floats, works: Floats, model: StationModel, downs: Spans, end_s: float
) -> tuple[Sample, tuple[float, ...]]:
    """Work between failures on the clock of the station, and how old each server is now."""
    ended: list[float] = []
    ages: list[float] = []
    for server in range(model.servers):
        own = rows[:, _SERVER] == server
        begins = rows[own, _START]
        spans = downs.get(server, [])
        failed = np.array([start for start, _ in spans])
        total = _worked_until(failed, begins, works[own], rows[own], model, spans, end_s)
        ended += np.diff(total, prepend=0.0).tolist()
        ages.append(float(works[own].sum() - (total[-1] if len(total) else 0.0)))
    if model.failure is None:
        return Sample.of([]), tuple(ages)
    return Sample.of(ended, ages), tuple(ages)


def _worked_until(
    moments: Floats,
    begins: Floats,
    works: Floats,
    rows: Floats,
    model: StationModel,
    downs: Sequence[tuple[float, float]],
    end_s: float,
) -> Floats:
    """Work of one server before each of the moments."""
    found = []
    total = np.concatenate([[0.0], np.cumsum(works)])
    stops = model.planned_stops_between(float(begins[0]), end_s) if len(begins) else []
    off = _united([*stops, *downs])
    for moment in moments.tolist():
        place = int(np.searchsorted(begins, moment, side="right"))
        if place == 0:
            found.append(0.0)
            continue
        start = np.array([begins[place - 1]])
        finish = rows[place - 1, _FINISH]
        until = np.array([moment if np.isnan(finish) else min(moment, finish)])
        part = float((until - start - _covered(off, start, until))[0])
        found.append(total[place - 1] + max(part, 0.0))
    return np.array(found, dtype=np.float64)


def _repairs(
    model: StationModel, downs: Spans, waits: Mapping[tuple[str, int, float], float], end_s: float
) -> Sample:
    ended, still = [], []
    for server, spans in downs.items():
        for start, end in spans:
            begun = waits.get((model.name, server, start), start)
            if end < end_s:
                ended.append(max(end - begun, 0.0))
            elif begun < end_s:
                still.append(end_s - begun)
    return Sample.of(ended, still)


def _crew_waits(line: LineModel, downs: Mapping[str, Spans]) -> dict[tuple[str, int, float], float]:
    """When a repair by a crew began: first come, first served among all that the crew mends."""
    found: dict[tuple[str, int, float], float] = {}
    for crew in line.people:
        asked = sorted(
            (start, end, one.name, server)
            for one in line.path
            if one.repair_crew == crew.name
            for server, spans in downs[one.name].items()
            for start, end in spans
        )
        free = [-np.inf] * crew.size
        for start, end, name, server in asked:
            free.sort()
            begun = max(start, free[0])
            found[name, server, start] = min(begun, end)
            free[0] = end
    return found
