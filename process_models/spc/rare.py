"""Charts of rare events: g, opportunities between events; t, time between events.

g: geometric counts (Benneyan 2001), mean ± L sqrt(mean (mean + 1)), cut off at 0.
t: times of a Weibull distribution fitted by maximum likelihood; centre line its median, limits the
quantiles that a normal variable has at ± L sigma.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.spc.attributes import check_whole
from process_models.spc.change_point import Evidence
from process_models.spc.data import ChartData, PointError
from process_models.spc.family import ChartKind, Drawing, Drawn, estimation_mask, shewhart_panel
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray, Panel
from process_models.spc.sigma import exact_mean

__all__ = ["KINDS", "fit_weibull"]


def fit_weibull(times: FloatArray) -> tuple[float, float]:
    """Shape and scale by maximum likelihood.

    Parameters
    ----------
    times : (n,) array
        Above 0, not all the same.

    Raises
    ------
    InputError
        When the times do not vary.
    """
    from scipy.optimize import brentq

    if np.ptp(times) == 0:
        raise InputError(f"a Weibull distribution needs times that vary, all are {times[0]:g}")
    logs = np.log(times / times.max())

    def score(shape: float) -> float:
        weights = np.exp(shape * logs)
        return float(weights @ logs / weights.sum() - 1 / shape - logs.mean())

    shape = float(brentq(score, 1e-3, 1e4, xtol=1e-13, rtol=1e-13))
    scale = float(times.max() * np.mean(np.exp(shape * logs)) ** (1 / shape))
    return shape, scale


def _no_sigma(kind: str, options: ChartOptions) -> None:
    if options.sigma is not None or options.sigma_method is not None:
        raise InputError(f"chart {kind} takes no sigma: it follows from the distribution")


def _fit_g(data: ChartData, options: ChartOptions) -> dict[str, Any]:
    _no_sigma("g", options)
    used = estimation_mask(data.n, options)
    centre = exact_mean(data.values[used]) if options.centre is None else options.centre
    if centre < 0:
        raise InputError(f"centre of chart g must not be negative, got {centre:g}")
    return {"centre": centre}


def _draw_g(
    limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory
) -> Drawing:
    del memory  # every point stands alone
    centre = limits.number("centre")
    spread = math.sqrt(centre * (centre + 1))
    drawn = shewhart_panel(
        "g", data.values, centre, spread,
        nsigma=options.nsigma, bounds=(0.0, math.inf), scope="limits",
        says=lambda: Evidence("geometric", data.values[:, None], np.ones(data.n), centre),
    )  # fmt: skip
    return Drawing((drawn,), spread)


def _check_t(data: ChartData, kind: str) -> None:
    if data.values.ndim != 1:
        raise InputError(f"chart {kind} needs one time a point, got subgroups")
    wrong = np.flatnonzero(data.values <= 0)
    if wrong.size:
        at = int(wrong[0])
        message = f"the time of point {at + 1} must be above 0, got {data.values[at]:g}"
        raise PointError(message, at + 1)


def _fit_t(data: ChartData, options: ChartOptions) -> dict[str, Any]:
    _no_sigma("t", options)
    if options.centre is not None:
        raise InputError("chart t takes no known centre: a Weibull distribution has two parameters")
    shape, scale = fit_weibull(data.values[estimation_mask(data.n, options)])
    return {"shape": shape, "scale": scale}


def _draw_t(
    limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory
) -> Drawing:
    del memory  # every point stands alone
    from scipy.special import log_ndtr

    shape, scale = limits.number("shape"), limits.number("scale")

    def quantile(z: float) -> float:
        return scale * math.pow(-float(log_ndtr(-z)), 1 / shape)

    panel = Panel(
        "t", data.values, quantile(0.0), quantile(-options.nsigma), quantile(options.nsigma)
    )

    def says() -> Evidence:
        # (time / scale)^shape is exponential, and twice that chi-square with two degrees of freedom
        return Evidence.spread(2 * (data.values / scale) ** shape, 2.0)

    return Drawing((Drawn(panel, says=says),), None, {"shape": shape, "scale": scale})


KINDS = (
    ChartKind("g", check_whole, _fit_g, _draw_g),
    ChartKind("t", _check_t, _fit_t, _draw_t),
)
