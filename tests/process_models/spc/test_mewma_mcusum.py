"""Multivariate charts with a memory."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.spc import ChartData, ChartOptions, chart
from process_models.spc.mewma import in_control_run_length, usual_limit
from process_models.spc.multivariate import distances

VALUES = np.random.default_rng(31).normal(size=(40, 2))


def test_mewma_by_hand() -> None:
    result = chart("mewma", ChartData(VALUES), ChartOptions(lam=0.3, width=9.0))
    mean, covariance = VALUES.mean(axis=0), np.cov(VALUES, rowvar=False)
    z1 = 0.3 * (VALUES[0] - mean)
    z2 = 0.3 * (VALUES[1] - mean) + 0.7 * z1
    for i, z in ((1, z1), (2, z2)):
        exact = 0.3 / 1.7 * (1 - 0.7 ** (2 * i)) * covariance
        assert result.panels[0].points[i - 1] == pytest.approx(z @ np.linalg.inv(exact) @ z)
    assert result.panels[0].ucl == 9.0


def test_asymptotic_covariance_differs_only_at_the_start() -> None:
    exact = chart("mewma", ChartData(VALUES)).panels[0].points
    straight = chart("mewma", ChartData(VALUES), ChartOptions(limits="asymptotic")).panels[0].points
    assert straight[0] < exact[0]
    assert straight[-1] == pytest.approx(exact[-1], rel=1e-6)


def test_run_length_of_lambda_one_is_that_of_a_chi_square_limit() -> None:
    assert in_control_run_length(10.6, 1.0, 2) == pytest.approx(math.exp(5.3), rel=1e-9)


@pytest.mark.parametrize(("width", "run_length"), [(2.814, 499.579550), (2.7, 368.993734)])
def test_one_variable_is_a_two_sided_ewma(width: float, run_length: float) -> None:
    """Run lengths of R's spc for lambda 0.1."""
    assert in_control_run_length(width**2, 0.1, 1) == pytest.approx(run_length, rel=1e-5)


def test_the_usual_limit_gives_two_hundred_points_between_false_alarms() -> None:
    assert in_control_run_length(usual_limit(0.2, 3), 0.2, 3) == pytest.approx(200.0)
    assert chart("mewma", ChartData(VALUES)).panels[0].ucl == usual_limit(0.2, 2)


def test_mewma_signals_name_the_variable_that_moved() -> None:
    moved = VALUES.copy()
    moved[30:, 0] += 3.0
    printed = chart("mewma", ChartData(moved), ChartOptions(phase1=30)).to_dict()
    last = printed["signals"][-1]
    assert last["point"] == 40
    assert last["contributions"]["x1"] > last["contributions"]["x2"]


def test_mcusum_shrinks_towards_the_mean() -> None:
    covariance = np.cov(VALUES, rowvar=False)
    first = VALUES[0] - VALUES.mean(axis=0)
    length = math.sqrt(float(distances(first[None, :], covariance)[0]))
    result = chart("mcusum", ChartData(VALUES), ChartOptions(k=0.5, h=5.5))
    assert result.panels[0].points[0] == pytest.approx(max(0.0, length - 0.5))
    assert result.panels[0].ucl == 5.5
    assert result.signals == ()


def test_mcusum_finds_a_small_lasting_shift() -> None:
    moved = np.vstack([VALUES, VALUES[:20] + 1.5])
    result = chart("mcusum", ChartData(moved), ChartOptions(phase1=40, h=5.5))
    assert result.signals[0].point > 40
    assert result.signals[-1].point == 60
