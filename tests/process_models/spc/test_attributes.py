"""Charts of counts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, PointError, chart

Case = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize(
    ("number", "kind"), [("V04", "p"), ("V05", "np"), ("V06", "p"), ("V07", "c"), ("V08", "u")]
)
def test_reference_charts(case: Case, number: str, kind: str) -> None:
    known = case(number)
    data, expected = known["data"], known["expected"]
    first = len(data["counts"])
    counts = np.array([*data["counts"], *data.get("new_counts", [])])
    sizes = np.array([*data["sizes"], *data.get("new_sizes", [])], dtype=np.float64)
    sizes = np.append(sizes, np.full(len(counts) - len(sizes), sizes[-1]))
    result = chart(kind, ChartData(counts, sizes), ChartOptions(phase1=first))
    panel = result.panels[0]
    assert panel.statistic == kind
    assert panel.centre_line == pytest.approx(expected["center"], rel=1e-9)
    for found, name in ((panel.lcl, "lcl"), (panel.ucl, "ucl")):
        limits = np.broadcast_to(expected[name], counts.shape)
        assert np.broadcast_to(found, counts.shape) == pytest.approx(limits, rel=1e-9)
    points = [*expected["statistics"], *expected.get("new_statistics", [])]
    assert panel.points == pytest.approx(points, rel=1e-9)
    assert [s.point for s in result.signals] == sorted(expected["beyond_limits_1based"])


def test_limits_vary_with_the_sample() -> None:
    data = ChartData(np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 10.0]))
    panel = chart("p", data).panels[0]
    assert panel.centre_line == pytest.approx(0.15)
    assert isinstance(panel.ucl, np.ndarray)
    reach = 3 * np.sqrt(0.15 * 0.85 / np.array([10, 20, 10]))
    assert panel.ucl == pytest.approx(0.15 + reach)
    assert panel.lcl == 0.0
    numbers = chart("np", data).panels[0]
    assert numbers.centre_line == pytest.approx([1.5, 3.0, 1.5])


def test_a_proportion_stays_below_one() -> None:
    panel = chart("p", ChartData(np.array([5.0, 4.0]), np.array([5.0, 5.0]))).panels[0]
    assert panel.ucl == 1.0


def test_known_centre_and_sigma_of_an_observation() -> None:
    data = ChartData(np.array([1.0, 2.0]), np.array([10.0, 10.0]))
    result = chart("p", data, ChartOptions(centre=0.2))
    assert result.panels[0].centre_line == 0.2
    assert result.sigma == pytest.approx(math.sqrt(0.16))
    assert chart("c", ChartData(np.array([4.0, 4.0]))).sigma == 2.0


@pytest.mark.parametrize("counts", [[0.0, 0.0, 0.0], [5.0, 5.0, 5.0]])
@pytest.mark.parametrize("kind", ["p", "np", "c", "u"])
def test_none_or_all_defective_never_signals(kind: str, counts: list[float]) -> None:
    data = ChartData(np.array(counts), np.full(3, 5.0))
    assert chart(kind, data, ChartOptions(rules=("beyond_limits", "nelson_1"))).signals == ()


def test_zones_hold_for_counts() -> None:
    data = ChartData(np.array([4.0] * 10 + [8.5 // 1, 8.0]), None)
    result = chart("c", data, ChartOptions(centre=3.0, rules=("nelson_5",)))
    assert [s.point for s in result.signals] == [12]


@pytest.mark.parametrize(
    ("kind", "counts", "sizes", "message"),
    [
        ("p", [1, -2], [5, 5], "the count of point 2 must be a whole number from 0, got -2"),
        ("c", [1.5, 2], None, "the count of point 1 must be a whole number from 0, got 1.5"),
        ("np", [1, 6], [5, 5], "the count of point 2 must be at most its sample size, 5, got 6"),
    ],
)
def test_bad_counts_are_named(
    kind: str, counts: list[float], sizes: list[float] | None, message: str
) -> None:
    with pytest.raises(PointError, match=message):
        chart(kind, ChartData(np.array(counts), None if sizes is None else np.array(sizes)))


@pytest.mark.parametrize(
    ("kind", "sizes", "options", "message"),
    [
        ("p", None, {}, r"chart p needs the sample sizes \(--size\)"),
        ("u", None, {}, "chart u needs the areas of opportunity"),
        ("c", [1.0, 2.0], {}, "chart c needs areas that are all the same"),
        ("c", None, {"sigma": 1.0}, "chart c takes no sigma"),
        ("p", [5.0, 5.0], {"centre": 1.5}, "centre of chart p must be from 0 to 1, got 1.5"),
    ],
)
def test_refusals(
    kind: str, sizes: list[float] | None, options: dict[str, Any], message: str
) -> None:
    data = ChartData(np.array([1.0, 2.0]), None if sizes is None else np.array(sizes))
    with pytest.raises(InputError, match=message):
        chart(kind, data, ChartOptions(**options))


def test_subgroups_are_refused() -> None:
    with pytest.raises(InputError, match="chart c needs one count a point"):
        chart("c", ChartData(np.ones((2, 2))))
