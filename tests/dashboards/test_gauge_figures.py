"""Figures of a gauge study: every number drawn is one of the study's."""

from __future__ import annotations

import numpy as np
import pytest

from dashboards.figures import ChartLabels
from dashboards.gauge_data import GaugeData, example, studied
from dashboards.gauge_figures import by_operator, by_part, components, range_chart
from dashboards.theme import LIGHT
from process_models.gauge import Cells, GaugeOptions, GaugeStudy

LABELS = ChartLabels(name="Thickness", unit="um", simulated=True)
RAGGED = GaugeData(
    np.array([1.0, 2.0, 5.0, 6.5, 9.0, 3.0, 2.5, 4.0]),
    ("P1", "P1", "P2", "P2", "P10", "P1", "P2", "P10"),
    ("<b>a", "<b>a", "<b>a", "<b>a", "<b>a", "b", "b", "b"),
    "x", "", "imported",
)  # fmt: skip


@pytest.fixture
def made() -> tuple[GaugeStudy, Cells]:
    """The example, worked out."""
    return studied(example(), "crossed", GaugeOptions())


def test_bars_bear_their_intervals(made: tuple[GaugeStudy, Cells]) -> None:
    study, _ = made
    bars = components(study, LIGHT).data[0]
    for at, name in enumerate(bars.y):
        limits = study.study_limits[name.lower()]
        assert bars.x[at] + bars.error_x.array[at] == pytest.approx(limits.high)
        assert bars.x[at] - bars.error_x.arrayminus[at] == pytest.approx(limits.low)


def test_thresholds_are_drawn(made: tuple[GaugeStudy, Cells]) -> None:
    figure = components(made[0], LIGHT)
    assert [shape.x0 for shape in figure.layout.shapes] == [10, 30]
    assert [note.text for note in figure.layout.annotations] == ["10 %", "30 %"]


def test_one_line_an_operator_with_its_own_mark(made: tuple[GaugeStudy, Cells]) -> None:
    figure = by_part(made[1], LABELS, LIGHT)
    assert [trace.name for trace in figure.data] == ["Operator A", "Operator B", "Operator C"]
    assert len({trace.marker.symbol for trace in figure.data}) == 3
    drawn = np.concatenate([trace.y for trace in figure.data])
    assert drawn == pytest.approx(made[1].means)


def test_axes_bear_the_unit(made: tuple[GaugeStudy, Cells]) -> None:
    for figure in (by_part(made[1], LABELS, LIGHT), by_operator(made[1], LABELS, LIGHT)):
        assert figure.layout.yaxis.title.text == "Thickness, µm"


def test_mean_of_each_operator(made: tuple[GaugeStudy, Cells]) -> None:
    data = example()
    means = by_operator(made[1], LABELS, LIGHT).data[-1]
    for operator, mean in zip(means.x, means.y, strict=True):
        rows = np.array(data.operators) == operator
        assert mean == pytest.approx(data.values[rows].mean())


def test_ranges_are_named_by_operator(made: tuple[GaugeStudy, Cells]) -> None:
    figure = range_chart(made[1], LABELS, LIGHT)
    assert figure is not None
    assert list(figure.layout.xaxis.ticktext) == ["Operator A", "Operator B", "Operator C"]
    assert figure.layout.xaxis.title.text == "Parts, operator by operator"
    chart = made[1].chart
    assert chart is not None
    points = next(trace for trace in figure.data if trace.name == "points")
    assert points.y == pytest.approx(chart.panels[1].points)


def test_labels_of_the_data_are_harmless_and_in_natural_order() -> None:
    _, drawn = studied(RAGGED, "expanded", GaugeOptions(interaction="drop"))
    figure = by_part(drawn, ChartLabels(name="x"), LIGHT)
    assert figure.data[0].name == "&lt;b&gt;a"
    assert list(figure.layout.xaxis.categoryarray) == ["P1", "P2", "P10"]
    assert "simulated" not in figure.layout.title.text


def test_short_cells_are_drawn_as_far_as_they_go() -> None:
    _, drawn = studied(RAGGED, "expanded", GaugeOptions(interaction="drop"))
    points = [t for t in by_operator(drawn, ChartLabels(name="x"), LIGHT).data
              if t.mode == "markers"]  # fmt: skip
    assert [len(trace.y) for trace in points] == [5, 3]
