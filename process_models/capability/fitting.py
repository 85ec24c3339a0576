"""A distribution fitted to values, or the best of several by AICc.

AICc (Hurvich and Tsai 1989) charges a family for its parameters: Box-Cox must beat log-normal,
and Johnson everything else, by more than chance would let it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.capability.boxcox import BoxCox
from process_models.capability.families import Family, Lognormal, Normal
from process_models.capability.goodness import anderson_darling
from process_models.capability.johnson import JohnsonBounded, JohnsonUnbounded
from process_models.capability.lifetimes import Gamma, Weibull
from process_models.errors import InputError

__all__ = ["DISTRIBUTIONS", "Fit", "fit_distribution", "rank_distributions"]

_FAMILIES: dict[str, tuple[Family, ...]] = {
    "normal": (Normal(),),
    "lognormal": (Lognormal(),),
    "weibull": (Weibull(),),
    "gamma": (Gamma(),),
    "johnson": (JohnsonUnbounded(), JohnsonBounded()),
    "boxcox": (BoxCox(),),
}
DISTRIBUTIONS = (*_FAMILIES, "auto")


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted distribution.

    Attributes
    ----------
    family : Family
    parameters : (k,) array
    threshold : float
        Known lower bound that was taken from the values of a positive family.
    n : int
    log_likelihood, anderson_darling : float
    """

    family: Family
    parameters: NDArray[np.float64]
    threshold: float
    n: int
    log_likelihood: float
    anderson_darling: float

    @property
    def aicc(self) -> float:
        """Akaike's criterion, corrected for few values; infinite where they are too few."""
        k = len(self.parameters)
        spare = self.n - k - 1
        return self.aic + 2 * k * (k + 1) / spare if spare > 0 else math.inf

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * len(self.parameters) - 2 * self.log_likelihood

    def quantile(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values (m,) below which shares (m,), 0 to 1, lie."""
        found = self.family.quantile(share[None], self.parameters[None])[0]
        return np.asarray(found + self.threshold)

    def density(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Density (m,) at `x` (m,); 0 beyond the support."""
        shifted = (x - self.threshold)[None]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            found = np.exp(self.family.log_density(shifted, self.parameters[None]))[0]
        return np.where(np.isfinite(found), found, 0.0)

    def below(self, limit: float) -> float:
        """Probability of a value below `limit`."""
        shifted = np.array([[limit - self.threshold]])
        return float(np.exp(self.family.log_below(shifted, self.parameters[None]))[0, 0])

    def above(self, limit: float) -> float:
        """Probability of a value above `limit`."""
        shifted = np.array([[limit - self.threshold]])
        return float(np.exp(self.family.log_above(shifted, self.parameters[None]))[0, 0])

    def to_dict(self) -> dict[str, Any]:
        """Name, parameters and goodness of fit as plain JSON data."""
        bounds = getattr(self.family, "family", None)
        return {
            "name": self.family.name,
            **({} if bounds is None else {"family": bounds}),
            "parameters": dict(zip(self.family.parameters, self.parameters.tolist(), strict=True)),
            "threshold": self.threshold if self.family.positive else None,
            "log_likelihood": self.log_likelihood,
            "aic": self.aic,
            "aicc": self.aicc,
            "anderson_darling": self.anderson_darling,
        }


def fit_distribution(name: str, values: NDArray[np.float64], *, threshold: float = 0.0) -> Fit:
    """The maximum-likelihood fit of one distribution; of Johnson's the likelier of SU and SB.

    Parameters
    ----------
    name : str
        One of `DISTRIBUTIONS` but `auto`.
    values : (n,) array
    threshold : float
        Known lower bound of positive families; it is not estimated, since the likelihood of a
        free threshold has no maximum.

    Raises
    ------
    InputError
        When values are too few, or not above the threshold.

    >>> fit = fit_distribution("lognormal", np.exp([1.0, 2.0, 3.0]))
    >>> fit.parameters.round(6).tolist()
    [2.0, 0.816497]
    """
    family = _FAMILIES[name][0]
    distinct = len(np.unique(values))
    if distinct < family.fewest:
        raise InputError(
            f"distribution {name} needs at least {family.fewest} different values, got {distinct}"
        )
    if family.positive and (low := values <= threshold).any():
        at = int(np.argmax(low))
        raise InputError(
            f"distribution {name} needs values above {threshold:g}, value {at + 1} is "
            f"{values[at]:g}"
        )
    fits = [_fitted(family, values, threshold) for family in _FAMILIES[name]]
    return max(fits, key=lambda fit: fit.log_likelihood)


def rank_distributions(values: NDArray[np.float64], *, threshold: float = 0.0) -> list[Fit]:
    """Fits of every distribution that the values allow, the lowest AICc first.

    Raises
    ------
    InputError
        When there are too few values to tell.
    """
    distinct = len(np.unique(values))
    fewest = max(family.fewest for family, *_ in _FAMILIES.values())
    if distinct < fewest:
        raise InputError(
            f"distribution auto needs at least {fewest} different values, got {distinct}"
        )
    above = bool((values > threshold).all())
    fits = [
        fit_distribution(name, values, threshold=threshold)
        for name, (family, *_) in _FAMILIES.items()
        if above or not family.positive
    ]
    return sorted(fits, key=lambda fit: fit.aicc)


def _fitted(family: Family, values: NDArray[np.float64], threshold: float) -> Fit:
    shift = threshold if family.positive else 0.0
    x = (values - shift)[None]
    parameters = family.fit(x)
    return Fit(
        family,
        parameters[0],
        shift,
        len(values),
        float(family.log_likelihood(x, parameters)[0]),
        float(anderson_darling(family, x, parameters)[0]),
    )
