"""Run rules of many charts at once, each one point further with every call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from process_models.spc.arrays import FloatArray
from process_models.spc.rules import Rule

__all__ = ["RuleBank"]

_Bools: TypeAlias = NDArray[np.bool_]
_Counts: TypeAlias = NDArray[np.int64]
_Words: TypeAlias = NDArray[np.uint64]

_ONE = np.uint64(1)


class RuleBank:
    """What the rules remember of `charts` charts.

    Lengths of runs, and in bits which of the last points were in a zone.
    """

    def __init__(self, rules: Sequence[Rule], charts: int) -> None:
        self._rules = [rule for rule in rules if rule.pattern != "limits"]
        self._up = [np.zeros(charts, dtype=np.int64) for _ in self._rules]
        self._down = [np.zeros(charts, dtype=np.int64) for _ in self._rules]
        self._highs = [np.zeros(charts, dtype=np.uint64) for _ in self._rules]
        self._lows = [np.zeros(charts, dtype=np.uint64) for _ in self._rules]
        self._point = np.full(charts, np.nan)
        self._z = np.full(charts, np.nan)
        self._step = np.zeros(charts)

    def advance(self, points: FloatArray, z: FloatArray) -> dict[str, _Bools]:
        """The charts on which each rule is broken by the next points.

        Parameters
        ----------
        points : (charts,) array
        z : (charts,) array
            Distance from the centre line in standard errors.

        Returns
        -------
        dict of str to (charts,) array of bool
            By name of the rule, `beyond_limits` apart.
        """
        rises, falls = points > self._point, points < self._point
        step = rises.astype(np.float64) - falls
        turns = step * self._step < 0
        broken = {}
        for i, rule in enumerate(self._rules):
            if rule.pattern == "trend":
                flags = self._sides(i, rises, falls, rule.count - 1)
            elif rule.pattern == "run":
                flags = self._sides(i, z > 0, z < 0, rule.count)
            elif rule.pattern == "alternate":
                flags = _longer(self._up[i], turns, rule.count - 2)
            elif rule.pattern in ("inside", "outside"):
                away = np.abs(z)
                met = away < rule.zone if rule.pattern == "inside" else away > rule.zone
                flags = _longer(self._up[i], met, rule.count)
            else:
                flags = self._zones(i, rule, z)
            broken[rule.name] = flags
        self._point, self._z, self._step = points.copy(), z.copy(), step
        return broken

    def _sides(self, i: int, up: _Bools, down: _Bools, needed: int) -> _Bools:
        return _longer(self._up[i], up, needed) | _longer(self._down[i], down, needed)

    def _zones(self, i: int, rule: Rule, z: FloatArray) -> _Bools:
        high, low = z > rule.zone, z < -rule.zone
        if rule.pattern == "opposite":
            return (high & (self._z < -rule.zone)) | (low & (self._z > rule.zone))
        if rule.window == 1:
            return high | low
        above = _enough(self._highs[i], high, rule)
        return above | _enough(self._lows[i], low, rule)


def _longer(length: _Counts, met: _Bools, needed: int) -> _Bools:
    """Count on where the condition is met, else begin anew."""
    length += 1
    length *= met
    return length >= needed


def _enough(bits: _Words, in_zone: _Bools, rule: Rule) -> _Bools:
    """The point is in the zone, and with it `count` of the last `window`."""
    bits <<= _ONE
    bits |= in_zone
    bits &= np.uint64((1 << rule.window) - 1)
    return in_zone & (np.bitwise_count(bits) >= rule.count)
