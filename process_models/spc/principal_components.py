"""Principal components of standardised variables: T2 inside the model, SPE of what it leaves.

T2 limit for new points a (m² - 1) / (m (m - a)) F(a, m - a); SPE limit of Jackson and Mudholkar
(1979). Components kept: as asked, else as many as explain 90 % of the variance, at least one left
out.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.spc.change_point import Evidence
from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, Drawn, estimation_mask
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.multivariate import (
    Estimates,
    check_observations,
    default_alpha,
    no_known_parameters,
    squared_length,
    times,
    variable_names,
)
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray, Panel

__all__ = ["KINDS", "residual_limit"]

_EXPLAINED = 0.9
_VARIES = 1e-9


def residual_limit(left_out: FloatArray, alpha: float) -> float:
    """Limit of SPE from the eigenvalues of the components left out; 0 where none is.

    Parameters
    ----------
    left_out : (r,) array
        Above 0.
    alpha : float
        False-alarm rate of a point.
    """
    from scipy.special import ndtri

    if not left_out.size or left_out.sum() <= 0:
        return 0.0
    one, two, three = (float((left_out**power).sum()) for power in (1, 2, 3))
    h0 = 1 - 2 * one * three / (3 * two * two)
    reach = float(ndtri(1 - alpha)) * math.sqrt(2 * two * h0 * h0) / one
    return float(one * (reach + 1 + two * h0 * (h0 - 1) / one**2) ** (1 / h0))


def _fit(data: ChartData, options: ChartOptions) -> dict[str, Any]:
    no_known_parameters("pca", options)
    rows = data.values[estimation_mask(data.n, options)]
    m, p = rows.shape
    if m < p + 2 or p < 2:
        raise InputError(f"chart pca needs 2 variables and p + 2 points, got {p} and {m}")
    estimates = Estimates(rows.mean(axis=0), np.cov(rows, rowvar=False))
    scale = np.sqrt(np.diag(estimates.covariance))
    if not np.all(scale > 0):
        at = int(np.flatnonzero(~(scale > 0))[0]) + 1
        raise InputError(f"the covariance is singular: variable {at} does not vary in Phase I")
    values, vectors = np.linalg.eigh(estimates.covariance / np.outer(scale, scale))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(p)])
    share = np.cumsum(values) / values.sum()
    kept = options.components or min(int(np.searchsorted(share, _EXPLAINED)) + 1, p - 1)
    if kept > p:
        raise InputError(f"components must be at most the number of variables, {p}, got {kept}")
    if not values[kept - 1] > 1e-12 * values[0]:
        raise InputError(f"component {kept} does not vary in Phase I; keep fewer (--components)")
    return {
        "mean": estimates.mean.tolist(),
        "scale": scale.tolist(),
        "eigenvalues": values.tolist(),
        "loadings": vectors.T.tolist(),
        "components": kept,
    }


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    from scipy.special import fdtri

    kept, m = int(limits.number("components")), int(limits.number("points"))
    values, loadings = limits.array("eigenvalues"), limits.array("loadings")
    standard = (data.values - limits.array("mean")) / limits.array("scale")
    scores = times(standard, loadings[:kept].T)
    rest = standard - times(scores, loadings[:kept])
    t2, spe = squared_length(scores / np.sqrt(values[:kept])), squared_length(rest)
    alpha = default_alpha(options, 1)
    t2_limit = kept * (m * m - 1) / (m * (m - kept)) * float(fdtri(kept, m - kept, 1 - alpha))
    spe_limit = residual_limit(values[kept:], alpha)
    panels = (Panel("t2", t2, None, 0.0, t2_limit), Panel("spe", spe, None, 0.0, spe_limit))
    names = variable_names(data)
    within = standard * times(scores / values[:kept], loadings[:kept])
    signalled = (t2 > t2_limit) | (spe > spe_limit)
    details = {
        int(i) + memory.points + 1: {
            "contributions": dict(zip(names, within[i].tolist(), strict=True)),
            "spe_contributions": dict(zip(names, (rest[i] ** 2).tolist(), strict=True)),
        }
        for i in np.flatnonzero(signalled)
    }
    extras = {
        "alpha": alpha,
        "components": kept,
        "eigenvalues": values,
        "loadings": dict(zip(names, loadings[:kept].T.tolist(), strict=True)),
        "signal_details": details,
    }
    says = (
        lambda: Evidence.normal(scores / np.sqrt(values[:kept])),
        lambda: _of_rest(standard, loadings[kept:], values[kept:]),
    )
    drawn = tuple(Drawn(panel, says=each) for panel, each in zip(panels, says, strict=True))
    return Drawing(drawn, None, extras)


def _of_rest(standard: FloatArray, loadings: FloatArray, values: FloatArray) -> Evidence:
    """What the components left out say; those that do not vary in Phase I say nothing."""
    varies = values > _VARIES
    if not varies.any():
        return Evidence.normal(np.zeros(len(standard)))
    return Evidence.normal(times(standard, loadings[varies].T) / np.sqrt(values[varies]))


KINDS = (ChartKind("pca", check_observations, _fit, _draw, multivariate=True),)
