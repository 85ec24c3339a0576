"""Hotelling's T2 for subgroups and for single observations (Montgomery chapter 11).

Points of Phase I that gave the estimates are judged by the exact Phase I limit, all others by the
wider limit for new points. Subgroups of n, m of them, p variables: Phase I
p (m - 1) (n - 1) / (mn - m - p + 1) F, Phase II with m + 1. Single observations: Phase I
(m - 1)² / m Beta(p / 2, (m - p - 1) / 2), Phase II p (m + 1) (m - 1) / (m² - mp) F(p, m - p)
(Tracy, Young and Mason 1992). A covariance from successive differences counts as one with
f = 2 (m - 1)² / (3 m - 4) degrees of freedom (Sullivan and Woodall 1996).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, Drawn, collapse, estimation_mask
from process_models.spc.limits import FrozenLimits
from process_models.spc.multivariate import (
    Estimates,
    check_observations,
    check_vector_subgroups,
    contributions,
    default_alpha,
    distances,
    named_contributions,
    no_known_parameters,
)
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray, Panel

__all__ = ["KINDS", "fit_observations", "fit_vectors"]


def fit_vectors(kind: str, data: ChartData, options: ChartOptions) -> dict[str, Any]:
    """Grand mean and mean covariance within subgroups.

    Raises
    ------
    InputError
        When there are too few subgroups for the limits, or the covariance is singular.
    """
    no_known_parameters(kind, options)
    rows = data.values[estimation_mask(data.n, options)]
    m, n, p = rows.shape
    if m * n - m - p + 1 < 1:
        raise InputError(f"chart {kind} of {p} variables needs more than {m} subgroups of {n}")
    inside = rows - rows.mean(axis=1, keepdims=True)
    covariance = np.einsum("kij,kil->jl", inside, inside) / (m * (n - 1))
    estimates = Estimates(rows.mean(axis=(0, 1)), covariance)
    return {**estimates.to_parameters(), "subgroup_size": n}


def fit_observations(kind: str, data: ChartData, options: ChartOptions) -> dict[str, Any]:
    """Mean vector, and covariance of the sample or of successive differences.

    Raises
    ------
    InputError
        When there are too few observations, or the covariance is singular.
    """
    no_known_parameters(kind, options)
    used = estimation_mask(data.n, options)
    rows = data.values[used]
    m, p = rows.shape
    if m < p + 2:
        raise InputError(f"chart {kind} of {p} variables needs {p + 2} points in Phase I, got {m}")
    if options.covariance == "successive":
        steps = np.diff(data.values, axis=0)[used[1:] & used[:-1]]
        covariance = steps.T @ steps / (2 * max(len(steps), 1))
    else:
        covariance = np.atleast_2d(np.cov(rows, rowvar=False))
    estimates = Estimates(rows.mean(axis=0), covariance)
    return {**estimates.to_parameters(), "covariance_from": options.covariance}


def _subgroup_limits(m: int, n: int, p: int, alpha: float) -> tuple[float, float]:
    from scipy.special import fdtri

    freedom = m * n - m - p + 1
    each = p * (n - 1) / freedom * float(fdtri(p, freedom, 1 - alpha))
    return (m - 1) * each, (m + 1) * each


def _single_limits(m: int, p: int, alpha: float, successive: bool) -> tuple[float, float]:
    from scipy.special import betaincinv, fdtri

    freedom = 2 * (m - 1) ** 2 / (3 * m - 4) if successive else m - 1.0
    if freedom - p <= 0:
        raise InputError(f"limits of {p} variables need more than {m} points in Phase I")
    first = float(betaincinv(p / 2, (freedom - p) / 2, 1 - alpha)) * (m - 1) ** 2 / m
    rest = freedom - p + 1
    scale = p * (m + 1) / m * freedom / rest
    return first, scale * float(fdtri(p, rest, 1 - alpha))


def _panel(
    limits: FrozenLimits, options: ChartOptions, points: FloatArray, upper: tuple[float, float]
) -> Panel:
    number = np.arange(1, len(points) + 1)
    gave = (number <= (options.phase1 or 0)) & ~np.isin(number, limits.excluded)
    return Panel(limits.kind, points, None, 0.0, collapse(np.where(gave, *upper)))


def _drawing(
    data: ChartData, panel: Panel, away: FloatArray, covariance: FloatArray, alpha: float
) -> Drawing:
    upper = np.asarray(panel.ucl, dtype=np.float64)
    signalled = panel.points > upper
    details = named_contributions(data, contributions(away, covariance), signalled)
    return Drawing((Drawn(panel),), None, {"alpha": alpha, "signal_details": details})


def _draw_subgroups(limits: FrozenLimits, data: ChartData, options: ChartOptions) -> Drawing:
    estimates = Estimates.of(limits)
    n, p = data.values.shape[1:]
    away = data.values.mean(axis=1) - estimates.mean
    covariance = estimates.covariance / n
    alpha = default_alpha(options, p)
    size = int(limits.number("subgroup_size"))
    if n != size:
        raise InputError(f"these limits of chart t2 are for subgroups of {size}, got {n}")
    upper = _subgroup_limits(int(limits.number("points")), n, p, alpha)
    panel = _panel(limits, options, distances(away, covariance), upper)
    return _drawing(data, panel, away, covariance, alpha)


def _draw_single(limits: FrozenLimits, data: ChartData, options: ChartOptions) -> Drawing:
    estimates = Estimates.of(limits)
    away = data.values - estimates.mean
    alpha = default_alpha(options, away.shape[1])
    successive = limits.parameters.get("covariance_from") == "successive"
    upper = _single_limits(int(limits.number("points")), away.shape[1], alpha, successive)
    panel = _panel(limits, options, distances(away, estimates.covariance), upper)
    return _drawing(data, panel, away, estimates.covariance, alpha)


KINDS = (
    ChartKind(
        "t2",
        check_vector_subgroups,
        lambda data, options: fit_vectors("t2", data, options),
        _draw_subgroups,
        multivariate=True,
    ),
    ChartKind(
        "t2_individuals",
        check_observations,
        lambda data, options: fit_observations("t2_individuals", data, options),
        _draw_single,
        multivariate=True,
    ),
)
