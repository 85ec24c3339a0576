"""Since when: estimates by hand, against the likelihood itself, and their coverage."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from process_models.spc import ChartData, ChartOptions, Evidence, change_points, chart
from process_models.spc.change_point import DROP, LOOK_BACK

KNOWN = {"centre": 0.0, "sigma": 1.0}


def test_a_clear_step_is_dated_to_its_first_point() -> None:
    z = np.array([0.0] * 10 + [4.0] * 3)
    result = chart("i_mr", ChartData(z), ChartOptions(**KNOWN))
    assert [(s.point, since.point) for s, since in zip(result.signals, result.since(), strict=True)
            if s.panel == "individual"] == [(11, 11), (12, 11), (13, 11)]  # fmt: skip


def test_the_json_of_every_signal_says_since_when() -> None:
    z = np.array([0.0, 0.1, -0.1] * 5 + [5.0])
    printed = chart("i_mr", ChartData(z), ChartOptions(**KNOWN)).to_dict()
    assert list(printed["signals"][0])[:3] == ["panel", "point", "rule"]
    assert printed["signals"][0]["since"] == {"point": 16, "low": 16, "high": 16}
    json.dumps(printed, allow_nan=False)


def test_the_slow_shift_of_a_cusum_is_dated_by_likelihood() -> None:
    """Montgomery's CUSUM data: the shift of 1 sigma comes after observation 20."""
    rng = np.random.default_rng(3)
    z = rng.standard_normal(60)
    z[40:] += 1.5
    result = chart("cusum", ChartData(z), ChartOptions(**KNOWN))
    since = dict(zip(result.signals, result.since(), strict=True))
    first = next(s for s in result.signals if s.point > 40)
    assert since[first] is not None
    assert since[first].low <= 41 <= since[first].high


def test_a_cusum_counts_only_shifts_to_its_side() -> None:
    z = np.array([-6.0, -6.0, 0.5, 0.5, 5.9])
    both = change_points(Evidence.normal(z), np.array([5]))[0]
    up = change_points(Evidence.normal(z, side=1), np.array([5]))[0]
    assert (both.point, up.point) == (5, 5)
    z[-1] = 1.0
    assert change_points(Evidence.normal(z), np.array([5]))[0].point == 1
    assert change_points(Evidence.normal(z, side=1), np.array([5]))[0].point == 3


counts = st.lists(st.integers(0, 30), min_size=2, max_size=25)


@settings(max_examples=40, deadline=None)
@given(counts, st.floats(0.5, 20))
def test_poisson_gain_is_the_likelihood_ratio(series: list[int], centre: float) -> None:
    evidence = Evidence("poisson", np.array(series, float)[:, None], np.full(len(series), centre))
    gains = [
        stats.poisson.logpmf(part, max(np.mean(part), 1e-300)).sum()
        - stats.poisson.logpmf(part, centre).sum()
        for part in (series[i:] for i in range(len(series)))
    ]
    _agrees(evidence, gains)


@settings(max_examples=40, deadline=None)
@given(counts, st.floats(0.05, 0.9))
def test_binomial_gain_is_the_likelihood_ratio(series: list[int], p: float) -> None:
    evidence = Evidence("binomial", np.array(series, float)[:, None], np.full(len(series), 30.0), p)
    gains = [
        stats.binom.logpmf(part, 30, np.mean(part) / 30).sum()
        - stats.binom.logpmf(part, 30, p).sum()
        for part in (series[i:] for i in range(len(series)))
    ]
    _agrees(evidence, gains)


@settings(max_examples=40, deadline=None)
@given(counts, st.floats(0.5, 20))
def test_geometric_gain_is_the_likelihood_ratio(series: list[int], mean: float) -> None:
    evidence = Evidence("geometric", np.array(series, float)[:, None], np.ones(len(series)), mean)
    gains = [
        stats.geom.logpmf(np.array(part) + 1, 1 / (1 + np.mean(part))).sum()
        - stats.geom.logpmf(np.array(part) + 1, 1 / (1 + mean)).sum()
        for part in (series[i:] for i in range(len(series)))
    ]
    _agrees(evidence, gains)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.01, 5), min_size=2, max_size=20))
def test_spread_gain_is_the_likelihood_ratio(series: list[float]) -> None:
    values = np.array(series)
    gains = [
        stats.norm.logpdf(part, 0, math.sqrt(np.mean(part**2))).sum()
        - stats.norm.logpdf(part).sum()
        for part in (values[i:] for i in range(len(values)))
    ]
    _agrees(Evidence.normal(values).of_spread(), gains)


def test_several_variables_add_their_gains() -> None:
    rng = np.random.default_rng(5)
    white = rng.standard_normal((30, 3))
    white[20:] += 1.5
    gains = [0.5 * (white[i:].mean(axis=0) ** 2).sum() * (30 - i) for i in range(30)]
    _agrees(Evidence.normal(white), gains)


def _agrees(evidence: Evidence, gains: list[float]) -> None:
    found = change_points(evidence, np.array([len(gains)]))[0]
    best = max(gains)
    assert gains[found.point - 1] == pytest.approx(best, abs=1e-6)
    near = [i + 1 for i, gain in enumerate(gains) if gain >= best - DROP]
    assert (found.low, found.high) == (min(near), max(near)) or math.isclose(
        min(abs(gain - best + DROP) for gain in gains), 0, abs_tol=1e-6
    )


def test_rules_about_spread_date_a_change_of_spread() -> None:
    rng = np.random.default_rng(2)
    z = np.concatenate([rng.standard_normal(60), 0.1 * rng.standard_normal(20)])
    result = chart("i_mr", ChartData(z), ChartOptions(rules=("nelson_7",), **KNOWN))
    dated = [since for s, since in zip(result.signals, result.since(), strict=True) if s.point > 74]
    assert dated
    assert all(since is not None and since.low <= 61 <= since.high for since in dated)


def test_an_individual_signals_since_its_own_subgroups_weigh() -> None:
    """A subgroup of many weighs more than one of few."""
    few = Evidence.normal(np.array([0.0, 3.0, 3.0]), np.array([1.0, 1.0, 100.0]))
    assert change_points(few, np.array([3]))[0].point == 2


def test_a_value_that_is_missing_says_nothing() -> None:
    found = change_points(Evidence.normal(np.array([np.nan, 0.1, 4.0])), np.array([3]))[0]
    assert (found.point, found.high) == (3, 3)


def test_only_so_many_points_are_looked_at() -> None:
    z = np.full(LOOK_BACK + 50, 2.0)
    found = change_points(Evidence.normal(z), np.array([LOOK_BACK + 50]))[0]
    assert found.point == 51


def test_a_long_series_with_many_signals_is_dated_in_pieces() -> None:
    rng = np.random.default_rng(8)
    z = rng.standard_normal(6000) + 0.5 * (np.arange(6000) > 3000)
    numbers = np.arange(1, 6001, 2)
    together = change_points(Evidence.normal(z), numbers)
    for at in (0, 1200, 2999):
        assert change_points(Evidence.normal(z), numbers[at : at + 1]) == [together[at]]


def test_the_interval_holds_the_true_start_in_about_95_percent() -> None:
    """Shift of 1.5 sigma after 50 points, dated at the first signal; seed 11, 400 series."""
    rng = np.random.default_rng(11)
    held = dated = 0
    for _ in range(400):
        z = rng.standard_normal(650)
        z[50:] += 1.5
        beyond = np.flatnonzero(np.abs(z) > 3)
        if beyond[0] < 50:
            continue
        found = change_points(Evidence.normal(z), beyond[:1] + 1)[0]
        held += found.low <= 51 <= found.high
        dated += 1
    assert 0.90 < held / dated < 0.99


@pytest.mark.parametrize("kind", ["p", "c", "u", "laney_u", "g", "t"])
def test_counts_are_dated_too(kind: str) -> None:
    rng = np.random.default_rng(4)
    late = np.arange(60) >= 50
    if kind in ("g", "t"):
        data = ChartData(1.0 + rng.geometric(np.where(late, 0.005, 0.2)))
    else:
        data = ChartData(
            rng.binomial(100, np.where(late, 0.4, 0.1)).astype(float), np.full(60, 100.0)
        )
    result = chart(kind, data, ChartOptions(phase1=50))
    dates = [since for s, since in zip(result.signals, result.since(), strict=True) if s.point > 51]
    assert dates
    assert all(since is not None and since.low <= 51 <= since.high for since in dates)
