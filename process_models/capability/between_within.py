"""Capability with two sources of variation: between subgroups and within them.

sigma between² = max(0, sigma of the means² - sigma within² / n), sigma of the means from their
moving range, as in the I-MR-R/S chart; n is the harmonic mean where subgroups differ. The
degrees of freedom of the sum are those of Satterthwaite (1946).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.capability.freedom import Freedom, of_moving_ranges, of_subgroups
from process_models.capability.indices import family_of_indices
from process_models.capability.parts import Parts, expected_of_normal
from process_models.capability.specification import Index, Specification
from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, fit

__all__ = ["BetweenWithin", "between_within"]


@dataclass(frozen=True)
class BetweenWithin:
    """Variation between and within subgroups, and what it makes of the specification.

    Attributes
    ----------
    sigma_between, sigma_within, sigma_total : float
        In the unit of the values; the total is the root of the sum of the squares.
    freedom : Freedom
        Of the total.
    indices : mapping of str to Index
        cp, cpl, cpu and cpk with the total sigma.
    ppm : mapping
        Parts expected out of specification.
    """

    sigma_between: float
    sigma_within: float
    sigma_total: float
    freedom: Freedom
    indices: Mapping[str, Index]
    ppm: Parts

    def to_dict(self) -> dict[str, Any]:
        """Keys beside those of the capability study, as plain JSON data."""
        return {
            "sigma_between": self.sigma_between,
            "sigma_between_within": self.sigma_total,
            "between_within": {
                "sigma_within": self.sigma_within,
                "degrees_of_freedom": self.freedom.degrees,
                "indices": {name: index.to_dict() for name, index in self.indices.items()},
                "ppm": dict(self.ppm),
            },
        }


def between_within(
    rows: NDArray[np.float64], spec: Specification, mean: float, confidence: float
) -> BetweenWithin:
    """Both sources of variation.

    Parameters
    ----------
    rows : (k, m) array
        Subgroups in order, nan where a ragged one has no value.
    spec : Specification
    mean : float
    confidence : float

    Raises
    ------
    InputError
        When there are fewer than two subgroups or none has two values.
    """
    if len(rows) < 2:
        raise InputError(f"between-within needs at least 2 subgroups, got {len(rows)}")
    frozen = fit("i_mr_rs", ChartData(rows), ChartOptions())
    within, between = frozen.number("sigma_within"), frozen.number("sigma_between")
    of_means, total = frozen.number("sigma_of_means"), math.hypot(within, between)
    sizes = np.isfinite(rows).sum(axis=1)
    inside = of_subgroups(sizes, str(frozen.parameters["sigma_method"])) or Freedom(
        float((sizes - 1).sum())
    )
    freedom = inside
    if between > 0:
        freedom = _of_sum(
            between**2 + within**2 * float(np.mean(1 / sizes)),
            of_moving_ranges(len(rows)).degrees,
            within**2 * (1 - float(np.mean(1 / sizes))),
            inside.degrees,
        )
    n = float(sizes.sum()) if between == 0 else len(rows) * (total / of_means) ** 2
    return BetweenWithin(
        between,
        within,
        total,
        freedom,
        family_of_indices("c", spec, mean, total, n, freedom, confidence),
        expected_of_normal(spec, mean, total),
    )


def _of_sum(first: float, nu_first: float, second: float, nu_second: float) -> Freedom:
    spread = first**2 / nu_first + second**2 / nu_second
    return Freedom((first + second) ** 2 / spread)
