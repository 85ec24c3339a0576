"""Degrees of freedom of sigma within, and the coverage of the intervals that use them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.capability import capability
from process_models.capability.freedom import (
    Freedom,
    matched,
    nominal,
    of_moving_ranges,
    of_subgroups,
)
from process_models.capability.indices import family_of_indices, target_index
from process_models.capability.specification import Index, Specification
from process_models.errors import InputError
from process_models.spc import c4, d2

SAMPLES = 3000
MARGIN = 4 * math.sqrt(0.95 * 0.05 / SAMPLES)


@pytest.mark.parametrize("n", [2, 3, 10, 125, 4000])
def test_a_pooled_deviation_has_the_degrees_it_was_pooled_from(n: int) -> None:
    found = of_subgroups(np.array([n]), "pooled")
    assert found is not None
    assert found.degrees == pytest.approx(n - 1, rel=1e-6)
    assert found.unbias == pytest.approx(c4(n), rel=1e-9)


def test_one_subgroup_by_deviation_is_the_same_as_pooled() -> None:
    assert of_subgroups(np.array([7]), "sbar_c4") == of_subgroups(np.array([7]), "pooled")


def test_one_moving_range_is_a_range_of_two() -> None:
    by_range = of_subgroups(np.array([2]), "rbar_d2")
    assert by_range is not None
    assert of_moving_ranges(2).degrees == pytest.approx(by_range.degrees)
    assert of_moving_ranges(2).degrees == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("k", "n", "table"), [(1, 5, 3.8), (5, 5, 18.4), (10, 4, 27.6), (15, 2, 13.4), (20, 3, 36.8)]
)
def test_ranges_agree_with_the_printed_table(k: int, n: int, table: float) -> None:
    """Duncan (1986), table D3, by d2*; printed to a few per cent."""
    found = of_subgroups(np.full(k, n), "rbar_d2")
    assert found is not None
    assert found.degrees == pytest.approx(table, rel=0.03)


def test_single_values_say_nothing() -> None:
    assert of_subgroups(np.array([5, 1, 5]), "rbar_d2") == of_subgroups(np.array([5, 5]), "rbar_d2")


def test_an_estimate_without_degrees_here() -> None:
    assert of_subgroups(np.array([5, 5]), "mvlue_r") is None


def test_moving_ranges_tend_to_three_fifths() -> None:
    assert of_moving_ranges(100_000).degrees / 99_999 == pytest.approx(0.605, abs=1e-3)


@pytest.mark.parametrize("n", [5, 30])
def test_the_spread_of_the_mean_moving_range(n: int) -> None:
    """Seed 5; of 40,000 series the squared coefficient of variation within 4 %."""
    series = np.random.default_rng(5).normal(size=(40_000, n))
    sigma = np.abs(np.diff(series, axis=1)).mean(axis=1) / d2(2)
    assert sigma.mean() == pytest.approx(1.0, abs=0.01)
    unbias = of_moving_ranges(n).unbias
    assert sigma.var() == pytest.approx(unbias**-2 - 1, rel=0.04)


def test_nothing_has_no_match() -> None:
    with pytest.raises(InputError, match="relative variance must be above 0, got 0"):
        matched(0.0)


def test_long_series_do_not_need_the_root() -> None:
    assert matched(1e-7).degrees == pytest.approx(5e6, rel=1e-6)


def test_factors_of_a_deviation_are_those_of_chi_square() -> None:
    low, high = nominal(21).factors(0.95)
    assert [low**2 * 20, high**2 * 20] == pytest.approx([9.5908, 34.1696], abs=1e-3)


def test_the_choice_changes_cp_and_cpk_and_nothing_else() -> None:
    values = np.tile([9.9, 10.1, 10.0, 10.2], 10)
    nominal_, effective = (
        capability(values, lsl=9.0, usl=11.0, interval_df=choice).indices
        for choice in ("nominal", "effective")
    )
    for name in ("cp", "cpl", "cpu", "cpk"):
        assert _width(effective[name]) > 1.2 * _width(nominal_[name])
        assert effective[name].value == nominal_[name].value
    for name in ("pp", "ppl", "ppu", "ppk"):
        assert effective[name] == nominal_[name]


def test_auto_is_effective_for_values_and_nominal_for_subgroups_and_known_sigma() -> None:
    values, labels = np.tile([9.9, 10.1, 10.0, 10.2], 10), [str(i // 4) for i in range(40)]
    spec = {"lsl": 9.0, "usl": 11.0}
    assert capability(values, **spec).freedom_within == of_moving_ranges(40)
    assert capability(values, **spec, subgroup=labels).freedom_within == nominal(40)
    assert capability(values, **spec, sigma_within=0.1).freedom_within == nominal(40)
    asked = capability(values, **spec, subgroup=labels, interval_df="effective")
    assert asked.freedom_within == of_subgroups(np.full(10, 4), "rbar_d2")


def test_another_choice_is_refused() -> None:
    with pytest.raises(InputError, match="interval-df must be one of auto, effective, nominal"):
        capability([1.0, 2.0], lsl=0.0, interval_df="exact")  # type: ignore[arg-type]


@pytest.mark.parametrize("mean", [10.0, 10.6, 12.0])
@pytest.mark.parametrize("n", [10, 50])
def test_intervals_from_moving_ranges_cover_as_often_as_they_say(n: int, mean: float) -> None:
    """Seed 31; of 3,000 series 95 % cover within 4 standard errors (1.6 %)."""
    series = np.random.default_rng(31).normal(mean, 1.0, (SAMPLES, n))
    sigma = np.abs(np.diff(series, axis=1)).mean(axis=1) / d2(2)
    covered = _coverage(series.mean(axis=1), sigma, n, of_moving_ranges(n), mean)
    assert covered["cp"] == pytest.approx(0.95, abs=MARGIN)
    assert covered["cpk"] == pytest.approx(0.95, abs=MARGIN)


def test_with_n_minus_1_they_would_not() -> None:
    """Seed 31; the interval of qcc covers about 87 % of the time."""
    series = np.random.default_rng(31).normal(10.6, 1.0, (SAMPLES, 50))
    sigma = np.abs(np.diff(series, axis=1)).mean(axis=1) / d2(2)
    covered = _coverage(series.mean(axis=1), sigma, 50, nominal(50), 10.6)
    assert covered["cp"] == pytest.approx(0.873, abs=0.02)


@pytest.mark.parametrize(("k", "size"), [(25, 5), (25, 2)])
def test_intervals_from_ranges_cover_as_often_as_they_say(k: int, size: int) -> None:
    """Seed 32; of 3,000 samples 95 % cover within 4 standard errors (1.6 %)."""
    samples = np.random.default_rng(32).normal(10.6, 1.0, (SAMPLES, k, size))
    sigma = np.ptp(samples, axis=2).mean(axis=1) / d2(size)
    freedom = of_subgroups(np.full(k, size), "rbar_d2")
    assert freedom is not None
    covered = _coverage(samples.mean(axis=(1, 2)), sigma, k * size, freedom, 10.6)
    assert covered["cp"] == pytest.approx(0.95, abs=MARGIN)
    assert covered["cpk"] == pytest.approx(0.95, abs=MARGIN)


@pytest.mark.parametrize("off", [0.0, 0.5, 1.0, 2.0])
def test_cpm_covers_on_target_and_off_it(off: float) -> None:
    """Seed 33; of 3,000 samples of 50, 95 % cover within 4 standard errors (1.6 %)."""
    samples = np.random.default_rng(33).normal(10.0 + off, 1.0, (SAMPLES, 50))
    spec, true = Specification(6.0, 14.0, 10.0), 8 / 6 / math.hypot(1.0, off)
    hits = 0
    for mean, sigma in zip(samples.mean(axis=1), samples.std(axis=1, ddof=1), strict=True):
        hits += _covers(target_index(spec, float(mean), float(sigma), 50, 0.95), true)
    assert hits / SAMPLES == pytest.approx(0.95, abs=MARGIN)


def _coverage(
    means: np.ndarray, sigmas: np.ndarray, n: int, freedom: Freedom, mean: float
) -> dict[str, float]:
    spec = Specification(6.0, 14.0)
    hits = {"cp": 0, "cpk": 0}
    for at, sigma in zip(means.tolist(), sigmas.tolist(), strict=True):
        found = family_of_indices("c", spec, at, sigma, n, freedom, 0.95)
        hits["cp"] += _covers(found["cp"], 8 / 6)
        hits["cpk"] += _covers(found["cpk"], (14 - mean) / 3)
    return {name: count / len(means) for name, count in hits.items()}


def _covers(index: Index, true: float) -> bool:
    return index.low is not None and index.high is not None and index.low <= true <= index.high


def _width(index: Index) -> float:
    assert index.low is not None
    assert index.high is not None
    return index.high - index.low
