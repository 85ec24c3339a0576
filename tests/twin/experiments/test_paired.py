"""Paired differences: by hand, as scipy has them, and without chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from twin.experiments.moments import Moments
from twin.experiments.paired import contrast, difference, holm

RNG = np.random.default_rng(7)
COMMON = RNG.normal(50, 4, 40)
VALUES = np.stack([COMMON, COMMON + RNG.normal(1, 0.5, 40)], axis=1)[:, None, :]


def moments_of(values: np.ndarray) -> Moments:
    moments = Moments(*values.shape[1:])
    moments.add(values)
    moments.fold()
    return moments


def test_the_paired_t_interval_of_scipy() -> None:
    found = difference(moments_of(VALUES), 0, 1, 0, confidence=0.99)
    expected = stats.ttest_rel(VALUES[:, 0, 1], VALUES[:, 0, 0])
    low, high = expected.confidence_interval(0.99)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.p == pytest.approx(expected.pvalue)
    assert found.differs
    assert found.correlation == pytest.approx(np.corrcoef(VALUES[:, 0].T)[0, 1])


def test_the_other_way_round_is_the_negative() -> None:
    one = difference(moments_of(VALUES), 0, 1, 0, confidence=0.99)
    other = difference(moments_of(VALUES), 0, 0, 1, confidence=0.99)
    assert (one.mean, one.low) == (-(other.mean or 0), -(other.high or 0))
    assert one.variance_reduction == other.variance_reduction


def test_the_variance_reduction_is_the_ratio_of_the_variances() -> None:
    found = difference(moments_of(VALUES), 0, 1, 0, confidence=0.99)
    apart = VALUES[:, 0, 0].var(ddof=1) + VALUES[:, 0, 1].var(ddof=1)
    paired = (VALUES[:, 0, 1] - VALUES[:, 0, 0]).var(ddof=1)
    assert found.variance_reduction == pytest.approx(apart / paired)
    assert found.variance_reduction > 20


def test_lines_without_chance_differ_surely_or_not_at_all() -> None:
    values = np.tile([[[0.1, 0.3, 0.1]]], (5, 1, 1))
    sure = difference(moments_of(values), 0, 1, 0, confidence=0.99)
    assert (sure.low, sure.high, sure.p) == (sure.mean, sure.mean, 0.0)
    same = difference(moments_of(values), 0, 2, 0, confidence=0.99)
    assert (same.mean, same.p, same.differs) == (0.0, 1.0, False)
    assert (same.correlation, same.variance_reduction) == (None, None)


def test_what_cannot_be_known_is_none() -> None:
    one = contrast(moments_of(VALUES[:1]), 0, [1.0, -1.0], confidence=0.99)
    assert one[0] is not None
    assert one[1:] == (None, None, None)
    nothing = moments_of(np.full((3, 1, 2), np.nan))
    assert contrast(nothing, 0, [1.0, -1.0], confidence=0.99) == (None, None, None, None)


def test_intervals_cover_what_is_true() -> None:
    """Seed 11: of 400 paired samples about a difference of 1, 99 % intervals miss few."""
    rng, missed = np.random.default_rng(11), 0
    for _ in range(400):
        common = rng.normal(0, 3, 12)
        values = np.stack([common, common + rng.normal(1, 1, 12)], axis=1)[:, None, :]
        found = difference(moments_of(values), 0, 1, 0, confidence=0.99)
        missed += not (found.low or 0) <= 1 <= (found.high or 0)
    assert missed <= 12  # 99.9 % point of a binomial of 400 and 0.01


def test_holm_by_hand_and_as_statsmodels_has_it() -> None:
    from statsmodels.stats.multitest import multipletests

    p = [0.04, 0.001, 0.3, 0.012, 1.0]
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1].tolist())
    assert holm([]) == []
    assert holm([None]) == [None]
