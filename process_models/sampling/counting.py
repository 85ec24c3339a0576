"""How many nonconforming items a sample holds: binomial, hypergeometric or Poisson."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = ["DISTRIBUTIONS", "Counting"]

FloatArray = NDArray[np.float64]
DISTRIBUTIONS = ("binomial", "hypergeometric", "poisson")


@dataclass(frozen=True, slots=True)
class Counting:
    """Distribution of the count in a sample.

    Attributes
    ----------
    distribution : str
        One of `DISTRIBUTIONS`. Poisson counts nonconformities, and quality is their rate a unit.
    lot_size : int or None
        Of the hypergeometric, which draws without replacement from a lot that holds
        round(p N) nonconforming items; the others take a lot as endless.

    Raises
    ------
    InputError
        When the name is unknown, or the hypergeometric has no lot or an empty one.
    """

    distribution: str = "binomial"
    lot_size: int | None = None

    def __post_init__(self) -> None:
        if self.distribution not in DISTRIBUTIONS:
            raise InputError(
                f"distribution must be one of {', '.join(DISTRIBUTIONS)}, got {self.distribution!r}"
            )
        if self.lot_size is not None and self.lot_size < 1:
            raise InputError(f"lot-size must be at least 1, got {self.lot_size}")
        if self.distribution == "hypergeometric" and self.lot_size is None:
            raise InputError("the hypergeometric distribution needs a lot-size, got none")

    @classmethod
    def of(cls, distribution: str | None, lot_size: int | None) -> Counting:
        """The distribution asked for; hypergeometric when only a lot size is given."""
        if distribution is None:
            distribution = "binomial" if lot_size is None else "hypergeometric"
        return cls(distribution, lot_size)

    @property
    def remembers(self) -> bool:
        """Whether what was found in earlier samples changes what is left to find."""
        return self.distribution == "hypergeometric"

    def at_most(self, count: int, n: int, p: float) -> float:
        """Probability of at most `count` in a sample of `n` from quality `p`."""
        from scipy.stats import binom, hypergeom, poisson

        if self.distribution == "hypergeometric":
            lot = int(self.lot_size or 0)
            return float(hypergeom.cdf(count, lot, self.nonconforming(p), n))
        if self.distribution == "poisson":
            return float(poisson.cdf(count, n * p))
        return float(binom.cdf(count, n, p))

    def chances(self, most: int, n: int, p: float, *, drawn: int = 0, found: int = 0) -> FloatArray:
        """Probabilities of 0 to `most` in the next `n`, after `found` among `drawn` already taken.

        Only the hypergeometric remembers what was taken.
        """
        from scipy.stats import binom, hypergeom, poisson

        counts = np.arange(most + 1)
        if self.distribution == "hypergeometric":
            left = int(self.lot_size or 0) - drawn
            bad_left = self.nonconforming(p) - found
            if not 0 <= bad_left <= left:  # cannot have come about; it weighs nothing
                return np.zeros(most + 1)
            return np.asarray(hypergeom.pmf(counts, left, bad_left, n), dtype=np.float64)
        if self.distribution == "poisson":
            return np.asarray(poisson.pmf(counts, n * p), dtype=np.float64)
        return np.asarray(binom.pmf(counts, n, p), dtype=np.float64)

    def nonconforming(self, p: float) -> int:
        """Nonconforming items in a lot of quality `p`, to the nearest whole."""
        return round(p * int(self.lot_size or 0))
