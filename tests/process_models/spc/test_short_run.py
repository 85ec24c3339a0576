"""Short runs: Z-MR and deviations from nominal, by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, FrozenLimits, chart, d2, evaluate, fit

VALUES = np.array([10.0, 12.0, 100.0, 11.0, 104.0, 102.0])
PARTS = ("a", "a", "b", "a", "b", "b")
DATA = ChartData(VALUES, parts=PARTS)


def test_each_part_is_standardised_by_its_own_mean_and_sigma() -> None:
    """Part a: 10, 12, 11, ranges 2, 1; part b: 100, 104, 102, ranges 4, 2."""
    result = chart("short_run", DATA)
    a, b = 1.5 / d2(2), 3.0 / d2(2)
    z, moving_range = result.panels
    by_hand = [-1 / a, 1 / a, -2 / b, 0.0, 2 / b, 0.0]
    assert (z.statistic, moving_range.statistic) == ("z", "moving_range")
    assert z.points == pytest.approx(by_hand, rel=1e-12)
    assert (z.centre_line, z.lcl, z.ucl) == (0.0, -3.0, 3.0)
    assert moving_range.points[1:] == pytest.approx(np.abs(np.diff(by_hand)), rel=1e-12)
    assert moving_range.centre_line == pytest.approx(d2(2))
    assert moving_range.ucl == pytest.approx(3.6858865, rel=1e-7)
    assert result.extras["parts"] == {
        "a": {"centre": 11.0, "sigma": pytest.approx(a)},
        "b": {"centre": 102.0, "sigma": pytest.approx(b)},
    }
    assert result.sigma is None


def test_one_sigma_for_all_parts() -> None:
    result = chart("short_run", DATA, ChartOptions(pooling="constant"))
    assert result.sigma == pytest.approx((2 + 1 + 4 + 2) / 4 / d2(2))


def test_relative_to_size_works_on_logarithms() -> None:
    """A part ten times as large that varies ten times as much has the same z."""
    small = np.array([10.0, 11.0, 10.5, 9.5])
    data = ChartData(np.concatenate([small, 10 * small]), parts=("a",) * 4 + ("b",) * 4)
    z = chart("short_run", data, ChartOptions(pooling="relative")).panels[0].points
    assert z[:4] == pytest.approx(z[4:], abs=1e-9)
    with pytest.raises(InputError, match="needs values above 0, got -1 at point 2"):
        chart("short_run", ChartData(np.array([1.0, -1.0])), ChartOptions(pooling="relative"))


def test_deviations_from_nominal() -> None:
    """Deviations 0, 2, -2, 1, 2, 0 from 10 and 102; ranges 2, 4, 3, 1, 2."""
    options = ChartOptions(short_run="dnom", targets=(("a", 10.0), ("b", 102.0)))
    deviation, moving_range = chart("short_run", DATA, options).panels
    sigma = 12 / 5 / d2(2)
    assert deviation.statistic == "deviation"
    assert deviation.points.tolist() == [0.0, 2.0, -2.0, 1.0, 2.0, 0.0]
    assert deviation.centre_line == pytest.approx(0.5)
    assert deviation.ucl == pytest.approx(0.5 + 3 * sigma)
    assert moving_range.centre_line == pytest.approx(2.4)


def test_without_a_target_a_part_has_its_phase_one_mean() -> None:
    result = chart("short_run", DATA, ChartOptions(short_run="dnom"))
    assert result.panels[0].points.tolist() == [-1.0, 1.0, -2.0, 0.0, 2.0, 0.0]
    assert result.panels[0].centre_line == 0.0


def test_known_target_and_sigma_of_a_part_that_is_new() -> None:
    options = ChartOptions(targets=(("c", 5.0),), part_sigmas=(("c", 0.5),), phase1=6)
    data = ChartData(np.append(VALUES, 7.0), parts=(*PARTS, "c"))
    result = chart("short_run", data, options)
    assert result.panels[0].points[-1] == pytest.approx(4.0)
    assert [s.point for s in result.signals if s.panel == "z"] == [7]


def test_excluded_points_do_not_count_for_their_part() -> None:
    limits = fit("short_run", DATA, ChartOptions(exclude=(5,)))
    assert limits.parameters["parts"]["b"] == {
        "centre": 101.0,
        "sigma": pytest.approx(2.0 / d2(2)),
    }


def test_limits_of_parts_survive_json() -> None:
    limits = fit("short_run", DATA)
    thawed = FrozenLimits.from_dict(json.loads(json.dumps(limits.to_dict())))
    assert evaluate(thawed, DATA).to_dict() == evaluate(limits, DATA).to_dict()


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (ChartData(VALUES, parts=("a",) * 5 + ("c",)), ChartOptions(),
         "part 'c' needs 2 points in Phase I for a sigma of its own, got 1"),
        (DATA, ChartOptions(centre=1.0), "takes no known centre"),
        (DATA, ChartOptions(sigma_method="pooled"), "sigma-method of chart short_run must be"),
        (ChartData(np.array([1.0, 1.0, 2.0])), ChartOptions(phase1=2), "a part does not vary"),
        (ChartData(np.ones((3, 2))), ChartOptions(), "needs one value a point"),
    ],
)  # fmt: skip
def test_refusals(data: ChartData, options: ChartOptions, message: str) -> None:
    with pytest.raises(InputError, match=message):
        chart("short_run", data, options)


def test_a_part_without_phase_one_is_named_with_its_point() -> None:
    limits = fit("short_run", DATA)
    with pytest.raises(InputError, match="part 'z' of point 2 has no Phase I and no target"):
        evaluate(limits, ChartData(np.ones(2), parts=("a", "z")), ChartOptions(phase1=0))


def test_parts_must_be_one_a_point() -> None:
    with pytest.raises(InputError, match="parts must be 2, one a point, got 1"):
        ChartData(np.ones(2), parts=("a",))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"short_run": "z"}, "short-run must be one of z_mr, dnom, got 'z'"),
        ({"pooling": "all"}, "pooling must be one of parts, constant, relative"),
        ({"targets": (("a", float("nan")),)}, "the target of part 'a' must be finite"),
        ({"part_sigmas": (("a", 0.0),)}, "the sigma of part 'a' must be above 0"),
    ],
)
def test_options_are_checked(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ChartOptions(**wrong)  # type: ignore[arg-type]
