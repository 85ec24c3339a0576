"""What a fitted distribution might have been: samples drawn from it and fitted again.

Samples have at most 500 values. With more, the spread of what is estimated is that of the
smaller samples times the root of the ratio of the sizes, and the statistic of Anderson and
Darling has long reached its limiting distribution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.capability.fitting import Fit
from process_models.capability.goodness import anderson_darling

__all__ = ["REPLICATIONS", "Bootstrap", "bootstrap"]

REPLICATIONS = 999
_MOST_VALUES = 500


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Refits of samples from a fitted distribution.

    Attributes
    ----------
    parameters : (replications, k) array
    p : float
        Of the goodness of fit: how often a sample of the fitted distribution fits as badly.
    narrowing : float
        What deviations are multiplied with where the samples were smaller than the data.
    size, seed : int
        Of the samples.
    """

    fit: Fit
    parameters: NDArray[np.float64]
    p: float
    narrowing: float
    size: int
    seed: int

    def quantiles(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values (replications, m) below which shares (m,) lie."""
        every = np.broadcast_to(shares, (len(self.parameters), len(shares)))
        return self.fit.family.quantile(every, self.parameters) + self.fit.threshold

    def to_dict(self) -> dict[str, Any]:
        """How it was done, as plain JSON data."""
        return {
            "replications": len(self.parameters),
            "values": self.size,
            "seed": self.seed,
        }


def bootstrap(fit: Fit, *, seed: int = 0, replications: int = REPLICATIONS) -> Bootstrap:
    """Draw and refit.

    Parameters
    ----------
    fit : Fit
    seed : int
        The same seed gives the same result.
    replications : int
    """
    size = min(fit.n, _MOST_VALUES)
    rng = np.random.default_rng(seed)
    low, high = fit.family.support(fit.parameters[None])
    shares = low + (high - low) * rng.random((replications, size))
    samples = fit.family.quantile(shares, fit.parameters[None])
    found = fit.family.fit(samples)
    statistics = anderson_darling(fit.family, samples, found)
    worse = int(np.count_nonzero(statistics >= fit.anderson_darling))
    p = (worse + 1) / (replications + 1)
    return Bootstrap(fit, found, p, math.sqrt(size / fit.n), size, seed)
