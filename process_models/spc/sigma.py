"""Estimates of the standard deviation of single observations, from within subgroups or steps.

Names as in qcc: `uwave` weighs subgroups alike, `mvlue` by the inverse variance of each estimate
(Burr 1976). `pooled` is the root of the pooled variance over c4 of its degrees of freedom + 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc.constants import EXACT, Constants, at_sizes
from process_models.spc.result import FloatArray

__all__ = [
    "SIGMA_METHODS",
    "STEP_METHODS",
    "SUBGROUP_METHODS",
    "Subgroups",
    "exact_mean",
    "moving_range",
    "step_sigma",
    "subgroup_sigma",
]

SUBGROUP_METHODS = (
    "rbar_d2", "sbar_c4", "pooled", "uwave_r", "uwave_sd", "mvlue_r", "mvlue_sd",
)  # fmt: skip
STEP_METHODS = ("mr_d2", "median_mr")
SIGMA_METHODS = (*SUBGROUP_METHODS, *STEP_METHODS)


@dataclass(frozen=True, eq=False)
class Subgroups:
    """Statistics of subgroups, one value each.

    Attributes
    ----------
    means, ranges, deviations : (k,) arrays
        Range and sample standard deviation are nan where a subgroup has one value.
    sizes : (k,) array of int
    """

    means: FloatArray
    ranges: FloatArray
    deviations: FloatArray
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, values: FloatArray) -> Subgroups:
        """Statistics of (k, m) `values`, nan where a ragged subgroup has no value."""
        rows = values if values.ndim == 2 else values[:, None]
        there = np.isfinite(rows)
        sizes = there.sum(axis=1)
        first = rows[np.arange(len(rows)), there.argmax(axis=1)]
        offset = np.where(there, rows - first[:, None], 0.0)
        drift = _row_sums(offset) / sizes
        square = _row_sums(np.where(there, (offset - drift[:, None]) ** 2, 0.0))
        several = sizes > 1
        highest = np.where(there, rows, -np.inf).max(axis=1)
        lowest = np.where(there, rows, np.inf).min(axis=1)
        ranges = np.where(several, highest - lowest, np.nan)
        deviations = np.where(several, np.sqrt(square / np.maximum(sizes - 1, 1)), np.nan)
        return cls(first + drift, ranges, deviations, sizes)


def _row_sums(rows: FloatArray) -> FloatArray:
    """Sums from left to right, so that a row has the same sum alone as among others."""
    total = np.zeros(len(rows))
    for column in rows.T:
        total += column
    return total


def exact_mean(values: FloatArray, weights: FloatArray | None = None) -> float:
    """Mean that is exactly the common value when all are equal."""
    first = float(values[0])
    return first + float(np.average(values - first, weights=weights))


def moving_range(values: FloatArray, before: float = np.nan) -> FloatArray:
    """|x(i) - x(i - 1)|, nan for the first point, so that points keep their numbers.

    `before` is the value before the first, where there is one.
    """
    steps = np.empty(len(values))
    steps[0] = abs(values[0] - before)
    np.abs(values[1:] - values[:-1], out=steps[1:])
    return steps


def step_sigma(
    values: FloatArray, used: NDArray[np.bool_], method: str, constants: Constants = EXACT
) -> float:
    """Sigma from the differences of neighbours that are both used.

    Parameters
    ----------
    values : (n,) array
    used : (n,) array of bool
        Phase I without the excluded points.
    method : str
        `mr_d2`: mean moving range over d2(2). `median_mr`: its median over 0.9539.
    constants : Constants

    Raises
    ------
    InputError
        When no two neighbours are used.
    """
    both = used[1:] & used[:-1]
    steps = np.abs(values[1:] - values[:-1])
    if not both.all():
        steps = steps[both]
    if not steps.size:
        raise InputError(f"sigma by {method} needs two neighbouring points in Phase I, got none")
    if method == "median_mr":
        return float(np.median(steps)) / constants.median_moving_range
    return float(steps.mean()) / constants.d2(2)


def subgroup_sigma(
    subgroups: Subgroups, used: NDArray[np.bool_], method: str, constants: Constants = EXACT
) -> float:
    """Sigma from the spread within the used subgroups.

    Parameters
    ----------
    subgroups : Subgroups
    used : (k,) array of bool
    method : str
        One of `SUBGROUP_METHODS`.
    constants : Constants

    Raises
    ------
    InputError
        When no used subgroup has two values.
    """
    kept = used & (subgroups.sizes > 1)
    if not kept.any():
        raise InputError(f"sigma by {method} needs a Phase I subgroup of at least 2, got none")
    by_range = method in _BY_RANGE
    spread = subgroups.ranges[kept] if by_range else subgroups.deviations[kept]
    return _ESTIMATES[method](spread, subgroups.sizes[kept], constants)


_Estimate = Callable[[FloatArray, NDArray[np.int64], Constants], float]
_BY_RANGE = ("rbar_d2", "uwave_r", "mvlue_r")


def _plain_range(ranges: FloatArray, sizes: NDArray[np.int64], constants: Constants) -> float:
    return float(np.mean(ranges / at_sizes(constants.d2, sizes)))


def _plain_sd(deviations: FloatArray, sizes: NDArray[np.int64], constants: Constants) -> float:
    return float(np.mean(deviations / at_sizes(constants.c4, sizes)))


def _weighted_range(ranges: FloatArray, sizes: NDArray[np.int64], constants: Constants) -> float:
    mean, spread = at_sizes(constants.d2, sizes), at_sizes(constants.d3, sizes)
    return float(np.average(ranges / mean, weights=(mean / spread) ** 2))


def _weighted_sd(deviations: FloatArray, sizes: NDArray[np.int64], constants: Constants) -> float:
    unbias = at_sizes(constants.c4, sizes)
    weights = unbias**2 / (1 - unbias**2)
    return float(np.average(deviations / unbias, weights=weights))


def _pooled(deviations: FloatArray, sizes: NDArray[np.int64], constants: Constants) -> float:
    freedom = sizes - 1
    total = int(freedom.sum())
    return float(np.sqrt((freedom * deviations**2).sum() / total)) / constants.c4(total + 1)


_ESTIMATES: dict[str, _Estimate] = {
    "rbar_d2": _plain_range,
    "sbar_c4": _plain_sd,
    "pooled": _pooled,
    "uwave_r": _plain_range,
    "uwave_sd": _plain_sd,
    "mvlue_r": _weighted_range,
    "mvlue_sd": _weighted_sd,
}
