"""A control chart as a figure: marks, limits, names, and no more points than needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboards.figures import ChartLabels, control_chart, kept_points
from dashboards.theme import DARK, LIGHT
from process_models.spc import ChartData, ChartOptions, ChartResult, Panel, Signal, chart

LABELS = ChartLabels(name="Thickness", unit="um")


def series(figure: go.Figure, name: str) -> Any:
    found = [trace for trace in figure.data if trace.name == name]
    assert len(found) == 1, name
    return found[0]


def notes(figure: go.Figure) -> list[str]:
    return [str(note.text) for note in figure.layout.annotations]


@pytest.fixture
def shifted() -> ChartResult:
    values = np.array([10.0, 10.2, 9.9, 10.1, 9.8, 10.0, 10.1, 9.9, 10.0, 10.1, 14.0, 10.0])
    return chart("i_mr", ChartData(values), ChartOptions(phase1=10, exclude=(3,)))


def test_points_are_drawn_in_order_numbered_from_one(shifted: ChartResult) -> None:
    points = series(control_chart(shifted, LABELS, LIGHT), "points")
    assert list(points.x) == list(range(1, 13))
    assert list(points.y[:3]) == [10.0, 10.2, 9.9]
    assert points.line.width < 1
    assert points.marker.color == LIGHT.ink


def test_control_limits_are_vermilion_and_dashed_and_named_with_value_and_unit(
    shifted: ChartResult,
) -> None:
    figure = control_chart(shifted, LABELS, LIGHT)
    for name in ("LCL", "UCL"):
        line = series(figure, name).line
        assert (line.color, line.dash) == (LIGHT.control, "dash")
    assert series(figure, "CL").line.color == LIGHT.quiet
    named = notes(figure)
    assert any(text.startswith("UCL 1") and text.endswith(" µm") for text in named)
    assert any(text.startswith("CL 10.0") for text in named)


def test_specification_limits_are_blue_and_dotted_and_only_on_single_readings(
    shifted: ChartResult,
) -> None:
    figure = control_chart(shifted, LABELS, LIGHT, specification=(7.0, 13.0))
    blue = [s for s in figure.layout.shapes if s.line.color == LIGHT.specification]
    assert [(s.y0, s.line.dash) for s in blue] == [(7.0, "dot"), (13.0, "dot")]
    assert "USL 13.00 µm" in notes(figure)
    means = chart("xbar_r", ChartData(np.arange(40.0).reshape(10, 4)))
    figure = control_chart(means, LABELS, LIGHT, specification=(7.0, 13.0))
    assert not any(text.startswith("USL") for text in notes(figure))


def test_signals_are_filled_diamonds_with_the_rules_short_name(shifted: ChartResult) -> None:
    signals = series(control_chart(shifted, LABELS, LIGHT), "signals")
    assert list(signals.x) == [11]
    assert signals.marker.symbol == "diamond"
    assert signals.marker.color[0] == LIGHT.control
    assert list(signals.text) == ["beyond"]
    assert "beyond a control limit" in signals.hovertext[0]


def test_excluded_points_are_hollow(shifted: ChartResult) -> None:
    excluded = series(control_chart(shifted, LABELS, LIGHT), "excluded")
    assert list(excluded.x) == [3]
    assert excluded.marker.color == LIGHT.surface


def test_simulated_data_bear_the_word_and_a_lighter_tone(shifted: ChartResult) -> None:
    labels = ChartLabels(name="Thickness", unit="um", simulated=True)
    figure = control_chart(shifted, labels, DARK)
    assert "simulated" in figure.layout.title.text
    assert series(figure, "points").marker.color == DARK.simulated


def test_a_change_is_a_light_band_and_phase_one_is_named(shifted: ChartResult) -> None:
    figure = control_chart(shifted, LABELS, LIGHT, change=(11, 12))
    band = [s for s in figure.layout.shapes if s.fillcolor == LIGHT.change]
    assert [(s.x0, s.x1) for s in band] == [(10.5, 12.5)]
    assert "Phase I" in notes(figure)


def test_a_window_shows_only_its_points(shifted: ChartResult) -> None:
    figure = control_chart(shifted, LABELS, LIGHT, window=(4, 9), compact=True)
    assert list(series(figure, "points").x) == [4, 5, 6, 7, 8, 9]
    assert not [trace for trace in figure.data if trace.name == "signals"]


def test_times_stand_below_a_few_points_and_lots_in_the_hover() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    times = [start + timedelta(minutes=i) for i in range(9)]
    labels = ChartLabels(name="x", times=times, lots=[f"<L{i}>" for i in range(9)])
    result = chart("i_mr", ChartData(np.array([1.0, 2, 1, 2, 1, 2, 1, 2, 1])))
    figure = control_chart(result, labels, LIGHT)
    assert list(figure.layout.xaxis.tickvals) == [1, 3, 5, 7, 9]
    assert "00:08" in figure.layout.xaxis.ticktext[-1]
    assert "&lt;L0&gt;" in series(figure, "points").hovertext[0]


def test_every_panel_of_every_kind_can_be_drawn() -> None:
    rng = np.random.default_rng(3)
    groups, single = ChartData(rng.normal(10, 1, (25, 5))), ChartData(rng.normal(10, 1, 25))
    for kind in ("xbar_r", "xbar_s", "i_mr", "ewma", "cusum", "i_mr_rs"):
        data = groups if kind.startswith(("xbar", "i_mr_rs")) else single
        result = chart(kind, data)
        for panel, drawn in enumerate(result.panels):
            figure = control_chart(result, LABELS, LIGHT, panel=panel)
            assert figure.layout.title.text.startswith("Thickness: ")
            assert len(series(figure, "points").x) == len(drawn.points)


def test_limits_that_vary_follow_the_points_that_are_drawn() -> None:
    n = 5_000
    wider = np.linspace(1, 2, n)
    panel = Panel("ewma", np.sin(np.arange(n) / 50), 0.0, -wider, wider)
    result = ChartResult("ewma", n, n, 1.0, (panel,), (Signal("ewma", 4_321, "beyond_limits"),))
    figure = control_chart(result, LABELS, LIGHT)
    points, upper = series(figure, "points"), series(figure, "UCL")
    assert len(points.x) <= 2_001
    assert 4_321 in points.x
    assert list(upper.x) == list(points.x)


def test_a_hundred_thousand_points_are_thinned_and_every_signal_kept() -> None:
    values = np.random.default_rng(1).normal(size=100_000)
    values[77_777] = np.nan
    always = [5, 50_000, 99_999]
    kept = kept_points(values, always)
    assert len(kept) <= 2_003
    assert set(always) <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()
    assert values[kept].max() == np.nanmax(values)


def test_few_points_are_all_kept_and_strangers_passed_over() -> None:
    assert kept_points(np.arange(5.0), [1]).tolist() == [0, 1, 2, 3, 4]
    assert 9_999_999 not in kept_points(np.arange(3_000.0), [9_999_999])


def test_names_of_signals_leave_room_for_each_other() -> None:
    n = 200
    panel = Panel("individual", np.ones(n) * 9, 0.0, -3.0, 3.0)
    signals = tuple(Signal("individual", p, "beyond_limits") for p in range(1, n + 1))
    figure = control_chart(ChartResult("i_mr", n, n, 1.0, (panel,), signals), LABELS, LIGHT)
    named = [text for text in series(figure, "signals").text if text]
    assert 1 <= len(named) <= 24
