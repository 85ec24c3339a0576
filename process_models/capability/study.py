"""One capability study: the chart of the values, the indices, and parts out of specification."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.capability.between_within import BetweenWithin
from process_models.capability.between_within import between_within as both_sources
from process_models.capability.bootstrap import Bootstrap, bootstrap
from process_models.capability.fitting import (
    DISTRIBUTIONS,
    Fit,
    fit_distribution,
    rank_distributions,
)
from process_models.capability.freedom import (
    FREEDOM_CHOICES,
    Freedom,
    FreedomChoice,
    nominal,
    of_moving_ranges,
    of_subgroups,
)
from process_models.capability.goodness import normality
from process_models.capability.indices import family_of_indices, target_index
from process_models.capability.parts import (
    Parts,
    expected_of,
    expected_of_normal,
    nothing,
    observed,
)
from process_models.capability.percentile import SHARES, percentile_indices
from process_models.capability.result import CapabilityResult
from process_models.capability.specification import Index, Specification
from process_models.capability.subgroups import drawn_chart, rows_of
from process_models.capability.transformed import transformed_indices
from process_models.errors import InputError
from process_models.spc import ChartResult
from process_models.spc.sigma import exact_mean

__all__ = ["capability"]

_Values = NDArray[np.float64]
_QUANTILES = ("low", "median", "high")


def capability(
    values: Sequence[float] | _Values,
    *,
    lsl: float | None = None,
    usl: float | None = None,
    target: float | None = None,
    subgroup: Sequence[str] | None = None,
    confidence: float = 0.95,
    distribution: str = "normal",
    sigma_within: float | None = None,
    sigma_method: str | None = None,
    constants: str = "exact",
    interval_df: FreedomChoice = "auto",
    lsl_natural: bool = False,
    usl_natural: bool = False,
    between_within: bool = False,
    seed: int = 0,
) -> CapabilityResult:
    """Capability indices of `values` with intervals.

    Parameters
    ----------
    values : (n,) array
        In the order they were made.
    lsl, usl, target : float or None
        One-sided specifications leave the indices that need both limits empty.
    subgroup : sequence of n labels or None
        Rational subgroups; None means single values.
    confidence : float
        Of the two-sided intervals.
    distribution : str
        One of `DISTRIBUTIONS`. One that is not normal is fitted by maximum likelihood and judged
        by its percentiles; there is then no cp, cpl, cpu, cpk and cpm. `auto` takes the one with
        the lowest AICc.
    sigma_within : float or None
        Known; None means estimated.
    sigma_method : str or None
        How sigma within is estimated; None means `rbar_d2` of subgroups, `mr_d2` of values.
    constants : str
        d2 and c4 `exact`, or `rounded` as tables print them.
    interval_df : str
        Degrees of freedom of the intervals of cp, cpl, cpu and cpk: `nominal` is n - 1,
        `effective` what the estimate of sigma within is worth. `auto` is effective for moving
        ranges, and n - 1 for subgroups and a known sigma, as in qcc.
    lsl_natural, usl_natural : bool
        Whether that limit is a natural boundary, beyond which nothing can lie. A lower one is
        the threshold of lognormal, weibull, gamma and boxcox, which is else 0.
    between_within : bool
        Whether to add the capability with sigma between and within subgroups.
    seed : int
        Of the bootstrap of a distribution that is not normal.

    Raises
    ------
    InputError
        When the specification is reversed or empty, or the values are too few, not finite or all
        the same, or the distribution cannot be fitted to them.

    >>> result = capability([9.8, 10.1, 10.0, 9.9, 10.2], lsl=9.0, usl=11.0)
    >>> round(result.indices["pp"].value, 3), result.in_control
    (2.108, True)
    """
    spec = Specification(lsl, usl, target, lsl_natural, usl_natural)
    numbers = _checked(values, spec, confidence, distribution, interval_df)
    rows = rows_of(numbers, subgroup)
    chart = drawn_chart(numbers, rows, sigma_within, sigma_method, constants)
    n, mean, overall = len(numbers), exact_mean(numbers), float(numbers.std(ddof=1))
    within, freedom = chart.sigma or 0.0, _freedom(chart, rows, n, interval_df)
    ranking, drawn = _fitted(numbers, distribution, spec, seed)
    return CapabilityResult(
        n=n,
        mean=mean,
        sigma_within=within,
        sigma_overall=overall,
        freedom_within=freedom,
        spec=spec,
        confidence=confidence,
        indices=_indices(spec, mean, within, overall, n, freedom, confidence, drawn),
        ppm=_ppm(spec, numbers, mean, within, overall, drawn),
        distribution=_described(numbers, mean, overall, spec, ranking, drawn),
        in_control=not chart.signals,
        between_within=_both(rows, spec, mean, confidence) if between_within else None,
        drawn=drawn,
    )


def _indices(
    spec: Specification,
    mean: float,
    within: float,
    overall: float,
    n: int,
    freedom: Freedom,
    confidence: float,
    drawn: Bootstrap | None,
) -> dict[str, Index]:
    indices = {
        **family_of_indices("c", spec, mean, within, n, freedom, confidence),
        **family_of_indices("p", spec, mean, overall, n, nominal(n), confidence),
        "cpm": target_index(spec, mean, overall, n, confidence),
    }
    if drawn is None:
        return indices
    return dict.fromkeys(indices, Index()) | percentile_indices(spec, drawn, confidence)


def _checked(
    values: Sequence[float] | _Values,
    spec: Specification,
    confidence: float,
    distribution: str,
    interval_df: str,
) -> _Values:
    numbers = np.asarray(values, dtype=np.float64)
    if distribution not in DISTRIBUTIONS:
        known = ", ".join(DISTRIBUTIONS)
        raise InputError(f"distribution must be one of {known}, got {distribution!r}")
    if interval_df not in FREEDOM_CHOICES:
        known = ", ".join(FREEDOM_CHOICES)
        raise InputError(f"interval-df must be one of {known}, got {interval_df!r}")
    if not 0 < confidence < 1:
        raise InputError(f"confidence must be above 0 and below 1, got {confidence:g}")
    if numbers.ndim != 1 or numbers.size < 2:
        raise InputError(f"capability needs at least 2 values, got {numbers.size}")
    if not np.isfinite(numbers).all():
        at = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise InputError(f"value {at + 1} must be finite, got {numbers[at]}")
    if np.ptp(numbers) == 0:
        raise InputError(
            f"capability needs values that vary, all {numbers.size} are {numbers[0]:g}"
        )
    spec.check(numbers)
    return numbers


def _freedom(chart: ChartResult, rows: _Values | None, n: int, choice: FreedomChoice) -> Freedom:
    method = str(chart.extras.get("sigma_method"))
    if choice == "nominal" or method == "known" or chart.sigma is None:
        return nominal(n)
    if rows is None:
        return of_moving_ranges(n) if method == "mr_d2" else nominal(n)
    if choice == "auto":
        return nominal(n)
    return of_subgroups(np.isfinite(rows).sum(axis=1), method) or nominal(n)


def _fitted(
    numbers: _Values, distribution: str, spec: Specification, seed: int
) -> tuple[list[Fit], Bootstrap | None]:
    """The fits, best first, and what chance does to the best one if it is not normal."""
    if distribution == "normal":
        return [], None
    threshold = spec.lsl if spec.lsl_natural and spec.lsl is not None else 0.0
    if distribution == "auto":
        ranking = rank_distributions(numbers, threshold=threshold)
    else:
        ranking = [fit_distribution(distribution, numbers, threshold=threshold)]
    if ranking[0].family.name == "normal":
        return ranking, None
    return ranking, bootstrap(ranking[0], seed=seed)


def _ppm(
    spec: Specification,
    numbers: _Values,
    mean: float,
    within: float,
    overall: float,
    drawn: Bootstrap | None,
) -> dict[str, Parts]:
    if drawn is None:
        of_within = expected_of_normal(spec, mean, within)
        of_overall = expected_of_normal(spec, mean, overall)
    else:
        of_within = nothing()
        of_overall = expected_of(spec, drawn.fit.below, drawn.fit.above)
    return {
        "observed": observed(spec, numbers),
        "expected_within": of_within,
        "expected_overall": of_overall,
    }


def _described(
    numbers: _Values,
    mean: float,
    overall: float,
    spec: Specification,
    ranking: list[Fit],
    drawn: Bootstrap | None,
) -> dict[str, Any]:
    """The contract's `distribution`."""
    described: dict[str, Any]
    if drawn is None:
        described = {"name": "normal", "mean": mean, "sd": overall, **normality(numbers)}
    else:
        fit = drawn.fit
        described = {
            **fit.to_dict(),
            "p": drawn.p,
            "quantiles": dict(zip(_QUANTILES, fit.quantile(SHARES).tolist(), strict=True)),
            "bootstrap": drawn.to_dict(),
            **transformed_indices(fit, spec, numbers),
        }
    if len(ranking) > 1:
        described["ranking"] = [
            {key: fit.to_dict()[key] for key in ("name", "aicc", "aic", "anderson_darling")}
            for fit in ranking
        ]
    return described


def _both(
    rows: _Values | None, spec: Specification, mean: float, confidence: float
) -> BetweenWithin:
    if rows is None:
        raise InputError("between-within needs subgroups of at least 2 values, got single values")
    return both_sources(rows, spec, mean, confidence)
