"""Means, ranges and standard deviations of subgroups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, c4, chart, d2, d3

Case = Callable[[str], dict[str, Any]]
THREE = ChartData(np.array([[1.0, 3.0], [2.0, 6.0], [4.0, 4.0]]))


@pytest.mark.parametrize(("kind", "suffix"), [("xbar_r", "R"), ("xbar_s", "S")])
def test_piston_rings(case: Case, kind: str, suffix: str) -> None:
    rings = case(f"V02-pistonrings-xbar-{suffix}")
    values = np.array(rings["data"]["phase1"] + rings["data"]["phase2"])
    result = chart(kind, ChartData(values), ChartOptions(phase1=25))
    expected, (mean, spread) = rings["expected"], result.panels
    found = [result.sigma, mean.centre_line, mean.lcl, mean.ucl]
    found += [spread.centre_line, spread.lcl, spread.ucl]
    names = ("sigma", "xbar_center", "xbar_lcl", "xbar_ucl", "disp_center", "disp_lcl", "disp_ucl")
    assert found == pytest.approx([expected[name] for name in names], rel=1e-9)
    assert [s.point for s in result.signals] == expected["xbar_beyond_limits_1based"]
    assert (result.n, result.phase1) == (40, 25)


def test_limits_by_hand() -> None:
    result = chart("xbar_r", THREE)
    sigma = 2 / d2(2)
    assert result.sigma == pytest.approx(sigma)
    mean, ranges = result.panels
    assert mean.statistic == "xbar"
    assert mean.ucl == pytest.approx(10 / 3 + 3 * sigma / np.sqrt(2))
    assert ranges.points.tolist() == [2.0, 4.0, 0.0]
    assert ranges.ucl == pytest.approx((d2(2) + 3 * d3(2)) * sigma)
    assert ranges.lcl == 0.0


def test_single_panels_are_the_panels_of_the_pairs() -> None:
    pair_r, pair_s = chart("xbar_r", THREE), chart("xbar_s", THREE)
    assert chart("r", THREE).panels[0].to_dict() == pair_r.panels[1].to_dict()
    assert chart("s", THREE).panels[0].to_dict() == pair_s.panels[1].to_dict()
    assert chart("xbar", THREE).panels[0].to_dict() == pair_r.panels[0].to_dict()


def test_known_parameters_set_every_panel() -> None:
    result = chart("xbar_s", THREE, ChartOptions(centre=3.0, sigma=2.0))
    mean, deviations = result.panels
    assert (result.sigma, mean.centre_line) == (2.0, 3.0)
    assert mean.lcl == pytest.approx(3 - 6 / np.sqrt(2))
    assert deviations.centre_line == pytest.approx(2 * c4(2))
    assert deviations.ucl == pytest.approx(2 * (c4(2) + 3 * np.sqrt(1 - c4(2) ** 2)))


def test_ragged_subgroups_have_limits_of_their_own() -> None:
    values = np.array([[1.0, 3.0, 2.0], [2.0, 6.0, np.nan], [4.0, np.nan, np.nan]])
    mean, ranges = chart("xbar_r", ChartData(values)).panels
    assert mean.centre_line == pytest.approx(18 / 6)
    assert isinstance(mean.ucl, np.ndarray)
    assert mean.ucl[0] < mean.ucl[1] < mean.ucl[2]
    assert ranges.to_dict()["points"] == [2.0, 4.0, None]
    assert ranges.to_dict()["ucl"][2] is None


def test_excluded_subgroups_are_drawn_but_do_not_count() -> None:
    values = np.array([[1.0, 2.0], [2.0, 3.0], [50.0, 90.0], [1.0, 2.0], [2.0, 3.0]])
    result = chart("xbar_r", ChartData(values), ChartOptions(exclude=(3,)))
    assert result.panels[0].centre_line == pytest.approx(2.0)
    assert result.sigma == pytest.approx(1 / d2(2))
    assert {(s.panel, s.point) for s in result.signals} == {("xbar", 3), ("r", 3)}
    assert result.excluded == (3,)


def test_the_default_of_xbar_alone_changes_with_the_subgroup_size() -> None:
    large = ChartData(np.random.default_rng(1).normal(size=(6, 30)))
    assert chart("xbar", THREE).extras["sigma_method"] == "uwave_r"
    assert chart("xbar", large).extras["sigma_method"] == "uwave_sd"


def test_runs_of_ranges_are_judged_but_not_their_zones() -> None:
    rules = chart("xbar_r", THREE, ChartOptions(rules=("nelson",))).extras["rules"]
    assert len(rules["xbar"]) == 8
    assert rules["r"] == ["nelson_1", "nelson_2", "nelson_3", "nelson_4"]


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (np.array([1.0, 2.0]), {}, "chart xbar_r needs subgroups"),
        (np.array([[1.0], [2.0]]), {}, "chart xbar_r needs subgroups of at least 2 values"),
        (THREE.values, {"sigma_method": "mr_d2"}, "sigma-method of chart xbar_r must be one of"),
    ],
)
def test_refusals(values: np.ndarray, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        chart("xbar_r", ChartData(values), ChartOptions(**options))
