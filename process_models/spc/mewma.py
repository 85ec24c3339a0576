"""Multivariate EWMA (Lowry, Woodall, Champ and Rigdon 1992).

Z(i) = lambda (x(i) - mean) + (1 - lambda) Z(i-1); the point is its squared Mahalanobis length with
the exact covariance lambda (1 - (1 - lambda)^(2 i)) / (2 - lambda) Sigma, or the asymptotic one.
Without a limit h, the one that gives an in-control average run length of 200 with the asymptotic
covariance, from the integral equation of Rigdon (1995).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from process_models.spc.change_point import Evidence
from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, Drawn
from process_models.spc.hotelling import fit_observations
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.multivariate import (
    Estimates,
    check_observations,
    contributions,
    distances,
    named_contributions,
    whiten,
)
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray, Panel

__all__ = ["KINDS", "in_control_run_length", "usual_limit"]

_NODES = 60
_USUAL_RUN_LENGTH = 200.0


def in_control_run_length(h: float, lam: float, variables: int) -> float:
    """Average run length of the chart with asymptotic covariance while nothing has changed.

    Parameters
    ----------
    h : float
        Limit of the squared length.
    lam : float
        Weight, above 0 and at most 1.
    variables : int

    Returns
    -------
    float
        In points, from a start at the mean.
    """
    from scipy.stats import ncx2

    top = h * lam / (2 - lam)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    # u = top v², so that the density of one variable, infinite at 0, stays smooth
    v = 0.5 * (nodes + 1)
    u, du = top * v * v, top * v * weights
    away = ((1 - lam) / lam) ** 2 * u
    density = ncx2.pdf(u[None, :] / lam**2, variables, np.maximum(away[:, None], 1e-12)) / lam**2
    lengths = np.linalg.solve(np.eye(_NODES) - density * du, np.ones(_NODES))
    start = ncx2.pdf(u / lam**2, variables, 1e-12) / lam**2
    return float(1 + (start * du) @ lengths)


@lru_cache(maxsize=64)
def usual_limit(lam: float, variables: int) -> float:
    """The limit h with an in-control average run length of 200.

    >>> round(usual_limit(0.1, 2), 2)
    8.63
    """
    from scipy.optimize import brentq

    def excess(h: float) -> float:
        return in_control_run_length(h, lam, variables) - _USUAL_RUN_LENGTH

    return float(brentq(excess, 0.5, 40.0 + 4 * variables, xtol=1e-9))


def _smooth_rows(away: FloatArray, lam: float, z: FloatArray) -> FloatArray:
    rows = np.empty_like(away)
    for i, step in enumerate(away):
        z = z + lam * (step - z)
        rows[i] = z
    return rows


def _decays(n: int, each: float, memory: Memory) -> FloatArray:
    """Powers of `each`, going on from the last of the piece before."""
    steps = np.full(n + 1, each)
    steps[0] = memory.recall("decay", 1.0)
    powers = np.multiply.accumulate(steps)[1:]
    memory.keep("decay", float(powers[-1]))
    return powers


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    estimates, lam = Estimates.of(limits), options.lam
    away = data.values - estimates.mean
    rows = _smooth_rows(away, lam, memory.recall("z", np.zeros(away.shape[1])))
    memory.keep("z", rows[-1].copy())
    factor = np.full(data.n, lam / (2 - lam))
    if options.limits == "exact":
        factor *= 1 - _decays(data.n, (1 - lam) ** 2, memory)
    scaled = rows / np.sqrt(factor)[:, None]
    points = distances(scaled, estimates.covariance)
    width = usual_limit(lam, rows.shape[1]) if options.width is None else options.width
    terms = contributions(scaled, estimates.covariance)
    details = named_contributions(data, terms, points > width, memory.points)
    panel = Panel("mewma", points, None, 0.0, width)
    extras = {"lambda": lam, "width": width, "signal_details": details}
    drawn = Drawn(panel, says=lambda: Evidence.normal(whiten(away, estimates.covariance)))
    return Drawing((drawn,), None, extras)


KINDS = (
    ChartKind(
        "mewma",
        check_observations,
        lambda data, options: fit_observations("mewma", data, options),
        _draw,
        multivariate=True,
    ),
)
