"""Residuals of an autoregression, for data that remember their last values.

x(i) - mean = phi (x(i-1) - mean) + e(i), phi by Yule-Walker on Phase I (Box and Jenkins), or an
ARMA model of any order, x(i) - mean = sum phi(j) (x(i-j) - mean) + sum theta(j) e(i-j) + e(i), by
maximum likelihood; a Shewhart chart of e with sigma the root mean square of the Phase I residuals.
The first residuals, which lack their past, are not drawn; unknown e(i-j) count as 0.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc.arrays import FloatArray
from process_models.spc.change_point import Evidence
from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, estimation_mask, shewhart_panel
from process_models.spc.individuals import check_individuals
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.sigma import exact_mean

__all__ = ["KINDS", "yule_walker"]


def yule_walker(deviations: FloatArray) -> float:
    """First autocorrelation of (n,) deviations from the mean; 0 where they are all 0.

    >>> yule_walker(np.array([1.0, -1.0, 1.0, -1.0]))
    -0.75
    """
    total = float(deviations @ deviations)
    return float(deviations[1:] @ deviations[:-1]) / total if total > 0 else 0.0


@dataclass
class _Past:
    """The last deviations and residuals, newest first."""

    away: list[float] = field(default_factory=list)
    residuals: list[float] = field(default_factory=list)


def _residuals(away: FloatArray, ar: list[float], ma: list[float], past: _Past) -> FloatArray:
    """Residuals of the next deviations; nan while the past is shorter than the model."""
    residuals = np.empty(len(away))
    for i, value in enumerate(away.tolist()):
        if len(past.away) < len(ar):
            residual = math.nan
        else:
            residual = value
            for weight, before in zip(ar, past.away, strict=True):
                residual -= weight * before
            for weight, before in zip(ma, past.residuals, strict=False):
                residual -= weight * before
        residuals[i] = residual
        past.away = [value, *past.away][: len(ar)]
        past.residuals = [0.0 if math.isnan(residual) else residual, *past.residuals][: len(ma)]
    return residuals


def _maximum_likelihood(
    values: FloatArray, used: NDArray[np.bool_], options: ChartOptions
) -> tuple[float, list[float], list[float]]:
    """Mean, phi and theta; excluded points count as missing."""
    from statsmodels.tsa.arima.model import ARIMA

    p, q = options.order
    last = int(np.flatnonzero(used)[-1]) + 1
    series = np.where(used, values, np.nan)[:last]
    known = options.centre
    given = series if known is None else series - known
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ARIMA(given, order=(p, 0, q), trend="c" if known is None else "n")
        try:
            found = model.fit()
        except (ValueError, np.linalg.LinAlgError) as error:
            raise InputError(f"an ARMA model of order {p},{q} cannot be fitted: {error}") from None
    mean = float(found.params[0]) if known is None else known
    return mean, [float(v) for v in found.arparams], [float(v) for v in found.maparams]


def _fit(data: ChartData, options: ChartOptions) -> dict[str, Any]:
    if options.sigma_method is not None:
        raise InputError("chart ar_residual takes no sigma-method: sigma is that of the residuals")
    used, terms = estimation_mask(data.n, options), sum(options.order)
    least = 3 if options.order == (1, 0) else 5 * (terms + 1)
    if int(used.sum()) < least:
        raise InputError(f"chart ar_residual needs {least} points in Phase I, got {used.sum()}")
    if options.order == (1, 0):
        centre = exact_mean(data.values[used]) if options.centre is None else options.centre
        phi = yule_walker(np.where(used, data.values - centre, 0.0))
        ar, ma = [phi], list[float]()
        model: dict[str, Any] = {"centre": centre, "phi": phi}
    else:
        centre, ar, ma = _maximum_likelihood(data.values, used, options)
        model = {"centre": centre, "ar": ar, "ma": ma}
    if options.sigma is not None:
        return {**model, "sigma": options.sigma}
    residuals = _residuals(data.values - centre, ar, ma, _Past())
    kept = _whole(used, max(options.order)) & np.isfinite(residuals)
    if not kept.any():
        raise InputError("chart ar_residual needs two neighbouring points in Phase I, got none")
    return {**model, "sigma": float(np.sqrt(np.mean(residuals[kept] ** 2)))}


def _whole(used: NDArray[np.bool_], past: int) -> NDArray[np.bool_]:
    """Points that are used, with the `past` points before them."""
    kept = used.copy()
    for ago in range(1, past + 1):
        kept[ago:] &= used[:-ago]
    return kept


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    centre, sigma = limits.number("centre"), limits.number("sigma")
    higher = "ar" in limits.parameters
    ar = limits.array("ar").tolist() if higher else [limits.number("phi")]
    ma = limits.array("ma").tolist() if higher else []
    past: _Past = memory.recall("past", _Past())
    residuals = _residuals(data.values - centre, ar, ma, past)
    memory.keep("past", past)
    drawn = shewhart_panel(
        "residual", residuals, 0.0, sigma, nsigma=options.nsigma,
        says=lambda: Evidence.normal(residuals / (sigma or 1.0)),
    )  # fmt: skip
    extras: dict[str, Any] = {"phi": ar[0] if ar else 0.0, "mean": centre}
    return Drawing((drawn,), sigma, extras | ({"ar": ar, "ma": ma} if higher else {}))


KINDS = (ChartKind("ar_residual", check_individuals, _fit, _draw),)
