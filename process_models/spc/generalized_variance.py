"""Chart of the generalized variance, the determinant of each subgroup's covariance.

Montgomery chapter 11: with S the mean covariance, |Sigma| is estimated by |S| / b1; centre line
b1 |Sigma|, limits |Sigma| (b1 ± L sqrt(b2)), cut off at 0.
"""

from __future__ import annotations

import math

import numpy as np

from process_models.errors import InputError
from process_models.spc.change_point import Evidence
from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, shewhart_panel
from process_models.spc.hotelling import fit_vectors
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.multivariate import (
    Estimates,
    check_vector_subgroups,
    distances,
    member_means,
)
from process_models.spc.options import ChartOptions

__all__ = ["KINDS", "determinant_factors"]


def determinant_factors(n: int, p: int) -> tuple[float, float]:
    """b1 and b2: mean and variance of |S| over |Sigma| and its square.

    Parameters
    ----------
    n, p : int
        Subgroup size and number of variables, n above p.

    >>> [round(b, 4) for b in determinant_factors(10, 2)]
    [0.8889, 0.417]
    """
    lower = math.prod(n - i for i in range(1, p + 1))
    upper = math.prod(n - j + 2 for j in range(1, p + 1))
    scale = float(n - 1) ** p
    return lower / scale, lower * (upper - lower) / scale**2


def _check(data: ChartData, kind: str) -> None:
    check_vector_subgroups(data, kind)
    n, p = data.values.shape[1:]
    if n <= p:
        raise InputError(f"chart {kind} of {p} variables needs subgroups of {p + 1}, got {n}")


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    del memory  # every point stands alone
    n, p = data.values.shape[1:]
    inside = data.values - member_means(data.values)[:, None, :]
    products = np.zeros((data.n, p, p))
    for member in range(n):
        products += inside[:, member, :, None] * inside[:, member, None, :]
    points = np.linalg.det(products / (n - 1))
    b1, b2 = determinant_factors(n, p)
    covariance = Estimates.of(limits).covariance
    whole = float(np.linalg.det(covariance)) / b1

    def says() -> Evidence:
        squares = distances(inside.reshape(-1, p), covariance).reshape(data.n, n)
        return Evidence.spread(squares.sum(axis=1), float((n - 1) * p))

    drawn = shewhart_panel(
        "det_s", points, b1 * whole, whole * math.sqrt(b2),
        nsigma=options.nsigma, bounds=(0.0, math.inf), scope="runs", says=says,
    )  # fmt: skip
    return Drawing((drawn,), None, {"b1": b1, "b2": b2})


KINDS = (
    ChartKind(
        "generalized_variance",
        _check,
        lambda data, options: fit_vectors("generalized_variance", data, options),
        _draw,
        multivariate=True,
    ),
)
