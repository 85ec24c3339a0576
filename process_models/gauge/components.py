"""Variance components as weighted mean squares, with what is added up from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from process_models.gauge.intervals import (
    FloatArray,
    Interval,
    MeanSquares,
    mls_interval,
    mls_ratio,
)

__all__ = ["Components", "components"]


@dataclass(frozen=True)
class Components:
    """Variances of a study.

    Attributes
    ----------
    variance : mapping of str to float
        repeatability, reproducibility and what it is made of, gauge, part, total; never negative.
    limits : mapping of str to Interval
        Of each variance.
    share_limits : mapping of str to Interval
        Of each variance over the total, fractions of 0 to 1.
    part_to_gauge : Interval
        Limits of the variance of parts over that of the gauge.
    negative : tuple of str
        Components whose estimate was negative and is shown as 0.
    """

    variance: Mapping[str, float]
    limits: Mapping[str, Interval]
    share_limits: Mapping[str, Interval]
    part_to_gauge: Interval
    negative: tuple[str, ...]


def components(
    weights: Mapping[str, FloatArray], squares: MeanSquares, confidence: float
) -> Components:
    """Estimates and intervals of all components and their sums.

    Parameters
    ----------
    weights : mapping of str to (q,) array
        How mean squares combine into `repeatability`, `part` and everything else, which is
        reproducibility. A component with no weight at all is not in the model and stays 0.
    """
    raw = {name: float(w @ squares.values) for name, w in weights.items()}
    floor = 1e-12 * float(squares.values.max())
    negative = tuple(name for name, value in raw.items() if value < -floor)
    single = {name: max(value, 0.0) for name, value in raw.items()}
    between = [name for name in weights if name not in ("repeatability", "part")]
    zero = np.zeros_like(squares.values)
    combined = dict(weights)
    combined["reproducibility"] = sum((weights[name] for name in between), zero)
    combined["gauge"] = combined["reproducibility"] + weights["repeatability"]
    combined["total"] = combined["gauge"] + weights["part"]
    reproducibility = sum(single[name] for name in between)
    gauge = single["repeatability"] + reproducibility
    variance = {
        "repeatability": single["repeatability"],
        **{name: single[name] for name in between},
        "reproducibility": reproducibility,
        "gauge": gauge,
        "part": single["part"],
        "total": gauge + single["part"],
    }
    total = variance["total"]
    limits = {
        name: _around(mls_interval(combined[name], squares, confidence), value)
        for name, value in variance.items()
    }
    shares = {
        name: _around(_share(combined, name, squares, confidence), value / total, 1.0)
        for name, value in variance.items()
    }
    ratio = mls_ratio(weights["part"], combined["gauge"], squares, confidence)
    estimate = single["part"] / gauge if gauge > 0 else np.inf
    return Components(variance, limits, shares, _around(ratio, estimate), negative)


def _share(
    combined: Mapping[str, FloatArray], name: str, squares: MeanSquares, confidence: float
) -> Interval:
    if name == "total":
        return Interval(1.0, 1.0)
    if not combined[name].any():
        return Interval(0.0, 0.0)
    if name == "gauge":  # 1 / (1 + part / gauge), so that both intervals say the same
        ratio = mls_ratio(combined["part"], combined["gauge"], squares, confidence)
        return Interval(1 / (1 + ratio.high), 1 / (1 + ratio.low))
    return mls_ratio(combined[name], combined["total"], squares, confidence)


def _around(limits: Interval, estimate: float, most: float = np.inf) -> Interval:
    """Limits cut at 0 and `most`, and never beside an estimate that was itself cut at 0."""
    low = min(max(limits.low, 0.0), estimate)
    high = min(max(limits.high, estimate), max(most, estimate))
    return Interval(low + 0.0, high + 0.0)  # never -0.0
