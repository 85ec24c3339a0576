"""Capability of characteristics that are not normal."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.stats

from process_models.capability import DISTRIBUTIONS, Index, capability, fit_distribution
from process_models.capability.bootstrap import bootstrap
from process_models.capability.delta import standard_errors, steps_of
from process_models.capability.families import Lognormal, Normal
from process_models.capability.fitting import rank_distributions
from process_models.capability.goodness import anderson_darling, normality
from process_models.capability.percentile import percentile_indices
from process_models.capability.specification import Specification
from process_models.errors import InputError

FITTED = tuple(name for name in DISTRIBUTIONS if name not in ("normal", "auto"))


@pytest.fixture(scope="module")
def skewed() -> np.ndarray:
    """Seed 3; 120 log-normal values."""
    return np.random.default_rng(3).lognormal(1.0, 0.4, 120)


def test_lognormal_by_hand() -> None:
    values = np.exp([0.0, 1.0, 2.0])
    result = capability(values, lsl=0.1, usl=30.0, distribution="lognormal")
    mean, sd = 1.0, math.sqrt(2 / 3)
    low, middle, high = (math.exp(mean + z * sd) for z in (-3, 0, 3))
    assert result.indices["pp"].value == pytest.approx(29.9 / (high - low))
    assert result.indices["ppl"].value == pytest.approx((middle - 0.1) / (middle - low))
    assert result.indices["ppu"].value == pytest.approx((30 - middle) / (high - middle))
    assert result.indices["ppk"].value == pytest.approx((30 - middle) / (high - middle))
    below = scipy.stats.norm.cdf((math.log(0.1) - mean) / sd)
    assert result.ppm["expected_overall"]["below_lsl"] == pytest.approx(1e6 * below)
    assert result.distribution["quantiles"]["median"] == pytest.approx(math.e)


@pytest.mark.parametrize("name", FITTED)
def test_what_is_printed(name: str, skewed: np.ndarray) -> None:
    printed = capability(skewed, lsl=0.5, usl=12.0, target=4.0, distribution=name).to_dict()
    nothing = {"value": None, "low": None, "high": None}
    for index in ("cp", "cpl", "cpu", "cpk", "cpm"):
        assert printed["indices"][index] == nothing
    for index in ("pp", "ppl", "ppu", "ppk"):
        found = printed["indices"][index]
        assert found["low"] < found["value"] < found["high"]
    described = printed["distribution"]
    assert described["name"] == name
    assert 0 < described["p"] <= 1
    assert described["bootstrap"] == {"replications": 999, "values": 120, "seed": 0}
    assert printed["ppm"]["expected_within"]["total"] is None
    assert printed["ppm"]["expected_overall"]["total"] > 0
    assert printed["ppm"]["observed"]["total"] == 0.0


@pytest.mark.parametrize("name", FITTED)
def test_scaling_the_values_scales_nothing(name: str, skewed: np.ndarray) -> None:
    one = capability(skewed, lsl=0.5, usl=12.0, distribution=name)
    thousand = capability(1000 * skewed, lsl=500.0, usl=12_000.0, distribution=name)
    for index in ("pp", "ppl", "ppu", "ppk"):
        value = one.indices[index].value
        assert thousand.indices[index].value == pytest.approx(value, rel=2e-3)


def test_the_same_seed_gives_the_same_interval(skewed: np.ndarray) -> None:
    results = [
        capability(skewed, usl=12.0, distribution="weibull", seed=seed).indices["ppk"]
        for seed in (1, 1, 2)
    ]
    assert results[0] == results[1]
    assert results[0].value == results[2].value
    assert results[0].low != results[2].low


def test_one_limit_leaves_pp_empty(skewed: np.ndarray) -> None:
    indices = capability(skewed, usl=12.0, distribution="gamma").indices
    assert indices["pp"] == indices["ppl"] == Index()
    assert indices["ppk"] == indices["ppu"]


def test_a_natural_boundary_is_the_threshold(skewed: np.ndarray) -> None:
    plain = capability(skewed, usl=12.0, distribution="lognormal")
    moved = capability(skewed + 50, lsl=50.0, usl=62.0, lsl_natural=True, distribution="lognormal")
    assert moved.distribution["threshold"] == 50.0
    assert moved.indices["ppu"].value == pytest.approx(plain.indices["ppu"].value)
    assert moved.indices["ppl"] == Index()


@pytest.mark.parametrize(
    ("draw", "family"),
    [
        (lambda rng: rng.normal(50, 1, 300), "normal"),
        (lambda rng: rng.lognormal(0, 0.8, 300), "lognormal"),
        (lambda rng: rng.weibull(1.2, 300), "weibull"),
        (lambda rng: rng.standard_t(3, 300), "johnson"),
    ],
)
def test_auto_takes_the_lowest_aicc(draw: Any, family: str) -> None:
    """Seed 10; 300 values of each."""
    values = draw(np.random.default_rng(10))
    described = capability(values, lsl=-100.0, usl=100.0, distribution="auto").distribution
    ranked = [fit["aicc"] for fit in described["ranking"]]
    assert ranked == sorted(ranked)
    best = described["ranking"][0]
    assert best["name"] == described["name"]
    found = {fit["name"]: fit["aicc"] for fit in described["ranking"]}
    assert found[family] - best["aicc"] < 2.5


def test_auto_that_finds_a_normal_keeps_all_indices() -> None:
    """Seed 12; narrow symmetric values."""
    values = np.concatenate([-scipy.stats.norm.ppf((np.arange(60) + 0.5) / 60)])
    result = capability(values, lsl=-4.0, usl=4.0, distribution="auto")
    assert result.distribution["name"] == "normal"
    assert {fit["name"] for fit in result.distribution["ranking"]} == {"normal", "johnson"}
    assert result.indices["cp"].value is not None
    assert result.drawn is None


@pytest.mark.parametrize("name", ["boxcox", "johnson"])
def test_indices_on_the_transformed_scale(name: str, skewed: np.ndarray) -> None:
    result = capability(skewed, lsl=0.5, usl=12.0, distribution=name)
    moved = result.distribution["transformed"]
    assert moved["pp"] == pytest.approx((moved["usl"] - moved["lsl"]) / (6 * moved["sd"]))
    assert moved["ppk"] == min(moved["ppl"], moved["ppu"])


def test_a_limit_beyond_the_transformation_has_no_image(skewed: np.ndarray) -> None:
    result = capability(skewed, lsl=-1.0, usl=12.0, distribution="boxcox")
    moved = result.distribution["transformed"]
    assert moved["pp"] is None
    assert moved["ppk"] == moved["ppu"]
    assert result.ppm["expected_overall"]["below_lsl"] < 1.0


@pytest.mark.parametrize(
    ("values", "name", "message"),
    [
        ([1.0, 2.0, -1.0, 3.0], "lognormal", "needs values above 0, value 3 is -1"),
        ([1.0, 0.0, 2.0, 3.0], "weibull", "needs values above 0, value 2 is 0"),
        ([1.0, 2.0, 1.0, 2.0], "gamma", "needs at least 3 different values, got 2"),
        ([1.0, 2.0, 3.0], "boxcox", "needs at least 4 different values, got 3"),
        ([1.0, 2.0, 3.0, 4.0], "johnson", "needs at least 8 different values, got 4"),
        ([1.0, 2.0, 3.0, 4.0], "auto", "auto needs at least 8 different values, got 4"),
    ],
)
def test_refusals(values: list[float], name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        capability(values, usl=9.0, distribution=name)


def test_the_statistic_is_that_of_scipy() -> None:
    """Seed 14; 60 values."""
    values = np.random.default_rng(14).normal(size=60)
    at = np.array([[values.mean(), values.std(ddof=1)]])
    z = np.sort((values - at[0, 0]) / at[0, 1])
    weights = 2 * np.arange(1, 61) - 1
    logs = scipy.stats.norm.logcdf(z) + scipy.stats.norm.logsf(z[::-1])
    expected = -60 - np.sum(weights * logs) / 60
    assert anderson_darling(Normal(), values[None], at)[0] == pytest.approx(expected)
    assert normality(values)["anderson_darling"] == pytest.approx(expected)


@pytest.mark.parametrize(("a", "p"), [(0.631, 0.1), (0.752, 0.05), (0.873, 0.025), (1.035, 0.01)])
def test_points_of_the_normal_table(a: float, p: float) -> None:
    """D'Agostino and Stephens (1986), table 4.7, for a statistic already adjusted."""
    values = _values_with_statistic(a)
    assert normality(values)["p"] == pytest.approx(p, rel=0.06)


def _values_with_statistic(a: float) -> np.ndarray:
    """A skewed grid of 400 values, bent until the adjusted statistic is `a`."""
    from scipy.optimize import brentq

    z = scipy.stats.norm.ppf((np.arange(400) + 0.5) / 400)
    factor = 1 + 0.75 / 400 + 2.25 / 400**2

    def gap(bend: float) -> float:
        found = normality(np.expm1(bend * z))["anderson_darling"]
        assert found is not None
        return factor * found - a

    return np.asarray(np.expm1(float(brentq(gap, 0.01, 2.0)) * z))


def test_the_bootstrap_of_a_normal_agrees_with_the_table() -> None:
    """Seed 15; p of 50 values by 999 samples within 0.06 of the table's."""
    values = np.random.default_rng(15).normal(size=50)
    drawn = bootstrap(fit_distribution("normal", values))
    assert drawn.p == pytest.approx(normality(values)["p"], abs=0.06)


def test_a_bad_fit_has_the_smallest_p(skewed: np.ndarray) -> None:
    two_heaps = np.concatenate([skewed, skewed + 40])
    assert capability(two_heaps, usl=90.0, distribution="weibull").distribution["p"] == 0.001


def test_long_series_are_drawn_short_and_narrowed() -> None:
    """Seed 16; the interval of 8,000 values is that of theory within 15 %."""
    values = np.random.default_rng(16).lognormal(0.0, 0.1, 8000)
    drawn = bootstrap(fit_distribution("lognormal", values))
    assert (drawn.size, drawn.narrowing) == (500, 0.25)
    index = percentile_indices(Specification(0.5, 1.5), drawn, 0.95)["pp"]
    assert index.low is not None
    assert index.high is not None
    assert index.value is not None
    assert (index.high - index.low) / index.value == pytest.approx(
        2 * 1.96 / math.sqrt(2 * 8000), rel=0.15
    )


def test_of_a_normal_the_interval_is_that_of_chi_square() -> None:
    """Seed 17; 40 values, 999 samples: bounds within 3 %."""
    values = np.random.default_rng(17).normal(size=40)
    spec = Specification(-4.0, 4.0)
    drawn = bootstrap(fit_distribution("normal", values))
    found = percentile_indices(spec, drawn, 0.95)["pp"]
    exact = capability(values, lsl=-4.0, usl=4.0).indices["pp"]
    assert found.low == pytest.approx(exact.low, rel=0.03)
    assert found.high == pytest.approx(exact.high, rel=0.03)


def test_standard_errors_by_hand() -> None:
    at, steps = np.array([[1.0, 0.5]]), np.array([1e-3, 1e-3])
    errors = standard_errors(Lognormal(), at, np.exp, 50, steps)[0]
    assert errors == pytest.approx(
        [math.e * 0.5 / math.sqrt(50), math.exp(0.5) * 0.5 / math.sqrt(100)], rel=1e-3
    )


def test_steps_are_small_beside_the_draws() -> None:
    draws = np.array([[0.0, 5.0], [1.0, 5.0], [2.0, 5.0], [1e9, 5.0]])
    steps = steps_of(draws)
    assert steps.shape == (2,)
    assert (steps > 0).all()
    assert steps[1] < 1e-7


def test_ranking_leaves_out_what_the_values_do_not_allow() -> None:
    names = [fit.family.name for fit in rank_distributions(np.linspace(-1, 1, 20))]
    assert sorted(names) == ["johnson", "normal"]


def test_too_few_values_for_the_parameters_have_an_infinite_aicc() -> None:
    fit = fit_distribution("boxcox", np.array([1.0, 2.0, 3.0, 5.0]))
    assert math.isinf(fit.aicc)
    assert math.isfinite(fit.aic)


@pytest.mark.parametrize(
    ("name", "law", "spec"),
    [
        ("lognormal", scipy.stats.lognorm(0.4, scale=5.0), (0.4, 18.0)),
        ("weibull", scipy.stats.weibull_min(1.8, scale=5.0), (0.2, 16.0)),
    ],
)
def test_intervals_cover_as_often_as_they_say(
    name: str, law: Any, spec: tuple[float, float]
) -> None:
    """Seed 18; of 400 samples of 40, 95 % cover within 4 standard errors (4.4 %)."""
    limits, rng = Specification(*spec), np.random.default_rng(18)
    low, middle, high = law.ppf(scipy.stats.norm.cdf([-3, 0, 3]))
    true = {
        "pp": (spec[1] - spec[0]) / (high - low),
        "ppl": (middle - spec[0]) / (middle - low),
        "ppu": (spec[1] - middle) / (high - middle),
    }
    true["ppk"] = min(true["ppl"], true["ppu"])
    hits = dict.fromkeys(true, 0)
    for seed in range(400):
        fit = fit_distribution(name, law.rvs(40, random_state=rng))
        found = percentile_indices(limits, bootstrap(fit, seed=seed, replications=300), 0.95)
        for index, value in true.items():
            bounds = found[index]
            assert bounds.low is not None
            assert bounds.high is not None
            hits[index] += bounds.low <= value <= bounds.high
    for index, count in hits.items():
        assert count / 400 == pytest.approx(0.95, abs=0.044), index
