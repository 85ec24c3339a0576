"""What charts of several variables share: estimates, distances and contributions of variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc.data import ChartData
from process_models.spc.limits import FrozenLimits
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray

__all__ = [
    "Estimates",
    "check_observations",
    "check_vector_subgroups",
    "contributions",
    "default_alpha",
    "distances",
    "member_means",
    "named_contributions",
    "no_known_parameters",
    "squared_length",
    "times",
    "variable_names",
    "whiten",
]

_CONDITION_LIMIT = 1e12


@dataclass(frozen=True, eq=False)
class Estimates:
    """Mean vector and covariance of single observations.

    Attributes
    ----------
    mean : (p,) array
    covariance : (p, p) array
    """

    mean: FloatArray
    covariance: FloatArray

    @classmethod
    def of(cls, limits: FrozenLimits) -> Estimates:
        """Those that frozen limits hold."""
        return cls(limits.array("mean"), limits.array("covariance"))

    def to_parameters(self) -> dict[str, Any]:
        """As lists, for frozen limits.

        Raises
        ------
        InputError
            When the covariance is singular: a variable is constant or depends on the others.
        """
        spread = np.sqrt(np.diag(self.covariance))
        if not np.all(spread > 0):
            at = int(np.flatnonzero(~(spread > 0))[0]) + 1
            raise InputError(f"the covariance is singular: variable {at} does not vary in Phase I")
        correlation = self.covariance / np.outer(spread, spread)
        if np.linalg.cond(correlation) > _CONDITION_LIMIT:
            raise InputError("the covariance is singular: a variable follows from the others")
        return {"mean": self.mean.tolist(), "covariance": self.covariance.tolist()}


def check_observations(data: ChartData, kind: str) -> None:
    """Refuse what is not one complete observation of several variables a point.

    Raises
    ------
    InputError
        When a value is missing or the shape is another.
    """
    if data.values.ndim != 2:
        raise InputError(f"chart {kind} needs one row of several variables a point (--columns)")
    _complete(data, kind)


def check_vector_subgroups(data: ChartData, kind: str) -> None:
    """Refuse what is not complete subgroups of several variables.

    Raises
    ------
    InputError
        When a value is missing, or subgroups have one observation.
    """
    if data.values.ndim != 3 or data.values.shape[1] < 2:
        raise InputError(f"chart {kind} needs subgroups of several variables (--subgroup)")
    _complete(data, kind)


def _complete(data: ChartData, kind: str) -> None:
    missing = np.isnan(data.values).reshape(data.n, -1).any(axis=1)
    if missing.any():
        point = int(np.flatnonzero(missing)[0]) + 1
        raise InputError(f"chart {kind} needs every variable of point {point}, one is missing")


def no_known_parameters(kind: str, options: ChartOptions) -> None:
    """Refuse a known centre, sigma or method, which mean nothing for several variables.

    Raises
    ------
    InputError
        When one of them is given.
    """
    given = (options.centre, options.sigma, options.sigma_method)
    if any(value is not None for value in given):
        raise InputError(f"chart {kind} takes no known centre, sigma or sigma-method")


def distances(away: FloatArray, covariance: FloatArray) -> FloatArray:
    """Squared Mahalanobis length of each row of `away`.

    Parameters
    ----------
    away : (n, p) array
    covariance : (p, p) array

    Returns
    -------
    (n,) array
    """
    return squared_length(whiten(away, covariance))


def whiten(away: FloatArray, covariance: FloatArray) -> FloatArray:
    """Rows of `away` in variables that are independent, each of variance 1, while in control.

    Forward substitution one variable after the other: a row has the same bits alone as among
    others, which a library's matrix solver does not promise.

    Parameters
    ----------
    away : (n, p) array
    covariance : (p, p) array

    Returns
    -------
    (n, p) array
    """
    factor = np.linalg.cholesky(covariance).tolist()
    white: list[FloatArray] = []
    for row, column in zip(factor, away.T, strict=True):
        rest = column.astype(np.float64, copy=True)
        for weight, known in zip(row, white, strict=False):
            rest -= weight * known
        white.append(rest / row[len(white)])
    return np.stack(white, axis=1)


def member_means(values: FloatArray) -> FloatArray:
    """(k, p) means over the members of (k, n, p) subgroups, added from first to last."""
    total = np.zeros((values.shape[0], values.shape[2]))
    for member in range(values.shape[1]):
        total += values[:, member]
    total /= values.shape[1]
    return total


def squared_length(rows: FloatArray) -> FloatArray:
    """Sum of squares of each of (n, p) rows, from left to right."""
    total = np.zeros(len(rows))
    for column in rows.T:
        total += column * column
    return total


def times(rows: FloatArray, matrix: FloatArray) -> FloatArray:
    """(n, p) `rows` times a (p, q) `matrix`, every row with the same bits alone as among others."""
    product = np.zeros((len(rows), matrix.shape[1]))
    for column, weights in zip(rows.T, matrix, strict=True):
        product += column[:, None] * weights
    return product


def contributions(away: FloatArray, covariance: FloatArray) -> FloatArray:
    """What the squared length loses when a variable is left out (Mason, Tracy and Young 1995).

    Parameters
    ----------
    away : (n, p) array
    covariance : (p, p) array

    Returns
    -------
    (n, p) array
        The term of each variable given all the others.
    """
    inverse = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
    return np.asarray(times(away, inverse) ** 2 / np.diag(inverse), dtype=np.float64)


def variable_names(data: ChartData) -> list[str]:
    """Names of the variables, made up where they have none."""
    count = data.values.shape[-1]
    return list(data.variables) if data.variables else [f"x{j + 1}" for j in range(count)]


def default_alpha(options: ChartOptions, variables: int) -> float:
    """False-alarm rate of a point: as asked, else 0.0027 for each variable together."""
    return 1 - (1 - 0.0027) ** variables if options.alpha is None else options.alpha


def named_contributions(
    data: ChartData, terms: FloatArray, signalled: NDArray[np.bool_], before: int
) -> dict[int, dict[str, Any]]:
    """What `to_dict` adds to the signals: number of the point -> contributions by variable.

    `before` points came before the first of `data`.
    """
    names = variable_names(data)
    return {
        int(i) + before + 1: {"contributions": dict(zip(names, terms[i].tolist(), strict=True))}
        for i in np.flatnonzero(signalled)
    }
