"""Hotelling's T2 and the generalized variance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, chart
from process_models.spc.generalized_variance import determinant_factors
from process_models.spc.multivariate import contributions, distances

Case = Callable[[str], dict[str, Any]]


def vectors(case: Case) -> np.ndarray:
    data = case("V16")["data"]
    return np.stack([np.array(data["X1"]), np.array(data["X2"])], axis=2).astype(np.float64)


def test_reference_chart_of_subgroups(case: Case) -> None:
    expected = case("V16")["expected"]
    result = chart("t2", ChartData(vectors(case)))
    panel = result.panels[0]
    assert panel.points == pytest.approx(expected["T2"], rel=1e-8)
    assert panel.ucl == pytest.approx(expected["UCL_phase1"], rel=1e-8)
    assert result.extras["alpha"] == pytest.approx(case("V16")["parameters"]["alpha"])


def test_later_subgroups_have_the_wider_limit(case: Case) -> None:
    expected = case("V16")["expected"]
    values = np.concatenate([vectors(case), vectors(case)[:3]])
    panel = chart("t2", ChartData(values), ChartOptions(phase1=20)).panels[0]
    assert isinstance(panel.ucl, np.ndarray)
    assert panel.ucl[:20] == pytest.approx(expected["UCL_phase1"], rel=1e-8)
    assert panel.ucl[20:] == pytest.approx(expected["UCL_phase2"], rel=1e-8)


def test_contributions_are_what_leaving_a_variable_out_loses() -> None:
    covariance = np.array([[2.0, 0.5, 0.1], [0.5, 1.0, 0.3], [0.1, 0.3, 3.0]])
    away = np.array([[1.0, -2.0, 0.5], [0.3, 0.2, 4.0]])
    terms = contributions(away, covariance)
    for j in range(3):
        rest = [i for i in range(3) if i != j]
        lost = distances(away, covariance) - distances(
            away[:, rest], covariance[np.ix_(rest, rest)]
        )
        assert terms[:, j] == pytest.approx(lost)


def test_signals_name_the_variable_that_moved() -> None:
    values = np.random.default_rng(21).normal(size=(50, 3))
    values[45, 1] += 9.0
    data = ChartData(values, variables=("a", "b", "c"))
    printed = chart("t2_individuals", data, ChartOptions(phase1=40)).to_dict()
    signal = next(s for s in printed["signals"] if s["point"] == 46)
    assert set(signal["contributions"]) == {"a", "b", "c"}
    assert max(signal["contributions"], key=signal["contributions"].get) == "b"


def test_single_observations_by_hand() -> None:
    values = np.random.default_rng(22).normal(size=(30, 2))
    panel = chart("t2_individuals", ChartData(values), ChartOptions(phase1=25)).panels[0]
    alpha, m, p = 1 - (1 - 0.0027) ** 2, 25, 2
    first = (m - 1) ** 2 / m * stats.beta.ppf(1 - alpha, p / 2, (m - p - 1) / 2)
    later = p * (m + 1) * (m - 1) / (m * m - m * p) * stats.f.ppf(1 - alpha, p, m - p)
    assert panel.ucl == pytest.approx([first] * 25 + [later] * 5)
    mean, covariance = values[:25].mean(axis=0), np.cov(values[:25], rowvar=False)
    away = values[27] - mean
    assert panel.points[27] == pytest.approx(away @ np.linalg.inv(covariance) @ away)


def test_successive_differences_do_not_see_a_step() -> None:
    values = np.random.default_rng(23).normal(size=(60, 2))
    values[30:] += 4.0
    sample = chart("t2_individuals", ChartData(values))
    successive = chart("t2_individuals", ChartData(values), ChartOptions(covariance="successive"))
    steps = np.diff(values, axis=0)
    covariance = steps.T @ steps / (2 * 59)
    away = values - values.mean(axis=0)
    assert successive.panels[0].points == pytest.approx(distances(away, covariance))
    assert len(successive.signals) > len(sample.signals)


def test_the_limit_of_successive_differences_is_the_published_one() -> None:
    values = np.random.default_rng(23).normal(size=(40, 3))
    options = ChartOptions(covariance="successive", alpha=0.01)
    m, p = 40, 3
    f = 2 * (m - 1) ** 2 / (3 * m - 4)
    by_hand = (m - 1) ** 2 / m * stats.beta.ppf(0.99, p / 2, (f - p - 1) / 2)
    assert chart("t2_individuals", ChartData(values), options).panels[0].ucl == pytest.approx(
        by_hand
    )


def test_few_false_alarms_with_successive_differences() -> None:
    """At most alpha of in-control points signal; 300 series of 40, seed 31."""
    rng, signals = np.random.default_rng(31), 0
    options = ChartOptions(covariance="successive", alpha=0.05)
    for _ in range(300):
        data = ChartData(rng.normal(size=(40, 2)))
        signals += len(chart("t2_individuals", data, options).signals)
    assert signals / 12_000 < 0.05


def test_points_left_out_of_the_limits_are_judged_as_new() -> None:
    values = np.random.default_rng(24).normal(size=(20, 2))
    panel = chart("t2_individuals", ChartData(values), ChartOptions(exclude=(3,))).panels[0]
    assert isinstance(panel.ucl, np.ndarray)
    assert panel.ucl[2] > panel.ucl[0]


def test_alpha_sets_the_limit() -> None:
    data = ChartData(np.random.default_rng(25).normal(size=(20, 2)))
    tight = chart("t2_individuals", data, ChartOptions(alpha=0.05)).panels[0].ucl
    assert isinstance(tight, float)
    assert tight < chart("t2_individuals", data).panels[0].ucl


def test_generalized_variance_factors_of_the_textbook() -> None:
    b1, b2 = determinant_factors(10, 2)
    assert (b1, b2) == pytest.approx((8 / 9, 8 * 9 * (11 * 10 - 9 * 8) / 9**4))


def test_generalized_variance_by_hand(case: Case) -> None:
    result = chart("generalized_variance", ChartData(vectors(case)))
    panel = result.panels[0]
    b1, b2 = determinant_factors(4, 2)
    whole = np.linalg.det(np.array(case("V16")["expected"]["cov"]))
    assert panel.statistic == "det_s"
    assert panel.centre_line == pytest.approx(whole)
    assert panel.ucl == pytest.approx(whole / b1 * (b1 + 3 * np.sqrt(b2)))
    assert panel.lcl == 0.0
    assert panel.points[0] == pytest.approx(np.linalg.det(np.cov(vectors(case)[0], rowvar=False)))


SINGULAR = np.column_stack([np.arange(9.0), 2 * np.arange(9.0)])


@pytest.mark.parametrize(
    ("kind", "values", "options", "message"),
    [
        ("t2_individuals", SINGULAR, {}, "singular: a variable follows from the others"),
        ("t2_individuals", np.ones((9, 2)), {}, "singular: variable 1 does not vary"),
        ("t2_individuals", SINGULAR[:3], {}, "2 variables needs 4 points in Phase I, got 3"),
        ("t2_individuals", np.ones(9), {}, "needs one row of several variables"),
        ("t2", np.ones((9, 2)), {}, "chart t2 needs subgroups of several variables"),
        ("t2", np.ones((1, 2, 2)), {}, "chart t2 of 2 variables needs more than 1 subgroups of 2"),
        ("t2", np.ones((9, 3, 2)), {"sigma": 1.0}, "takes no known centre, sigma"),
        ("generalized_variance", np.ones((9, 2, 2)), {}, "2 variables needs subgroups of 3, got 2"),
    ],
)
def test_refusals(kind: str, values: np.ndarray, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        chart(kind, ChartData(values), ChartOptions(**options))


def test_a_missing_variable_is_named_by_its_point() -> None:
    values = np.random.default_rng(26).normal(size=(9, 2))
    values[4, 1] = np.nan
    with pytest.raises(InputError, match="needs every variable of point 5"):
        chart("t2_individuals", ChartData(values))
