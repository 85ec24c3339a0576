"""Hotelling's T2 for subgroups and for single observations (Montgomery chapter 11).

Points of Phase I that gave the estimates are judged by the exact Phase I limit, all others by the
wider limit for new points. Subgroups of n, m of them, p variables: Phase I
p (m - 1) (n - 1) / (mn - m - p + 1) F, Phase II with m + 1. Single observations: Phase I
(m - 1)² / m Beta(p / 2, (m - p - 1) / 2), Phase II p (m + 1) (m - 1) / (m² - mp) F(p, m - p)
(Tracy, Young and Mason 1992). A covariance from successive differences has about
f = 2 (m - 1)² / (3 m - 4) degrees of freedom: Phase I (m - 1)² / m Beta(p / 2, (f - p - 1) / 2)
(Sullivan and Woodall 1996), which is on the safe side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.spc.change_point import Evidence
from process_models.spc.data import ChartData
from process_models.spc.decomposition import decompose
from process_models.spc.family import ChartKind, Drawing, Drawn, collapse, estimation_mask
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.multivariate import (
    Estimates,
    check_observations,
    check_vector_subgroups,
    contributions,
    default_alpha,
    distances,
    member_means,
    named_contributions,
    no_known_parameters,
    variable_names,
    whiten,
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
    counted = freedom if successive else float(m)
    if counted - p - 1 <= 0:
        raise InputError(f"limits of {p} variables need more than {m} points in Phase I")
    first = float(betaincinv(p / 2, (counted - p - 1) / 2, 1 - alpha)) * (m - 1) ** 2 / m
    rest = freedom - p + 1
    scale = p * (m + 1) / m * freedom / rest
    return first, scale * float(fdtri(p, rest, 1 - alpha))


@dataclass(frozen=True, eq=False)
class _Seen:
    """Deviations of the points, their covariance, members each, and Phase I and II limits."""

    away: FloatArray
    covariance: FloatArray
    size: float
    limits_of: Callable[[int], tuple[float, float]]


def _judge(
    limits: FrozenLimits,
    data: ChartData,
    options: ChartOptions,
    memory: Memory,
    seen: _Seen,
) -> Drawing:
    p, before = data.values.shape[-1], memory.points
    number = np.arange(1, data.n + 1) + before
    gave = (number <= (options.phase1 or 0)) & ~np.isin(number, limits.excluded)
    upper = np.where(gave, *seen.limits_of(p))
    points = distances(seen.away, seen.covariance)
    signalled = points > upper
    terms = contributions(seen.away, seen.covariance)
    details = named_contributions(data, terms, signalled, before)

    def limit_of(variables: int) -> FloatArray:
        return np.where(gave[signalled], *seen.limits_of(variables))

    found = decompose(seen.away[signalled], seen.covariance, limit_of, variable_names(data))
    for detail, decomposition in zip(details.values(), found, strict=True):
        detail["decomposition"] = decomposition
    drawn = Drawn(
        Panel(limits.kind, points, None, 0.0, collapse(upper)),
        says=lambda: Evidence.normal(whiten(seen.away, seen.covariance), seen.size),
    )
    extras = {"alpha": default_alpha(options, p), "signal_details": details}
    return Drawing((drawn,), None, extras)


def _draw_subgroups(
    limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory
) -> Drawing:
    estimates = Estimates.of(limits)
    n, m = data.values.shape[1], int(limits.number("points"))
    size = int(limits.number("subgroup_size"))
    if n != size:
        raise InputError(f"these limits of chart t2 are for subgroups of {size}, got {n}")
    seen = _Seen(
        away=member_means(data.values) - estimates.mean,
        covariance=estimates.covariance / n,
        size=float(n),
        limits_of=lambda p: _subgroup_limits(m, n, p, default_alpha(options, p)),
    )
    return _judge(limits, data, options, memory, seen)


def _draw_single(
    limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory
) -> Drawing:
    estimates, m = Estimates.of(limits), int(limits.number("points"))
    successive = limits.parameters.get("covariance_from") == "successive"
    seen = _Seen(
        away=data.values - estimates.mean,
        covariance=estimates.covariance,
        size=1.0,
        limits_of=lambda p: _single_limits(m, p, default_alpha(options, p), successive),
    )
    return _judge(limits, data, options, memory, seen)


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
