"""Families of distributions: known values, scipy's fits, and what every family must do."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
import scipy.stats

from process_models.capability.boxcox import BoxCox, power
from process_models.capability.families import Family, Floats, Lognormal, Normal
from process_models.capability.johnson import JohnsonBounded, JohnsonUnbounded
from process_models.capability.lifetimes import Gamma, Weibull
from process_models.capability.simplex import lowest

EVERY: dict[str, tuple[Family, list[float]]] = {
    "normal": (Normal(), [10.0, 2.0]),
    "lognormal": (Lognormal(), [1.5, 0.4]),
    "weibull": (Weibull(), [1.8, 5.0]),
    "gamma": (Gamma(), [3.0, 2.0]),
    "boxcox": (BoxCox(), [0.4, 2.0, 0.5]),
    "johnson SU": (JohnsonUnbounded(), [-1.0, 1.8, 10.0, 2.0]),
    "johnson SB": (JohnsonBounded(), [0.5, 1.2, 1.0, 6.0]),
}
SCIPY: dict[str, Any] = {
    "normal": scipy.stats.norm(10.0, 2.0),
    "lognormal": scipy.stats.lognorm(0.4, scale=math.exp(1.5)),
    "weibull": scipy.stats.weibull_min(1.8, scale=5.0),
    "gamma": scipy.stats.gamma(3.0, scale=2.0),
    "johnson SU": scipy.stats.johnsonsu(-1.0, 1.8, loc=10.0, scale=2.0),
    "johnson SB": scipy.stats.johnsonsb(0.5, 1.2, loc=1.0, scale=6.0),
}
SHARES = np.array([[0.00135, 0.1, 0.5, 0.9, 0.99865]])


@pytest.mark.parametrize("name", EVERY)
def test_quantiles_lead_back_to_their_shares(name: str) -> None:
    family, parameters = EVERY[name]
    at = np.array([parameters])
    x = family.quantile(SHARES, at)
    assert np.exp(family.log_below(x, at)) == pytest.approx(SHARES, rel=1e-9)
    assert np.exp(family.log_above(x, at)) == pytest.approx(1 - SHARES, rel=1e-9)


@pytest.mark.parametrize("name", EVERY)
def test_the_density_is_the_slope_of_the_share(name: str) -> None:
    family, parameters = EVERY[name]
    at = np.array([parameters])
    x = family.quantile(SHARES, at)
    step = 1e-5 * x
    rise = np.exp(family.log_below(x + step, at)) - np.exp(family.log_below(x - step, at))
    assert np.exp(family.log_density(x, at)) == pytest.approx(rise / (2 * step), rel=1e-5)


@pytest.mark.parametrize("name", SCIPY)
def test_densities_and_quantiles_are_those_of_scipy(name: str) -> None:
    family, parameters = EVERY[name]
    at, theirs = np.array([parameters]), SCIPY[name]
    assert family.quantile(SHARES, at) == pytest.approx(theirs.ppf(SHARES), rel=1e-9)
    x = theirs.ppf(SHARES)
    assert family.log_density(x, at) == pytest.approx(theirs.logpdf(x), rel=1e-9)


@pytest.mark.parametrize("name", EVERY)
def test_side_by_side_is_one_by_one(name: str) -> None:
    """Seed 2; four samples of 60 at once give what each gives alone."""
    family, parameters = EVERY[name]
    at = np.array([parameters])
    samples = family.quantile(np.random.default_rng(2).random((4, 60)), at)
    together = family.fit(samples)
    alone = np.concatenate([family.fit(sample[None]) for sample in samples])
    for both, one in zip(together, alone, strict=True):
        sample = samples[:1]
        heights = [family.log_likelihood(sample, p[None])[0] for p in (both, one)]
        assert heights[0] == pytest.approx(heights[1], rel=1e-3)


@pytest.mark.parametrize("name", EVERY)
def test_a_long_sample_gives_its_parameters_back(name: str) -> None:
    """Seed 3; the fitted percentiles of 20,000 values within 3 % of the spread."""
    family, parameters = EVERY[name]
    at = np.array([parameters])
    sample = family.quantile(np.random.default_rng(3).random((1, 20_000)), at)
    true = family.quantile(SHARES, at)
    found = family.quantile(SHARES, family.fit(sample))
    assert found == pytest.approx(true, abs=0.03 * float(np.ptp(true)))


@pytest.mark.parametrize("name", EVERY)
def test_no_neighbour_is_likelier_than_the_fit(name: str) -> None:
    """Seed 4; a step of 1 % in any parameter never raises the likelihood."""
    family, parameters = EVERY[name]
    sample = family.quantile(np.random.default_rng(4).random((1, 80)), np.array([parameters]))
    fit = family.fit(sample)
    best = family.log_likelihood(sample, fit)[0]
    for at in range(fit.shape[1]):
        for factor in (0.99, 1.01):
            moved = fit.copy()
            moved[0, at] *= factor
            if name == "johnson SB" and moved[0, 2] > sample.min():
                continue
            assert family.log_likelihood(sample, moved)[0] <= best + 1e-4


@pytest.mark.parametrize(
    ("family", "theirs"),
    [
        (Weibull(), scipy.stats.weibull_min),
        (Gamma(), scipy.stats.gamma),
        (Lognormal(), scipy.stats.lognorm),
    ],
)
def test_fits_are_as_likely_as_those_of_scipy(family: Family, theirs: Any) -> None:
    """Seed 6; a gamma sample of 100."""
    x = np.random.default_rng(6).gamma(3.0, 2.0, 100)
    ours = family.log_likelihood(x[None], family.fit(x[None]))[0]
    assert ours == pytest.approx(theirs.logpdf(x, *theirs.fit(x, floc=0)).sum(), abs=1e-4)


def test_the_power_is_that_of_scipy() -> None:
    """Seed 6; lambda by scipy.stats.boxcox_normmax to 1e-5."""
    x = np.random.default_rng(6).gamma(3.0, 2.0, 100)
    assert BoxCox().fit(x[None])[0, 0] == pytest.approx(scipy.stats.boxcox(x)[1], abs=1e-5)


@pytest.mark.parametrize("family", [JohnsonUnbounded(), JohnsonBounded()])
def test_johnson_is_at_least_as_likely_as_in_scipy(family: Family) -> None:
    """Seed 8; a beta sample for SB, a t sample for SU."""
    rng = np.random.default_rng(8)
    bounded = isinstance(family, JohnsonBounded)
    x = rng.beta(2, 3, 200) if bounded else rng.standard_t(4, 200)
    theirs = scipy.stats.johnsonsb if bounded else scipy.stats.johnsonsu
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = theirs.logpdf(x, *theirs.fit(x)).sum()
    assert family.log_likelihood(x[None], family.fit(x[None]))[0] >= expected - 1e-3


def test_the_bounds_of_sb_stay_off_the_extremes() -> None:
    """Evenly spread values would draw the bounds onto the extremes."""
    x = np.linspace(0.0, 1.0, 50)[None]
    _, _, low, width = JohnsonBounded().fit(x)[0]
    gap = 1 / (4 * 50)
    assert low <= -gap * (1 - 1e-9)
    assert low + width >= 1 + gap * (1 - 1e-9)


def test_power_0_is_the_logarithm() -> None:
    logs: Floats = np.array([0.5, 1.0])
    assert power(logs, np.array([0.0, 0.0])).tolist() == logs.tolist()
    assert power(logs, np.array([1e-7, 1e-7])) == pytest.approx(logs, rel=1e-6)
    assert power(logs, np.array([2.0, 2.0])) == pytest.approx((np.exp(2 * logs) - 1) / 2)


def test_powers_are_cut_off_where_positive_values_end() -> None:
    family, at = BoxCox(), np.array([[1.0, 1.0, 1.0], [-1.0, -1.0, 1.0], [0.0, 1.0, 1.0]])
    low, high = family.support(at)
    assert low[:, 0] == pytest.approx([scipy.stats.norm.cdf(-2), 0, 0])
    assert high[:, 0] == pytest.approx([1, scipy.stats.norm.cdf(2), 1])
    edge = family.quantile(np.array([[1e-9], [1 - 1e-9], [0.5]]), at)[:, 0]
    assert edge.tolist()[:2] == [0.0, math.inf]


@pytest.mark.parametrize("name", ["lognormal", "weibull", "gamma", "boxcox"])
def test_nothing_lies_below_0(name: str) -> None:
    family, parameters = EVERY[name]
    x = np.array([[0.0, -1.0]])
    share = np.exp(family.log_below(x, np.array([parameters])))
    assert share[0].max() < 0.002


def test_the_simplex_finds_the_bottom_of_a_bent_valley() -> None:
    def banana(at: Floats) -> Floats:
        return (1 - at[:, 0]) ** 2 + 5 * (at[:, 1] - at[:, 0] ** 2) ** 2

    found = lowest(banana, np.array([[-1.0, 1.0], [0.0, 0.0]]), 0.5)
    assert found == pytest.approx(np.ones((2, 2)), abs=1e-3)
