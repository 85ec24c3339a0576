"""A trace cut into half-cycles: stretches with current in one direction at one level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from process_models.cells.trace import CellTrace

__all__ = ["HalfCycle", "half_cycles"]

REST, NO_CURRENT_MA = 1e-3, 1e-6
SAME_LEVEL = 0.05
AS_LONG = 0.97


@dataclass(frozen=True, slots=True)
class HalfCycle:
    """Points `start` to before `stop` of a trace, all with current in one direction.

    Attributes
    ----------
    current_ma : float
        Median, signed.
    cycle : int
        From 1.
    ended : bool
        Whether it ran to its end, as told by what follows or by its partner's length.
    """

    start: int
    stop: int
    current_ma: float
    cycle: int
    ended: bool = True


def half_cycles(trace: CellTrace, *, by_level: bool = True) -> tuple[HalfCycle, ...]:
    """The half-cycles of a trace, in order; rests (below 0.1 % of the largest current) are none.

    A change of direction, of cycle or (if `by_level`) of level by more than 5 % begins another
    one. The last one of a record has ended if a rest follows, or if it is as long as the one
    before it.

    Examples
    --------
    >>> time, current = np.arange(6) * 60.0, np.array([2.0, 2, -2, -2, 4, 4])
    >>> [half.current_ma for half in half_cycles(CellTrace(time, current, current / 100))]
    [2.0, -2.0, 4.0]
    """
    current = trace.current_ma
    running = np.abs(current) > REST * max(np.max(np.abs(current)), NO_CURRENT_MA)
    borders = np.concatenate([[True], _changes(trace, running, by_level), [True]])
    edges = np.flatnonzero(borders)
    spans = [(a, b) for a, b in pairwise(edges.tolist()) if running[a]]
    cycles = _cycles(trace, spans)
    found = [
        HalfCycle(a, b, float(np.median(current[a:b])), cycle)
        for (a, b), cycle in zip(spans, cycles, strict=True)
    ]
    if found and found[-1].stop == len(current) and not _as_long(trace, found):
        last = found[-1]
        found[-1] = HalfCycle(last.start, last.stop, last.current_ma, last.cycle, ended=False)
    return tuple(found)


def _changes(trace: CellTrace, running: NDArray[np.bool_], by_level: bool) -> NDArray[np.bool_]:
    """Where a point does not go on with the half-cycle of the one before it, shape (n - 1,)."""
    before, after = trace.current_ma[:-1], trace.current_ma[1:]
    other = running[:-1] != running[1:]
    turned = running[1:] & (before * after < 0)
    both = running[:-1] & running[1:]
    larger = np.maximum(np.abs(before), np.abs(after))
    level = both & (np.abs(after - before) > SAME_LEVEL * larger) & by_level
    cycle = np.zeros(len(before), dtype=bool)
    if trace.cycle is not None:
        cycle = both & (np.diff(trace.cycle) > 0) & ~turned & _same_half(trace)
    return np.asarray(other | turned | level | cycle)


def _same_half(trace: CellTrace) -> NDArray[np.bool_]:
    """Where a new cycle goes on in the direction of the old one."""
    return np.asarray(trace.current_ma[:-1] * trace.current_ma[1:] > 0)


def _cycles(trace: CellTrace, spans: Sequence[tuple[int, int]]) -> list[int]:
    """The cycle of each half-cycle: as recorded, or two directions to a cycle."""
    if trace.cycle is not None:
        return [int(trace.cycle[a]) for a, _ in spans]
    cycles: list[int] = []
    directions: set[bool] = set()
    for a, _ in spans:
        forward = bool(trace.current_ma[a] > 0)
        if not cycles or forward in directions:
            cycles.append(cycles[-1] + 1 if cycles else 1)
            directions = {forward}
        else:
            cycles.append(cycles[-1])
            directions.add(forward)
    return cycles


def _as_long(trace: CellTrace, found: Sequence[HalfCycle]) -> bool:
    """Whether the last half-cycle of a record lasted as long as the one before it."""
    if len(found) < 2:
        return False
    time_s, last, before = trace.test_time_s, found[-1], found[-2]
    points = last.stop - last.start
    if points < 2:
        return False
    spacing_s = (time_s[last.stop - 1] - time_s[last.start]) / (points - 1)
    lasted_s = time_s[last.stop - 1] - time_s[last.start] + spacing_s
    whole_s = time_s[before.stop] - time_s[before.start]
    return bool(lasted_s >= AS_LONG * whole_s)
