"""One chart in memory, fed readings in any order, bit for bit as if all had been there at once.

A track keeps the chart's state at a checkpoint and every reading since. What comes in order goes
on from the newest state; what comes late, but after the checkpoint, is put in its place and the
chart goes on from the checkpoint; what comes from before it is for the store to read again.
"""

from __future__ import annotations

import copy
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from process_models.spc import Stream, stream
from twin.monitoring.findings import (
    LOOK_BACK,
    Finding,
    signals_found,
    specification_findings,
)
from twin.monitoring.limits import LimitsVersion, plan_options
from twin.monitoring.planned import PlannedCharacteristic
from twin.monitoring.track_points import Point, Row, as_points, gathered, group_of
from twin.store.times import to_us

__all__ = ["EVER", "Judged", "Run", "Track"]

KEEP = 256
"""Points kept at least since the checkpoint."""
EVER = -(2**62)
"""Before all times."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What new readings did to a chart.

    Attributes
    ----------
    findings : tuple of Finding
        Of the points that came; when `late_from_us` is given, of all since `covers_from_us`.
    late_from_us : int or None
        Earliest time of a point, judged before, that is another now; None when points only came.
    covers_from_us : int
        Every finding from this time on is known here.
    times_us : tuple of int
        Of the points that are kept, for counting between signals, where there are any; rising.
    """

    findings: tuple[Finding, ...] = ()
    late_from_us: int | None = None
    covers_from_us: int = EVER
    times_us: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """The newest readings that are all the same, and when the first of them was read."""

    value: float
    since_us: int
    last_us: int
    length: int


@dataclass
class _Checkpoint:
    stream: Stream | None
    points: int = 0
    tail: tuple[Point, ...] = ()
    latest_us: int = EVER
    run: Run | None = None


class Track:
    """The chart of one characteristic against one version of its limits.

    Parameters
    ----------
    planned : PlannedCharacteristic
    version : LimitsVersion or None
        None while Phase I is not complete: then only the specification is judged.
    covers_from_us : int, optional
        Findings before it are not certain, because earlier readings are missing here.
    """

    def __init__(
        self,
        planned: PlannedCharacteristic,
        version: LimitsVersion | None,
        covers_from_us: int = EVER,
    ) -> None:
        self.planned = planned
        self.version = version
        self._floor_us = covers_from_us
        self.rows: list[Row] = []
        self.points: list[Point] = []
        self._forgotten: set[int] = set()
        options = plan_options(planned, phase1=0)
        made = None if version is None else stream(version.limits, options)
        self._base = _Checkpoint(made)
        self._head = copy.deepcopy(made)
        self._from_us = EVER if version is None else to_us(version.phase1_to) + 1

    def takes(self, rows: Iterable[Row]) -> bool:
        """Whether all of `rows` come after the checkpoint, so that the store need not be read."""
        first = self.rows[0] if self.rows else None
        for row in rows:
            if hash(group_of(row)) in self._forgotten:
                return False
            if self._base.points and (first is None or row < first):
                return False
        return True

    def add(self, rows: Iterable[Row]) -> Judged:
        """Put `rows` in their places and judge what that changes."""
        had, in_order = len(self.rows), True
        for row in rows:
            if not self.rows or row > self.rows[-1]:
                self.rows.append(row)
                continue
            place = bisect_left(self.rows, row)
            if self.rows[place][:5] != row[:5]:
                insort(self.rows, row)
                in_order = False
        if in_order and self.planned.subgroup == 1:
            same = len(self.points)
            points = [*self.points, *gathered(self.rows[had:], 1)]
        else:
            points = gathered(self.rows, self.planned.subgroup)
            same = _same(self.points, points)
        late = same < len(self.points)
        changed = [*self.points[same:], *points[same:]]
        if not changed:
            return Judged()
        late_from_us = min(point.at_us for point in changed) if late else None
        findings = self._judge(points, 0 if late else same)
        self.points = points
        times = self._times() if findings or late else ()
        judged = Judged(tuple(findings), late_from_us, self._covers_from_us(), times)
        self._move_on()
        return judged

    def run(self) -> Run | None:
        """The newest readings that are all the same; None when there is no reading."""
        found: Run | None = None
        for row in reversed(self.rows):
            if found is None:
                found = Run(row.value, row.at_us, row.at_us, 1)
            elif row.value == found.value:
                found = replace(found, since_us=row.at_us, length=found.length + 1)
            else:
                return found
        before = self._base.run
        if found is None or before is None or before.value != found.value:
            return found or before
        return replace(found, since_us=before.since_us, length=found.length + before.length)

    def _judge(self, points: list[Point], start: int) -> list[Finding]:
        """Findings of the points from `start`; from 0 the chart begins at the checkpoint."""
        if start == 0:
            self._head = copy.deepcopy(self._base.stream)
        fresh = points[start:]
        if not fresh:
            return []
        tail = [*self._base.tail, *points[:start]][-LOOK_BACK:]
        size, drawn = self.planned.subgroup, len(tail)
        seen = as_points([*tail, *fresh], size)
        before = self._base.points + start - drawn
        found = specification_findings(self.planned, as_points(fresh, size), EVER, before + drawn)
        if self.version is not None and self._head is not None:
            result = self._head.extend(as_points(fresh, size).data())
            found += signals_found(
                self.planned, self.version, result, seen,
                from_us=self._from_us, before=before, drawn=drawn,
            )  # fmt: skip
        where = before + drawn
        return [replace(one, provenance=fresh[one.index - where].provenance) for one in found]

    def _covers_from_us(self) -> int:
        return max(self._floor_us, self._base.latest_us + 1)

    def _times(self) -> tuple[int, ...]:
        return tuple(sorted(p.at_us for p in (*self._base.tail, *self.points)))

    @property
    def latest_us(self) -> int | None:
        """Time of the newest point judged; None when there is none."""
        return max((p.at_us for p in self.points), default=None)

    def _move_on(self) -> None:
        """Move the checkpoint, so that memory stays what it is."""
        if self.version is None or len(self.points) < 2 * KEEP:
            return
        old, kept = self.points[:-KEEP], self.points[-KEEP:]
        size, base = self.planned.subgroup, self._base
        if base.stream is not None:
            base.stream.extend(as_points(old, size).data())
        rows = self.rows
        if size == 1:
            gone, self.rows = rows[:-KEEP], rows[-KEEP:]
        else:
            groups = list(dict.fromkeys(group_of(row) for row in rows))
            dropped = set(groups[: len(old)])
            self._forgotten.update(hash(group) for group in dropped)
            gone = [row for row in rows if group_of(row) in dropped]
            self.rows = [row for row in rows if group_of(row) not in dropped]
        base.run = _run_of(gone, base.run)
        base.points += len(old)
        base.tail = (*base.tail, *old)[-LOOK_BACK:]
        base.latest_us = max(base.latest_us, *(point.at_us for point in old))
        self.points = kept


def _run_of(rows: Sequence[Row], before: Run | None) -> Run | None:
    run = before
    for row in rows:
        if run is not None and run.value == row.value:
            run = replace(run, last_us=row.at_us, length=run.length + 1)
        else:
            run = Run(row.value, row.at_us, row.at_us, 1)
    return run


def _same(old: Sequence[Point], new: Sequence[Point]) -> int:
    """How many points at the beginning are the same."""
    if len(old) <= len(new) and list(old) == list(new[: len(old)]):
        return len(old)
    pairs = enumerate(zip(old, new, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(old), len(new)))
