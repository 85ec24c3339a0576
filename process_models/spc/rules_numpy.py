"""Run rules on a short series, each a few array operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.spc.arrays import FloatArray
from process_models.spc.distance import Distances

if TYPE_CHECKING:
    from process_models.spc.rules import Rule

__all__ = ["broken"]

_Bools = NDArray[np.bool_]


def broken(
    rules: Sequence[Rule], points: FloatArray, z: FloatArray | Distances
) -> list[NDArray[np.intp]]:
    """Indices at which each rule is broken; see `rules.broken_rules`."""
    away = z.all() if isinstance(z, Distances) else z
    return [np.flatnonzero(_flags(rule, points, away)) for rule in rules]


def _flags(rule: Rule, points: FloatArray, z: FloatArray) -> _Bools:
    if rule.pattern == "trend":
        step = np.diff(points, prepend=np.nan)
        rises = rule.count - 1
        return (_consecutive(step > 0) >= rises) | (_consecutive(step < 0) >= rises)
    if rule.pattern == "alternate":
        step = np.sign(np.diff(points, prepend=np.nan))
        turns = np.concatenate([[False], step[1:] * step[:-1] < 0])
        return _consecutive(turns) >= rule.count - 2
    if rule.pattern == "inside":
        return _consecutive(np.abs(z) < rule.zone) >= rule.count
    if rule.pattern == "outside":
        return _consecutive(np.abs(z) > rule.zone) >= rule.count
    if rule.pattern == "run":
        return (_consecutive(z > 0) >= rule.count) | (_consecutive(z < 0) >= rule.count)
    high, low = z > rule.zone, z < -rule.zone
    if rule.pattern == "opposite":
        flags = np.zeros(len(z), dtype=np.bool_)
        flags[1:] = (high[1:] & low[:-1]) | (low[1:] & high[:-1])
        return flags
    return _enough(high, rule) | _enough(low, rule)


def _consecutive(condition: _Bools) -> NDArray[np.int64]:
    """How many points in a row, up to and with each one, meet the condition."""
    index = np.arange(1, len(condition) + 1)
    last_break = np.maximum.accumulate(np.where(condition, 0, index))
    return index - last_break


def _enough(in_zone: _Bools, rule: Rule) -> _Bools:
    """The point is in the zone, and with it `count` of the last `window`."""
    if rule.window == 1:
        return in_zone
    total = np.cumsum(in_zone)
    before = np.zeros_like(total)
    before[rule.window :] = total[: -rule.window]
    return in_zone & (total - before >= rule.count)
