"""Indices on the scale on which Box-Cox or Johnson values are normal, as some programs give them.

There they are those of a normal characteristic: mean and sample standard deviation of the
transformed values against the transformed limits.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.capability.boxcox import BoxCox, power
from process_models.capability.fitting import Fit
from process_models.capability.johnson import JohnsonBounded, JohnsonUnbounded
from process_models.capability.specification import Specification

__all__ = ["transformed_indices"]


def transformed_indices(
    fit: Fit, spec: Specification, values: NDArray[np.float64]
) -> dict[str, Any]:
    """Under the key `transformed`: limits, mean, sd, pp, ppl, ppu and ppk; else nothing.

    Parameters
    ----------
    fit : Fit
    spec : Specification
        A limit that the transformation does not reach becomes None.
    values : (n,) array
    """
    if not isinstance(fit.family, BoxCox | JohnsonBounded | JohnsonUnbounded):
        return {}
    y = _transform(fit, values)
    mean, sd = float(y.mean()), float(y.std(ddof=1))
    lower, upper = (_limit(fit, limit) for limit in (spec.lower, spec.upper))
    below = None if lower is None else (mean - lower) / (3 * sd)
    above = None if upper is None else (upper - mean) / (3 * sd)
    sides = [side for side in (below, above) if side is not None]
    both = lower is not None and upper is not None
    return {
        "transformed": {
            "lsl": lower,
            "usl": upper,
            "mean": mean,
            "sd": sd,
            "pp": (upper - lower) / (6 * sd) if both else None,  # type: ignore[operator]
            "ppl": below,
            "ppu": above,
            "ppk": min(sides, default=None),
        }
    }


def _transform(fit: Fit, values: NDArray[np.float64]) -> NDArray[np.float64]:
    x = values - fit.threshold
    if isinstance(fit.family, BoxCox):
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(power(np.log(np.maximum(x, 0.0)), fit.parameters[0]))
    if isinstance(fit.family, JohnsonBounded | JohnsonUnbounded):
        return np.asarray(fit.family.score(x[None], fit.parameters[None])[0])
    return x


def _limit(fit: Fit, limit: float | None) -> float | None:
    if limit is None or (isinstance(fit.family, BoxCox) and limit < fit.threshold):
        return None
    moved = float(_transform(fit, np.array([limit]))[0])
    return moved if math.isfinite(moved) else None
