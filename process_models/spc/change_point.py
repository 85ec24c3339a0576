"""Since when: the maximum-likelihood start of a step change that a signal has found.

The process kept its parameters up to a point and has had others since. Of the last w points the
likelihood gains most by the parameters that fit them best; the w with the largest gain tells the
start. Normal means: S² / 2W (Samuel, Pignatiello and Calvin 1998), also of several variables;
Poisson and binomial counts (Samuel and Pignatiello 1998, 2001); spread of normal data by
its sums of squares; geometric counts. The interval covers every start whose log-likelihood is less
than `DROP` below the largest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from process_models.spc.arrays import FloatArray

__all__ = ["DROP", "LOOK_BACK", "ChangePoint", "Evidence", "Law", "change_points"]

Law = Literal["normal", "spread", "poisson", "binomial", "geometric"]

LOOK_BACK = 1000
DROP = 3.0
"""Interval that holds the true start of a shift of 1 sigma in 94 % of signals, of 2 in 98 %."""

_CELLS = 1 << 20
_LEAST = 1e-300


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """When a change began: the first changed point, from 1, and the interval that it lies in."""

    point: int
    low: int
    high: int

    def to_dict(self) -> dict[str, int]:
        """As plain JSON data."""
        return {"point": self.point, "low": self.low, "high": self.high}


@dataclass(frozen=True, eq=False)
class Evidence:
    """What each point says about a change, so that sums over points say it of a stretch.

    Attributes
    ----------
    law : Law
    amounts : (n, p) array
        normal: members times standardised deviation of their mean; spread: sums of squares over
        sigma squared; counts: the counts. p variables, 1 but for normal.
    weights : (n,) array
        normal: members; spread: degrees of freedom; poisson: counts expected in control;
        binomial: sample sizes; geometric: 1. 0 where a point says nothing.
    centre : float
        In-control proportion (binomial) or mean (geometric).
    side : int
        1 or -1 where only a rise, or fall, of a normal mean counts.
    first : int
        Number of the first row.
    """

    law: Law
    amounts: FloatArray
    weights: FloatArray
    centre: float = 0.0
    side: int = 0
    first: int = 1

    @classmethod
    def normal(cls, z: FloatArray, sizes: FloatArray | float = 1.0, side: int = 0) -> Evidence:
        """From (n,) or (n, p) standardised means of `sizes` members, nan where there is none."""
        rows = z if z.ndim == 2 else z[:, None]
        there = np.asarray(np.isfinite(rows).all(axis=1))
        roots = np.sqrt(np.broadcast_to(np.asarray(sizes, dtype=np.float64), len(rows)))
        amounts = np.where(there[:, None], rows * roots[:, None], 0.0)
        return cls("normal", amounts, np.where(there, roots * roots, 0.0), side=side)

    @classmethod
    def spread(cls, squares: FloatArray, freedom: FloatArray | float) -> Evidence:
        """From (n,) sums of squares over sigma squared, nan where there is none."""
        there = np.isfinite(squares)
        weights = np.where(there, np.asarray(freedom, dtype=np.float64), 0.0)
        return cls("spread", np.where(there, squares, 0.0)[:, None], weights)

    def of_spread(self) -> Evidence:
        """What normal evidence of one variable says about a change of its spread."""
        if self.law != "normal" or self.amounts.shape[1] > 1:
            return self
        sizes = np.maximum(self.weights, 1.0)
        squares = self.amounts**2 / sizes[:, None]
        return Evidence("spread", squares, np.minimum(self.weights, 1.0), first=self.first)

    def after(self, before: Evidence | None) -> Evidence:
        """This evidence with what was `before` it."""
        if before is None:
            return self
        return Evidence(
            self.law,
            np.concatenate([before.amounts, self.amounts]),
            np.concatenate([before.weights, self.weights]),
            self.centre,
            self.side,
            before.first,
        )

    def last(self, count: int) -> Evidence:
        """A copy of the last `count` rows."""
        start = max(0, len(self.weights) - count)
        amounts, weights = self.amounts[start:].copy(), self.weights[start:].copy()
        return Evidence(self.law, amounts, weights, self.centre, self.side, self.first + start)


def change_points(evidence: Evidence, signals: NDArray[np.intp]) -> list[ChangePoint]:
    """When the change began that each of `signals` has found.

    Parameters
    ----------
    evidence : Evidence
    signals : (k,) array of int
        Numbers of the points that signal. At most `LOOK_BACK` points up to each are looked at.

    Returns
    -------
    list of ChangePoint
        Each at or before its signal.

    >>> z = np.array([0.1, -0.2, 0.0, 1.9, 2.2, 3.1])
    >>> change_points(Evidence.normal(z), np.array([6]))
    [ChangePoint(point=4, low=3, high=5)]
    """
    rows = np.asarray(signals, dtype=np.intp) - evidence.first
    reach = int(min(LOOK_BACK, len(evidence.weights)))
    step = max(1, _CELLS // (reach * evidence.amounts.shape[1]))
    found: list[ChangePoint] = []
    for start in range(0, len(rows), step):
        found += _some(evidence, rows[start : start + step], reach)
    return found


def _some(evidence: Evidence, rows: NDArray[np.intp], reach: int) -> list[ChangePoint]:
    back = rows[:, None] - np.arange(reach)
    before = back < 0
    at = np.maximum(back, 0)
    weights = np.where(before, 0.0, evidence.weights[at]).cumsum(axis=1)
    total = np.where(before[:, :, None], 0.0, evidence.amounts[at]).cumsum(axis=1)
    gain = _gains(evidence, total, weights)
    gain[before] = -np.inf
    best = gain.argmax(axis=1)
    near = gain >= gain.max(axis=1, keepdims=True) - DROP
    longest = reach - 1 - near[:, ::-1].argmax(axis=1)
    shortest = near.argmax(axis=1)
    number = rows + evidence.first
    ends = (number - best, number - longest, number - shortest)
    columns = [column.tolist() for column in ends]
    return [ChangePoint(*three) for three in zip(*columns, strict=True)]


def _gains(evidence: Evidence, total: FloatArray, weights: FloatArray) -> FloatArray:
    """Log-likelihood gained by parameters of their own for sums over (k, w) stretches."""
    weight = np.maximum(weights, _LEAST)
    if evidence.law == "normal":
        if evidence.side:
            total = np.maximum(evidence.side * total, 0.0)
        return np.asarray((total**2).sum(axis=2) / (2 * weight), dtype=np.float64)
    amount = total[:, :, 0]
    if evidence.law == "poisson":
        return amount * _log_ratio(amount, weight) - (amount - weight)
    if evidence.law == "binomial":
        p, rest = evidence.centre, weight - amount
        return amount * _log_ratio(amount, weight * p) + rest * _log_ratio(rest, weight * (1 - p))
    if evidence.law == "geometric":
        mean, centre = amount / weight, evidence.centre
        rate = amount * _log_ratio(mean, np.full_like(mean, centre))
        return rate - (amount + weight) * np.log1p((mean - centre) / (1 + centre))
    ratio = np.maximum(amount / weight, 1e-12)
    return np.asarray(0.5 * weights * (ratio - 1 - np.log(ratio)), dtype=np.float64)


def _log_ratio(value: FloatArray, expected: FloatArray) -> FloatArray:
    """log(value / expected), 0 where the value is 0, as v log v is."""
    ratio = np.where(value > 0, value, 1.0) / np.maximum(expected, _LEAST)
    return np.where(value > 0, np.log(ratio), 0.0)
