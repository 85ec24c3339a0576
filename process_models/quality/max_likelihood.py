"""Maximum likelihood of censored values by statsmodels: for people with plenty of data.

The same location-scale regression as R's survreg and SAS's LIFEREG: log-normal, Weibull and
log-logistic lives, or plain Tobit, with exact, left, right and interval information. Importing this
module imports statsmodels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from statsmodels.base.model import GenericLikelihoodModel

from process_models.errors import InputError
from process_models.quality.censored import Censored, log_likelihood, log_probability, maximise
from process_models.quality.laws import Law, law_named

__all__ = ["CensoredFit", "CensoredRegression", "fit_maximum_likelihood"]

Floats = NDArray[np.float64]
_SCALE = "ln_scale"


class CensoredRegression(GenericLikelihoodModel):  # type: ignore[misc]
    """statsmodels model of censored values; parameters are the coefficients and ln scale.

    Parameters
    ----------
    observed : Censored
        In the user's units.
    exog : array, shape (n, p)
        Columns of the regression, the intercept included.
    law : str
        One of `LAWS`.
    names : sequence of str
        Of the columns.
    """

    def __init__(self, observed: Censored, exog: ArrayLike, law: str, names: Sequence[str]) -> None:
        self.law: Law = law_named(law)
        self.observed = observed.transformed(self.law)
        # the Jacobian of the logarithm, so that the likelihood is that of the value itself
        exact = observed.exact & self.law.logarithmic
        self.jacobian = np.where(exact, -np.where(exact, self.observed.lower, 0.0), 0.0)
        super().__init__(self.observed.middle(), exog, extra_params_names=[_SCALE])
        self.data.xnames = [*names, _SCALE]

    def loglikeobs(self, params: Floats) -> Floats:
        """ln likelihood of every observation, (n,), in the units of the value."""
        value, _ = log_likelihood(np.asarray(params), self.observed, self.exog, self.law)
        return np.asarray(value + self.jacobian)

    def score_obs(self, params: Floats) -> Floats:
        """Gradient of every observation, (n, p + 1)."""
        _, gradient = log_likelihood(np.asarray(params), self.observed, self.exog, self.law)
        return gradient

    def score(self, params: Floats) -> Floats:
        """Gradient of the log-likelihood, (p + 1,)."""
        total: Floats = self.score_obs(params).sum(axis=0)
        return total

    def hessian(self, params: Floats) -> Floats:
        """Second derivatives, (p + 1, p + 1), by differences of the exact gradient."""
        centre = np.asarray(params, dtype=float)
        steps = 1e-5 * np.maximum(np.abs(centre), 1.0)
        rows = [
            (self.score(centre + step) - self.score(centre - step)) / (2.0 * step.sum())
            for step in np.diag(steps)
        ]
        plain = np.array(rows)
        return np.asarray(0.5 * (plain + plain.T))


@dataclass(frozen=True, slots=True)
class CensoredFit:
    """A regression fitted by maximum likelihood.

    Attributes
    ----------
    law : str
    parameters, standard_errors : mapping of str to float
        By column name, and `ln_scale`.
    log_likelihood, aic : float
        In the units of the value, as R prints them.
    observations : int
    """

    law: str
    parameters: Mapping[str, float]
    standard_errors: Mapping[str, float]
    log_likelihood: float
    aic: float
    observations: int

    @property
    def scale(self) -> float:
        """Scale of the law in its own units."""
        return float(np.exp(self.parameters[_SCALE]))

    def location(self, columns: ArrayLike) -> Floats:
        """Linear predictor of `columns`, shape (n, p) in the order of the fit."""
        coefficients = [v for name, v in self.parameters.items() if name != _SCALE]
        located: Floats = np.asarray(columns, dtype=float) @ np.array(coefficients)
        return located

    def quantile(self, columns: ArrayLike, probability: float) -> Floats:
        """Value below which `probability` of the law lies, (n,)."""
        law = law_named(self.law)
        y = self.location(columns) + self.scale * law.quantile(probability)
        return np.asarray(law.restore(y), dtype=float)

    def log_score(self, observed: Censored, columns: ArrayLike) -> Floats:
        """ln probability (density, where exact) of observations in the law's units, (n,)."""
        law = law_named(self.law)
        y = observed.transformed(law)
        scores: Floats = log_probability(y, self.location(columns), self.scale, law)
        return scores


def fit_maximum_likelihood(
    lower: ArrayLike,
    upper: ArrayLike,
    columns: Mapping[str, ArrayLike],
    law: str = "lognormal",
) -> CensoredFit:
    """Fit censored values by maximum likelihood.

    Parameters
    ----------
    lower, upper : array, shape (n,)
        Equal where exact; 0 or -inf and inf where open.
    columns : mapping of str to array
        By name, without the intercept, which is added.
    law : {"lognormal", "weibull", "loglogistic", "normal"}

    Raises
    ------
    InputError
        When there are fewer observations than parameters, columns depend on one another, or the
        likelihood has no maximum, as when nearly everything is censored.

    Examples
    --------
    >>> fit = fit_maximum_likelihood([1.0, 2.0, 4.0], [1.0, 2.0, 4.0], {})
    >>> round(float(np.exp(fit.parameters["intercept"])), 3)
    2.0
    """
    observed = Censored.of(lower, upper)
    names = ["intercept", *columns]
    shape = observed.lower.shape
    design = np.column_stack(
        [np.ones(shape)] + [np.broadcast_to(np.asarray(c, float), shape) for c in columns.values()]
    )
    _check_design(design, names)
    model = CensoredRegression(observed, design, law, names)
    best, found = maximise(model.observed, design, model.law)
    curvature = -model.hessian(best)
    if not found or np.linalg.eigvalsh(curvature)[0] <= 1e-8 * np.trace(curvature):
        raise InputError(
            f"maximum likelihood: has no maximum on {len(design)} observations and"
            f" {len(names)} columns; too few are exact or bounded on both sides"
        )
    result: Any = model.fit(start_params=best, method="newton", maxiter=20, disp=0)
    params, errors = np.asarray(result.params), np.asarray(result.bse)
    total = float(model.loglikeobs(params).sum())
    labels = [*names, _SCALE]
    return CensoredFit(
        law=law,
        parameters=dict(zip(labels, map(float, params), strict=True)),
        standard_errors=dict(zip(labels, map(float, errors), strict=True)),
        log_likelihood=total,
        aic=2.0 * len(params) - 2.0 * total,
        observations=len(design),
    )


def _check_design(design: Floats, names: Sequence[str]) -> None:
    if not np.all(np.isfinite(design)):
        row, column = (int(place) for place in np.argwhere(~np.isfinite(design))[0])
        raise InputError(
            f"row {row + 1}: column {names[column]} must be finite, got {design[row, column]:g}"
        )
    if len(design) <= len(names):
        raise InputError(
            f"maximum likelihood: needs more observations than its {len(names) + 1} parameters,"
            f" got {len(design)}"
        )
    if np.linalg.matrix_rank(design) < len(names):
        raise InputError(
            f"maximum likelihood: columns {', '.join(names)} must not depend on one another"
        )
