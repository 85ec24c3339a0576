"""What charts with a memory of the mean start from: single values or subgroup means alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.spc.change_point import Evidence
from process_models.spc.data import ChartData
from process_models.spc.family import Drawn, shewhart_panel
from process_models.spc.individuals import fit_individuals
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray
from process_models.spc.sigma import Subgroups
from process_models.spc.xbar import fit_subgroups

__all__ = ["Location", "check_univariate", "fit_location"]


@dataclass(frozen=True, eq=False)
class Location:
    """Means in order, and how many observations are in each.

    Attributes
    ----------
    means, sizes : (n,) arrays
    """

    means: FloatArray
    sizes: FloatArray

    @classmethod
    def of(cls, data: ChartData) -> Location:
        """Single values count as subgroups of one."""
        if data.values.ndim == 1:
            return cls(data.values, np.ones(data.n))
        subgroups = Subgroups.of(data.values)
        return cls(subgroups.means, subgroups.sizes.astype(np.float64))

    def says(self, centre: float, sigma: float, side: int = 0) -> Evidence:
        """What the means say of a change of the mean; on one `side` only if it is not 0."""
        z = (self.means - centre) * np.sqrt(self.sizes) / (sigma or 1.0)
        return Evidence.normal(z, self.sizes, side)

    def shewhart(self, centre: float, sigma: float, nsigma: float | None) -> tuple[Drawn, ...]:
        """The means beside a chart with a memory, for large shifts; nothing without a width."""
        if nsigma is None:
            return ()
        spread = sigma / np.sqrt(self.sizes)
        says = partial(self.says, centre, sigma)
        return (shewhart_panel("shewhart", self.means, centre, spread, nsigma=nsigma, says=says),)


def check_univariate(data: ChartData, kind: str) -> None:
    """Refuse multivariate data.

    Raises
    ------
    InputError
        When `data` is neither single values nor subgroups of single values.
    """
    if data.values.ndim > 2:
        raise InputError(f"chart {kind} needs one characteristic, got several")


def fit_location(kind: str, data: ChartData, options: ChartOptions) -> dict[str, Any]:
    """Centre and sigma, from steps between single values or from within subgroups."""
    if data.values.ndim == 1 or data.values.shape[1] == 1:
        return fit_individuals(kind, data.values.reshape(-1), options)
    return fit_subgroups(kind, data, options)
