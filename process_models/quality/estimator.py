"""Censored lives as a scikit-learn regressor: pipelines, grid search and cross-validation.

Importing this module imports scikit-learn.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import column_or_1d
from sklearn.utils.validation import check_is_fitted, validate_data

from process_models.errors import InputError
from process_models.quality.censored import Censored, log_probability, maximise
from process_models.quality.laws import law_named
from process_models.quality.scores import censored_crps

__all__ = ["CensoredLifeRegressor", "censored_target"]

Floats = NDArray[np.float64]
_TARGET = np.dtype([("lower", np.float64), ("upper", np.float64)])


def censored_target(value: ArrayLike, censoring: Any = None, upper: ArrayLike | None = None) -> Any:
    """Target for `CensoredLifeRegressor`: one structured array of bounds, shape (n,).

    Parameters
    ----------
    value : array, shape (n,)
        Values, or lower bounds when `upper` is given.
    censoring : array of str, shape (n,), optional
        `exact`, `left` or `right` for every value; all exact when left out.
    upper : array, shape (n,), optional
        Upper bounds; then `censoring` is not needed.

    Raises
    ------
    InputError
        When a word is none of these, with its row.

    Examples
    --------
    >>> censored_target([160.0, 700.0], ["exact", "right"])["upper"].tolist()
    [160.0, inf]
    """
    lower = np.asarray(value, dtype=np.float64)
    if upper is None:
        words = np.asarray(["exact"] * len(lower) if censoring is None else censoring, dtype=object)
        for row, word in enumerate(words, start=1):
            if word not in ("exact", "left", "right"):
                raise InputError(f"row {row}: censoring must be exact, left or right, got {word!r}")
        top = np.where(words == "right", np.inf, lower)
        lower = np.where(words == "left", 0.0, lower)
    else:
        top = np.asarray(upper, dtype=np.float64)
    bounds = Censored(lower, top)
    target = np.empty(len(lower), dtype=_TARGET)
    target["lower"], target["upper"] = bounds.lower, bounds.upper
    return target


class CensoredLifeRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Regression of lives of which some are only known to lie beyond, below or between.

    Parameters
    ----------
    law : {"lognormal", "weibull", "loglogistic", "normal"}
    alpha : float
        Ridge on the standardised coefficients; 0 is maximum likelihood, a little keeps the
        estimates finite where nearly everything is censored.

    Attributes
    ----------
    coef_ : ndarray, shape (p,)
    intercept_, scale_ : float
    converged_ : bool
        Whether the likelihood has an inner maximum.

    Examples
    --------
    >>> life = censored_target([100.0, 55.0, 30.0, 90.0], ["exact", "exact", "exact", "right"])
    >>> model = CensoredLifeRegressor().fit([[1.0], [2.0], [3.0], [1.5]], life)
    >>> bool(model.predict([[1.0]])[0] > model.predict([[3.0]])[0])
    True
    """

    def __init__(self, law: str = "lognormal", alpha: float = 1e-6) -> None:
        self.law = law
        self.alpha = alpha

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        tags.regressor_tags.poor_score = True  # the score is a log score, not a share
        return tags

    def fit(self, X: ArrayLike, y: Any) -> Self:
        """Fit to X, shape (n, p), and y: bounds from `censored_target`, two columns, or values."""
        law = law_named(self.law)
        if not (np.isfinite(self.alpha) and self.alpha >= 0):
            raise InputError(f"alpha must be 0 or more and finite, got {self.alpha!r}")
        if y is None:
            raise ValueError(
                "requires y to be passed, but the target y is None: CensoredLifeRegressor"
            )
        features = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        observed = _bounds(y)
        if len(observed.lower) != len(features):
            raise ValueError(
                f"X and y must have one length, got {len(features)} and {len(observed.lower)}"
            )
        centre, spread = features.mean(axis=0), features.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        design = np.column_stack([np.ones(len(features)), (features - centre) / spread])
        penalty = np.append(0.0, np.full(features.shape[1], self.alpha * len(features)))
        best, self.converged_ = maximise(observed.transformed(law), design, law, penalty)
        self.coef_ = best[1:-1] / spread
        self.intercept_ = float(best[0] - self.coef_ @ centre)
        self.scale_ = float(np.exp(best[-1]))
        return self

    def predict(self, X: ArrayLike) -> Floats:
        """Median of every row, (n,)."""
        return self.predict_quantile(X, 0.5)

    def predict_quantile(self, X: ArrayLike, probability: float) -> Floats:
        """Value below which `probability` of the cells lie, (n,)."""
        if not 0 < probability < 1:
            raise InputError(f"probability must lie between 0 and 1, got {probability!r}")
        law = law_named(self.law)
        located = self._location(X)
        return np.asarray(law.restore(located + self.scale_ * law.quantile(probability)), float)

    def predict_survival(self, X: ArrayLike, hours: float) -> Floats:
        """P(value > `hours`) of every row, (n,)."""
        law = law_named(self.law)
        z = (law.transform(hours) - self._location(X)) / self.scale_
        return np.asarray(np.exp(law.log_sf(z)), dtype=float)

    def score(self, X: ArrayLike, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Mean log score: ln probability (density, where exact) of y; higher is better."""
        law = law_named(self.law)
        observed = _bounds(y).transformed(law)
        scores = log_probability(observed, self._location(X), self.scale_, law)
        weights = None if sample_weight is None else np.asarray(sample_weight, dtype=float)
        return float(np.average(scores, weights=weights))

    def crps(self, X: ArrayLike, y: Any) -> float:
        """Mean censored CRPS in units of ln value; lower is better, see `scores`."""
        law = law_named(self.law)
        observed = _bounds(y).transformed(law)
        located = self._location(X)
        reach = 12.0 * self.scale_

        def one(centre: float, low: float, high: float) -> float:
            def cdf(y: Any) -> Any:
                return np.exp(law.log_cdf((y - centre) / self.scale_))

            return censored_crps(cdf, low, high, centre - reach, centre + reach)

        rows = zip(located, observed.lower, observed.upper, strict=True)
        return float(np.mean([one(*row) for row in rows]))

    def _location(self, X: ArrayLike) -> Floats:
        check_is_fitted(self)
        features = validate_data(self, X, dtype=np.float64, reset=False)
        return np.asarray(self.intercept_ + features @ self.coef_, dtype=float)


def _bounds(y: Any) -> Censored:
    array = np.asarray(y)
    if array.dtype.names is not None:
        if {"lower", "upper"} - set(array.dtype.names):
            names = ", ".join(array.dtype.names)
            raise InputError(f"y must have the fields lower and upper, got {names}")
        return Censored.of(array["lower"], array["upper"])
    if array.ndim == 2 and array.shape[1] == 2:
        return Censored.of(array[:, 0], array[:, 1])
    if array.dtype.kind in "OUS":
        array = array.astype(np.float64)
    values = np.asarray(column_or_1d(array, warn=True), dtype=np.float64)
    if not np.all(np.isfinite(values)):
        raise ValueError("Input y contains NaN or infinity; give censored values as bounds")
    return Censored(values, values)
