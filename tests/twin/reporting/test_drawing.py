"""Drawings shape by shape: lines, names and marks where the visual language wants them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from reportlab.graphics.shapes import Circle, Polygon, PolyLine, Rect, String

from process_models.spc import Signal
from twin.reporting.drawing.control import axis_title, control_drawing
from twin.reporting.drawing.gauge import components_drawing, means_drawing
from twin.reporting.drawing.levels import (
    centre_level,
    control_level,
    draw_levels,
    specification_level,
)
from twin.reporting.drawing.marks import draw_excluded, draw_points, draw_signals
from twin.reporting.drawing.pen import CHANGE, CONTROL, INK, PAPER, QUIET, SIMULATED, Pen
from twin.reporting.drawing.plane import Plane
from twin.reporting.drawing.sixpack import sixpack_drawing

PLANE = Plane(40.0, 20.0, 400.0, 100.0, (0.0, 10.0), (0.0, 100.0))


@pytest.fixture
def pen() -> Pen:
    return Pen(500.0, 140.0)


def of(pen_or_drawing: Any, kind: Any) -> list[Any]:
    drawing = getattr(pen_or_drawing, "drawing", pen_or_drawing)
    return [shape for shape in drawing.contents if isinstance(shape, kind)]


def texts(pen_or_drawing: Any) -> list[str]:
    return [shape.text for shape in of(pen_or_drawing, String)]


def test_a_path_is_broken_where_there_is_no_value(pen: Pen) -> None:
    x = np.arange(6.0)
    pen.path(x, np.array([1.0, 2.0, np.nan, 4.0, 5.0, 6.0]), INK)
    assert [len(line.points) // 2 for line in of(pen, PolyLine)] == [2, 3]


def test_a_lonely_point_makes_no_line(pen: Pen) -> None:
    pen.path(np.arange(3.0), np.array([np.nan, 1.0, np.nan]), INK)
    assert of(pen, PolyLine) == []


def test_a_diamond_has_four_corners_around_its_place(pen: Pen) -> None:
    pen.diamond((10.0, 20.0), 3.0, CONTROL)
    (mark,) = of(pen, Polygon)
    assert mark.points == [10.0, 23.0, 13.0, 20.0, 10.0, 17.0, 7.0, 20.0]


def test_each_pair_of_limits_has_its_colour_and_dash(pen: Pen) -> None:
    levels = [centre_level(50.0), control_level("UCL", 80.0), specification_level("USL", 90.0)]
    draw_levels(pen, PLANE, levels, np.arange(3), "µm")
    centre, control, specification = of(pen, PolyLine)
    assert centre.strokeColor == QUIET
    assert centre.strokeDashArray is None
    assert control.strokeColor == CONTROL
    assert control.strokeDashArray != specification.strokeDashArray
    assert texts(pen) == ["CL 50.00", "UCL 80.00", "USL 90 µm"]


def test_names_of_close_lines_do_not_touch(pen: Pen) -> None:
    levels = [control_level("UCL", 50.2), centre_level(50.1), control_level("LCL", 50.0)]
    draw_levels(pen, PLANE, levels, np.arange(3))
    heights = [shape.y for shape in of(pen, String)]
    assert texts(pen) == ["LCL 50.00", "CL 50.10", "UCL 50.20"]
    assert np.diff(heights) == pytest.approx([9.0, 9.0])


def test_a_limit_beyond_the_plane_is_named_at_its_edge(pen: Pen) -> None:
    draw_levels(pen, PLANE, [specification_level("LSL", -50.0)], np.arange(3), "µm")
    assert of(pen, PolyLine) == []
    (name,) = of(pen, String)
    assert name.text == "LSL -50 µm, below"
    assert PLANE.bottom - 5 < name.y <= PLANE.bottom


def test_limits_that_vary_go_in_steps(pen: Pen) -> None:
    draw_levels(pen, PLANE, [control_level("UCL", np.array([60.0, 70.0]))], np.arange(2))
    (line,) = of(pen, PolyLine)
    heights = line.points[1::2]
    assert heights == [80.0, 80.0, 90.0, 90.0]
    across = [(v - PLANE.left) / PLANE.width * 10 for v in line.points[::2]]
    assert across == pytest.approx([0.5, 1.5, 1.5, 2.5])
    assert texts(pen) == ["UCL 70.00"]


def test_simulated_points_are_lighter(pen: Pen) -> None:
    values = np.array([10.0, 20.0, np.nan])
    draw_points(pen, PLANE, values, np.arange(3), simulated=True)
    assert [dot.fillColor for dot in of(pen, Circle)] == [SIMULATED, SIMULATED]
    other = Pen(500.0, 140.0)
    draw_points(other, PLANE, values, np.arange(3), simulated=False)
    assert of(other, Circle)[0].fillColor == INK


def test_very_many_points_are_a_line_only(pen: Pen) -> None:
    draw_points(pen, PLANE, np.full(700, 50.0), np.arange(700), simulated=False)
    assert of(pen, Circle) == []
    assert len(of(pen, PolyLine)) == 1


def test_an_excluded_point_is_hollow(pen: Pen, made_chart: Any) -> None:
    values = np.tile([59.0, 61.0, 60.0], 20)
    result = made_chart(values=values, exclude=(7,)).result
    draw_excluded(pen, PLANE, result, result.panels[0])
    (mark,) = of(pen, Circle)
    assert mark.fillColor == PAPER
    assert mark.strokeColor == INK


def test_the_rules_of_a_point_are_joined_and_beyond_is_left_to_the_eye(
    pen: Pen, made_chart: Any
) -> None:
    report = made_chart(values=np.tile([59.0, 61.0, 60.0], 20), exclude=())
    panel = report.result.panels[0]
    rules = ("beyond_limits", "nelson_1", "nelson_5")
    signals = tuple(Signal(panel.statistic, 5, rule) for rule in rules)
    draw_signals(pen, PLANE, replace(report.result, signals=signals), panel)
    assert len(of(pen, Polygon)) == 1
    assert texts(pen) == ["N1 N5"]


def test_only_the_first_of_a_crowd_is_named(pen: Pen, made_chart: Any) -> None:
    report = made_chart(values=np.tile([59.0, 61.0, 60.0], 20), exclude=())
    panel = report.result.panels[0]
    plane = replace(PLANE, x=(0.0, 500.0))
    signals = tuple(Signal(panel.statistic, p, "nelson_2") for p in (2, 5, 8, 11, 59))
    draw_signals(pen, plane, replace(report.result, signals=signals), panel)
    assert len(of(pen, Polygon)) == 5
    assert texts(pen) == ["N2", "N2"]


def test_names_stand_away_from_the_centre(pen: Pen, made_chart: Any) -> None:
    report = made_chart(values=np.tile([59.0, 61.0, 60.0], 20), exclude=())
    panel = report.result.panels[0]
    signals = (Signal(panel.statistic, 1, "nelson_2"), Signal(panel.statistic, 8, "nelson_2"))
    draw_signals(pen, PLANE, replace(report.result, signals=signals), panel)
    below, above = of(pen, String)
    assert below.y < PLANE.at_y(59.0)
    assert above.y > PLANE.at_y(61.0)


def test_the_band_of_change_spans_its_interval(made_chart: Any) -> None:
    values = np.concatenate([np.tile([59.0, 61.0, 60.0], 14), np.full(18, 63.5)])
    report = made_chart(values=values, exclude=(), rules=("nelson_2",))
    change = report.change("individual")
    assert change is not None
    drawing = control_drawing(report, 500.0)
    (band,) = [box for box in of(drawing, Rect) if box.fillColor == CHANGE]
    per_point = (500.0 - 40.0) / 62
    assert band.width < (change.high - change.low + 1.5) * per_point
    assert any(text.startswith(f"change began at {change.point}") for text in texts(drawing))


def test_panels_are_titled_with_unit_and_share_the_numbers(made_chart: Any) -> None:
    drawn = texts(control_drawing(made_chart(), 500.0))
    assert "Single values, µm" in drawn
    assert "Moving range, µm" in drawn
    assert drawn.count("Point, in order of time") == 1


@pytest.mark.parametrize(
    ("kind", "title"),
    [("cusum", "CUSUM upward, sigma"), ("c", "Count"), ("ewma", "EWMA, µm"), ("zone", "Zone")],
)
def test_units_are_those_of_the_statistic(kind: str, title: str, made_chart: Any) -> None:
    counts = np.random.default_rng(8).poisson(6.0, 60).astype(float)
    report = made_chart(kind, values=counts, exclude=())
    assert axis_title(report, report.result.panels[0]) == title


def test_the_six_panels_are_there(capability_report: Any) -> None:
    drawn = texts(sixpack_drawing(capability_report, 500.0))
    titles = (
        "Mean, µm", "Range, µm", "Last subgroups, µm", "Readings against the specification",
        "Probability plot: normal", "Spread of the process and what is allowed",
    )  # fmt: skip
    assert set(titles) <= set(drawn)
    assert {"LSL 56", "USL 64", "Target 60"} <= set(drawn)


def test_a_bar_of_the_histogram_for_every_bin(capability_report: Any) -> None:
    drawing = sixpack_drawing(capability_report, 500.0)
    assert len(of(drawing, Rect)) == len(capability_report.view.histogram.counts)


def test_components_have_a_bar_each_and_the_two_thresholds(gauge_report: Any) -> None:
    drawing = components_drawing(gauge_report, 500.0)
    assert len(of(drawing, Rect)) == 4
    assert {"10 %", "30 %"} <= set(texts(drawing))
    assert any(text.startswith("Reproducibility") for text in texts(drawing))


def test_operators_differ_in_colour_and_dash(gauge_report: Any) -> None:
    drawing = means_drawing(gauge_report, 500.0)
    names = dict.fromkeys(gauge_report.drawn.operators)
    assert set(names) <= set(texts(drawing))
    lines = [line for line in of(drawing, PolyLine) if len(line.points) == 2 * 10]
    looks = {(str(line.strokeColor), str(line.strokeDashArray)) for line in lines}
    assert len(looks) == len(names)


def test_shapes_stay_inside_the_drawing(made_chart: Any) -> None:
    drawing = control_drawing(made_chart(rules=("beyond_limits", "nelson")), 500.0)
    for mark in of(drawing, Polygon):
        assert min(mark.points[::2]) >= 0
        assert max(mark.points[::2]) <= drawing.width
        assert min(mark.points[1::2]) >= 0
        assert max(mark.points[1::2]) <= drawing.height
