"""Distributions found again, censored ones too; few observations stay near the line file."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.errors import InputError
from twin.calibration import Sample, fit_duration
from twin.distributions import Deterministic, Distribution, Exponential, Gamma, Lognormal, Weibull

FILE = Lognormal(300.0, 0.2)


@pytest.mark.parametrize(
    ("truth", "family"),
    [
        (Lognormal(420.0, 0.5), "lognormal"), (Gamma(420.0, 0.7), "gamma"),
        (Weibull(3.5, 400.0), "weibull"),
    ],
)  # fmt: skip
def test_the_true_family_is_found_among_many(truth: Distribution, family: str) -> None:
    """3,000 services, seed 2."""
    seen = truth.sample(np.random.default_rng(2), 3_000)
    found = fit_duration(Sample.of(seen.tolist()), FILE)
    assert found.family == family
    assert found.distribution.mean_s == pytest.approx(truth.mean_s, rel=0.04)
    assert found.p_value is not None
    assert found.p_value > 0.01


@pytest.mark.parametrize("truth", [Lognormal(420.0, 0.5), Weibull(2.0, 500.0), Exponential(400.0)])
def test_censored_durations_count_for_as_long_as_they_lasted(truth: Distribution) -> None:
    """Everything above 450 s is censored there; leaving it out would shorten the mean. Seed 4."""
    drawn = truth.sample(np.random.default_rng(4), 2_000)
    over = drawn > 450.0
    sample = Sample.of(drawn[~over].tolist(), [450.0] * int(over.sum()))
    found = fit_duration(sample, truth)
    assert found.distribution.mean_s == pytest.approx(truth.mean_s, rel=0.07)
    naive = fit_duration(Sample.of(drawn[~over].tolist()), truth)
    assert naive.distribution.mean_s < 0.85 * truth.mean_s


def test_what_does_not_age_is_found_with_either_of_the_families_that_hold_it() -> None:
    """3,000 draws, seed 2: weibull and gamma of shape 1 are the exponential."""
    seen = Exponential(400.0).sample(np.random.default_rng(2), 3_000)
    found = fit_duration(Sample.of(seen.tolist()), FILE)
    assert found.family in ("exponential", "weibull", "gamma")
    assert found.distribution.mean_s == pytest.approx(400.0, rel=0.05)
    assert abs(found.theta[1]) < 0.06


def test_exponential_by_hand() -> None:
    """Total time over failures, drawn a little to the file by its prior; two ended, one goes on."""
    found = fit_duration(Sample.of([100.0, 300.0], [200.0]), Exponential(300.0))
    assert found.family == "exponential"
    assert found.distribution.mean_s == pytest.approx(300.0, rel=5e-3)
    assert (found.n, found.censored) == (3, 1)


def test_nothing_observed_is_the_line_file_and_its_doubt() -> None:
    found = fit_duration(Sample.of([]), FILE)
    assert found.family == "lognormal"
    assert found.distribution.mean_s == pytest.approx(300.0, rel=0.02)
    assert math.sqrt(found.covariance[0, 0]) == pytest.approx(0.7, rel=0.05)
    assert found.p_value is None
    assert not found.aic


def test_doubt_shrinks_with_observations() -> None:
    rng = np.random.default_rng(6)
    spreads = [
        math.sqrt(
            fit_duration(Sample.of(FILE.sample(rng, n).tolist()), FILE).covariance[0, 0]
        )
        for n in (0, 5, 500)
    ]
    assert spreads[0] > 2 * spreads[1] > 4 * spreads[2]


def test_drawn_parameters_hold_the_truth_nine_times_in_ten() -> None:
    """200 samples of 40 services, seed 8: the 90 % interval of ln scale; binomial 0.84 to 0.96."""
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(200):
        found = fit_duration(Sample.of(rng.lognormal(6.0, 0.3, 40).tolist()), Lognormal(420, 0.3))
        if found.family != "lognormal":
            held += 0.9
            continue
        low, high = np.quantile(found.draw(rng, 400)[:, 0], [0.05, 0.95])
        held += low <= 6.0 <= high
    assert 0.84 <= held / 200 <= 0.96


def test_a_constant_is_a_constant() -> None:
    found = fit_duration(Sample.of([240.0] * 30), FILE)
    assert found.family == "deterministic"
    assert found.distribution.mean_s == pytest.approx(240.0)
    assert np.all(found.draw(np.random.default_rng(1), 3)[:, 0] == found.theta[0])


def test_a_file_that_says_constant_may_be_wrong() -> None:
    seen = np.random.default_rng(9).lognormal(5.0, 0.3, 100)
    assert fit_duration(Sample.of(seen.tolist()), Deterministic(150.0)).family != "deterministic"


def test_what_a_fit_tells() -> None:
    told = fit_duration(Sample.of([100.0] * 3 + [120.0] * 3), FILE).to_dict()
    assert {"family", "mean_s", "scale", "shape", "n", "censored", "aic", "covariance"} <= set(told)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1.0])
def test_durations_that_are_none_are_refused(bad: float) -> None:
    with pytest.raises(InputError, match="finite and at least 0"):
        fit_duration(Sample.of([1.0, bad]), FILE)


def test_the_newest_are_kept_and_all_that_go_on() -> None:
    sample = Sample.of([1.0, 2.0, 3.0], [9.0]).last(2)
    assert sample.values.tolist() == [2.0, 3.0, 9.0]
    assert sample.censored.tolist() == [False, False, True]
