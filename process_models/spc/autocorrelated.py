"""Residuals of a first-order autoregression, for data that remember their last value.

x(i) - mean = phi (x(i-1) - mean) + e(i), phi by Yule-Walker on Phase I (Box and Jenkins); a
Shewhart chart of e with sigma the root mean square of the Phase I residuals.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.spc.change_point import Evidence
from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, estimation_mask, shewhart_panel
from process_models.spc.individuals import check_individuals
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray
from process_models.spc.sigma import exact_mean

__all__ = ["KINDS", "yule_walker"]


def yule_walker(deviations: FloatArray) -> float:
    """First autocorrelation of (n,) deviations from the mean; 0 where they are all 0.

    >>> yule_walker(np.array([1.0, -1.0, 1.0, -1.0]))
    -0.75
    """
    total = float(deviations @ deviations)
    return float(deviations[1:] @ deviations[:-1]) / total if total > 0 else 0.0


def _residuals(values: FloatArray, centre: float, phi: float, before: float = np.nan) -> FloatArray:
    away = values - centre
    residuals = np.empty(len(values))
    residuals[0] = away[0] - phi * (before - centre)
    residuals[1:] = away[1:] - phi * away[:-1]
    return residuals


def _fit(data: ChartData, options: ChartOptions) -> dict[str, Any]:
    if options.sigma_method is not None:
        raise InputError("chart ar_residual takes no sigma-method: sigma is that of the residuals")
    used = estimation_mask(data.n, options)
    if int(used.sum()) < 3:
        raise InputError(f"chart ar_residual needs 3 points in Phase I, got {int(used.sum())}")
    centre = exact_mean(data.values[used]) if options.centre is None else options.centre
    phi = yule_walker(np.where(used, data.values - centre, 0.0))
    if options.sigma is not None:
        return {"centre": centre, "phi": phi, "sigma": options.sigma}
    residuals = _residuals(data.values, centre, phi)[1:][used[1:] & used[:-1]]
    if not residuals.size:
        raise InputError("chart ar_residual needs two neighbouring points in Phase I, got none")
    return {"centre": centre, "phi": phi, "sigma": float(np.sqrt(np.mean(residuals**2)))}


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    centre, phi, sigma = (limits.number(name) for name in ("centre", "phi", "sigma"))
    residuals = _residuals(data.values, centre, phi, memory.recall("value", np.nan))
    memory.keep("value", float(data.values[-1]))
    drawn = shewhart_panel(
        "residual", residuals, 0.0, sigma, nsigma=options.nsigma,
        says=lambda: Evidence.normal(residuals / (sigma or 1.0)),
    )  # fmt: skip
    return Drawing((drawn,), sigma, {"phi": phi, "mean": centre})


KINDS = (ChartKind("ar_residual", check_individuals, _fit, _draw),)
