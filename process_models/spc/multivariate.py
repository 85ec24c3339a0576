"""What charts of several variables share: estimates, distances and contributions of variables."""

from __future__ import annotations

from collections.abc import Mapping
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
    "named_contributions",
    "no_known_parameters",
    "variable_names",
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
    solved = np.linalg.solve(covariance, away.T)
    return np.asarray((away.T * solved).sum(axis=0), dtype=np.float64)


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
    inverse = np.linalg.inv(covariance)
    return np.asarray((away @ inverse) ** 2 / np.diag(inverse), dtype=np.float64)


def variable_names(data: ChartData) -> list[str]:
    """Names of the variables, made up where they have none."""
    count = data.values.shape[-1]
    return list(data.variables) if data.variables else [f"x{j + 1}" for j in range(count)]


def default_alpha(options: ChartOptions, variables: int) -> float:
    """False-alarm rate of a point: as asked, else 0.0027 for each variable together."""
    return 1 - (1 - 0.0027) ** variables if options.alpha is None else options.alpha


def named_contributions(
    data: ChartData, terms: FloatArray, signalled: NDArray[np.bool_]
) -> Mapping[int, Mapping[str, Any]]:
    """What `to_dict` adds to the signals: point from 1 -> contributions by variable."""
    names = variable_names(data)
    return {
        int(i) + 1: {"contributions": dict(zip(names, terms[i].tolist(), strict=True))}
        for i in np.flatnonzero(signalled)
    }
