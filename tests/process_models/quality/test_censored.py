"""Laws, bounds and the gradient of the censored likelihood."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from process_models.errors import InputError
from process_models.quality.censored import Censored, log_likelihood, log_probability, maximise
from process_models.quality.laws import LAWS, law_named

PEERS = {"lognormal": stats.norm, "normal": stats.norm, "weibull": stats.gumbel_l,
         "loglogistic": stats.logistic}  # fmt: skip
MIXED = Censored.of(
    [1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 2.0, 3.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0, 3.0, 2.0, np.inf,
     np.inf, 2.0, 4.0])  # fmt: skip


@pytest.mark.parametrize("name", LAWS)
def test_laws_agree_with_scipy(name: str) -> None:
    law, peer = LAWS[name], PEERS[name]
    z = np.linspace(-5.0, 3.0, 41)
    assert law.log_density(z) == pytest.approx(peer.logpdf(z), rel=1e-9, abs=1e-12)
    assert law.log_cdf(z) == pytest.approx(peer.logcdf(z), rel=1e-9, abs=1e-12)
    assert law.log_sf(z) == pytest.approx(peer.logsf(z), rel=1e-9, abs=1e-12)
    p = np.array([0.01, 0.3, 0.5, 0.99])
    assert law.quantile(p) == pytest.approx(peer.ppf(p), rel=1e-9, abs=1e-12)
    slope = (law.log_density(z + 1e-6) - law.log_density(z - 1e-6)) / 2e-6
    assert law.slope(z) == pytest.approx(slope, rel=1e-4, abs=1e-6)


def test_an_unknown_law_is_refused() -> None:
    with pytest.raises(InputError, match=r"law must be one of lognormal, .* got 'gamma'"):
        law_named("gamma")


@pytest.mark.parametrize("name", LAWS)
def test_the_gradient_is_that_of_the_likelihood(name: str) -> None:
    law = LAWS[name]
    y = MIXED.transformed(law)
    design = np.column_stack([np.ones(10), np.arange(10) / 10.0])
    at = np.array([0.3, 0.2, -0.1])
    _, gradient = log_likelihood(at, y, design, law)
    for k, step in enumerate(1e-6 * np.eye(3)):
        ahead, _ = log_likelihood(at + step, y, design, law)
        behind, _ = log_likelihood(at - step, y, design, law)
        assert gradient[:, k] == pytest.approx((ahead - behind) / 2e-6, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("name", LAWS)
def test_no_parameters_near_the_maximum_are_better(name: str) -> None:
    law = LAWS[name]
    y = MIXED.transformed(law)
    design = np.column_stack([np.ones(10), np.arange(10) / 10.0])
    best, found = maximise(y, design, law)
    assert found
    top = log_likelihood(best, y, design, law)[0].sum()
    rng = np.random.default_rng(2)
    for step in 0.05 * rng.standard_normal((30, 3)):
        assert log_likelihood(best + step, y, design, law)[0].sum() <= top


def test_probabilities_of_all_outcomes_add_up_to_one() -> None:
    law = LAWS["weibull"]
    cuts = Censored.of([0.0, 1.0, 2.0], [1.0, 2.0, np.inf]).transformed(law)
    assert np.exp(log_probability(cuts, 0.3, 0.7, law)).sum() == pytest.approx(1.0)


def test_values_far_from_the_law_stay_finite() -> None:
    law = LAWS["lognormal"]
    far = Censored.of([1e-300, 1e300, 0.0, 1e300], [1e-300, 1e300, 1e-300, np.inf])
    assert np.all(np.isfinite(log_probability(far.transformed(law), 0.0, 1e-3, law)))


@pytest.mark.parametrize(("lower", "upper", "message"), [
    ([1.0, 3.0], [2.0, 2.0], "row 2: lower must not exceed upper 2, got 3"),
    ([1.0, np.nan], [2.0, 2.0], "row 2: lower must not exceed upper 2, got nan"),
    ([1.0], [2.0, 3.0], "two columns of one length"),
])  # fmt: skip
def test_bounds_that_are_none(lower: list[float], upper: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Censored.of(lower, upper)


@pytest.mark.parametrize(("lower", "upper"), [(-1.0, 2.0), (0.0, 0.0), (-2.0, -2.0)])
def test_lives_below_zero_are_refused_by_row(lower: float, upper: float) -> None:
    with pytest.raises(InputError, match="row 2: a value of the weibull law must be above 0"):
        Censored.of([1.0, lower], [1.0, upper]).transformed(LAWS["weibull"])


def test_a_law_without_logarithm_takes_any_value() -> None:
    assert Censored.of([-1.0], [-1.0]).transformed(LAWS["normal"]).lower.tolist() == [-1.0]
