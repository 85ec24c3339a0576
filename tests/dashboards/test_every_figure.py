"""Contract of all figures: pure, in the palette's colours, titled, drawn as SVG, harmless."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboards.figures import (
    ChartLabels,
    EvidencePoint,
    ForecastLot,
    Response,
    Specified,
    capability_histogram,
    control_chart,
    finish_intervals,
    index_intervals,
    kept_points,
    lot_yield_points,
    prior_share_bars,
    response_curve,
    state_shares,
    survival_curve,
    yield_intervals,
)
from dashboards.figures.alarms import alarms_over_time
from dashboards.figures.gantt import gantt_figure
from dashboards.figures.genealogy import family_tree
from dashboards.figures.line_bottleneck import bottleneck_spans
from dashboards.figures.line_losses import loss_steps
from dashboards.figures.quality_difference import difference_bars
from dashboards.figures.quality_known import best_time_bars, effect_curve
from dashboards.figures.quality_surface import surface_map
from dashboards.figures.run_length import (
    CostOfChart,
    delay_changes,
    false_alarm_bars,
    run_length_curve,
)
from dashboards.figures.shifts import oee_by_shift, shift_values
from dashboards.figures.sixpack import capability_sixpack_figure
from dashboards.gauge_figures import by_operator, by_part, components, range_chart
from dashboards.theme import DARK, LIGHT, STATES, Palette
from process_models.capability import capability, capability_sixpack
from process_models.capability.histogram import histogram_of
from process_models.gauge import cells, crossed
from process_models.quality.bands import surface_over
from process_models.quality.effects import best_time_shares, effects
from process_models.quality.paired import compare_settings
from process_models.quality.prior_share import prior_constants
from process_models.quality.setting import CellSetting
from process_models.run_length import Scheme
from process_models.run_length.operating import operating_curve
from process_models.spc import ChartData, ChartOptions, chart
from twin.bottleneck import bottleneck
from twin.gantt import STATE_ORDER, GanttBar
from twin.genealogy import Edge, Genealogy
from twin.genealogy.descent import descent
from twin.genealogy.layout import layout
from twin.losses import LOSSES, StationLosses
from twin.shift_kpi import ShiftKpi

EVIL = "<script>alert(1)</script><b>&"
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
VALUES = np.random.default_rng(2).normal(60, 1, 60)
VALUES[40] = 75.0
PARTS = [f"{EVIL}{i}" for i in np.repeat(range(5), 4)]
OPERATORS = [f"{EVIL}{o}" for o in ["a", "a", "b", "b"] * 5]
LABELS = ChartLabels(
    name=EVIL, unit=EVIL, simulated=True, lots=[EVIL] * 60,
    times=[NOON + timedelta(minutes=i) for i in range(60)],
)  # fmt: skip
ABOUT = Specified(name=EVIL, unit=EVIL, lsl=50.0, usl=80.0, target=60.0, simulated=True)
RESPONSE = Response(x=[0, 20, 40], median=[1, 2, None], low=[0.5, 1, None], high=[2, 3, None],
                    level=0.9)  # fmt: skip
LOTS = [
    ForecastLot(f"{EVIL}{i}", NOON, NOON - timedelta(hours=1), NOON + timedelta(hours=i), yields)
    for i, yields in enumerate([(0.9, 0.8, 1.0), None])
]
BARS = [
    GanttBar(EVIL, server, 100.0 * i, 100.0 * i + 100, state, EVIL, 2, 0.7)
    for server in (1, 2)
    for i, state in enumerate(STATE_ORDER)
]
LOST = StationLosses(EVIL, 9000.0, 60.0, dict.fromkeys(LOSSES, 1000.0), 1000.0)
SHIFTS = [
    ShiftKpi(i * 28_800, i * 28_800 + 28_800, i > 0, EVIL, 50, 6.2, *[0.9] * 6, 9.0, 600.0)
    for i in range(2)
]
COSTS = [CostOfChart(EVIL, 1.0, 5.0, 0.5, 7.0), CostOfChart("b", 2.0, 6.0)]
_FOREIGN = {"#1D2530"}  # dark letters on the coloured bars of either theme


def _chart(p: Palette) -> go.Figure:
    result = chart("i_mr", ChartData(VALUES), ChartOptions(phase1=30, exclude=(3, 41)))
    return control_chart(result, LABELS, p, specification=(50.0, 80.0), change=(38, 41))


def _believed() -> dict[str, Any]:
    return {name: values[:60] for name, values in prior_constants().items()}


def _surface(palette: Palette, what: str) -> go.Figure:
    found = surface_over(
        _believed(), CellSetting(), ("rolling_pressure_mpa", "thickness_um"), points=4
    )
    return surface_map(
        found, palette, what=what, title="CCD of a new cell (simulated)",
        x="Rolling pressure, MPa", y="Thickness, µm", at=(36.0, 60.0),
    )  # fmt: skip


def _gauge() -> tuple[Any, Any]:
    values = VALUES[:20]
    return crossed(values, PARTS, OPERATORS), cells(values, PARTS, OPERATORS)


FIGURES: dict[str, Callable[[Palette], go.Figure]] = {
    "control_chart": _chart,
    "capability_histogram": lambda p: capability_histogram(
        histogram_of(VALUES, capability(VALUES, lsl=50.0, usl=80.0)), ABOUT, p
    ),
    "sixpack": lambda p: capability_sixpack_figure(
        capability_sixpack(VALUES, lsl=50.0, usl=80.0, target=60.0), ABOUT, p
    ),
    "index_intervals": lambda p: index_intervals({"cpk": (1.5, 1.2, 1.8)}, p),
    "finish_intervals": lambda p: finish_intervals(LOTS, p, level=0.9, simulated=True),
    "yield_intervals": lambda p: yield_intervals(LOTS, p, level=0.9, simulated=True),
    "lot_yield_points": lambda p: lot_yield_points(
        [EVIL, "b"], [NOON] * 2, [0.9, 1.0], p, simulated=True
    ),
    "state_shares": lambda p: state_shares({EVIL: dict.fromkeys(STATES, 0.1)}, p, simulated=True),
    "bottleneck_spans": lambda p: bottleneck_spans(
        bottleneck({EVIL: [(0, 10)], "b": [(8, 22)]}), p, simulated=True
    ),
    "loss_steps": lambda p: loss_steps(LOST, p, simulated=True),
    "oee_by_shift": lambda p: oee_by_shift(SHIFTS, p, target=0.85, simulated=True),
    "shift_values": lambda p: shift_values(SHIFTS, "wip", p, target=10.0, simulated=True),
    "alarms_over_time": lambda p: alarms_over_time(
        [(NOON, "critical"), (NOON, "info")], NOON, NOON + timedelta(days=2), UTC, p
    ),
    "family_tree": lambda p: family_tree(
        layout(descent(Genealogy.of([Edge(EVIL, f"{EVIL}{i}", "cell", 0.0, EVIL) for i in (1, 2)]),
                       EVIL)), EVIL, p, simulated=True,
    ),
    "gantt": lambda p: gantt_figure(BARS, p, simulated=True),
    "response_curve": lambda p: response_curve(
        RESPONSE, p, title="Response", x="Time, s", y="CCD, mA/cm²", at=(20, 2.0),
        evidence=[
            EvidencePoint(40, 2.5, "ordinal", EVIL, 1.0, 3.0, EVIL, EVIL, EVIL),
            EvidencePoint(20, 2.5, "right", EVIL, laboratory="other"),
        ],
    ),
    "life_response": lambda p: response_curve(
        RESPONSE, p, title="Life", x="Time, s", y="Life, h", beyond=700.0
    ),
    "effect_curve": lambda p: effect_curve(
        effects(_believed(), {})[0], p, name="Sublimation time", x="Sublimation time, s"
    ),
    "best_time_bars": lambda p: best_time_bars(
        best_time_shares(_believed()), p, title="Best exposure (simulated)"
    ),
    "surface_middle": lambda p: _surface(p, "middle"),
    "surface_width": lambda p: _surface(p, "width"),
    "difference_bars": lambda p: difference_bars(
        compare_settings(_believed(), CellSetting(), CellSetting(sublimation_time_s=20.0)), p
    ),
    "survival_curve": lambda p: survival_curve(
        [0, 500, 1000], [1, 0.9, 0.5], p, title="Life", longest_observed_h=700
    ),
    "prior_share_bars": lambda p: prior_share_bars({"thickness_um": 0.4}, p),
    "run_length_curve": lambda p: run_length_curve(
        operating_curve(Scheme(chart="cusum"), (1.0,), interval_h=1.0, quantiles=(0.1, 0.5, 0.9)), p
    ),
    "false_alarm_bars": lambda p: false_alarm_bars(COSTS, p),
    "delay_changes": lambda p: delay_changes(COSTS, p, shift=1.0),
    "gauge_components": lambda p: components(_gauge()[0], p, simulated=True),
    "gauge_by_part": lambda p: by_part(_gauge()[1], LABELS, p),
    "gauge_by_operator": lambda p: by_operator(_gauge()[1], LABELS, p),
    "gauge_ranges": lambda p: range_chart(_gauge()[1], LABELS, p) or go.Figure(),
}  # fmt: skip
EACH = pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES.keys())
PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def leaves(node: Any) -> Iterator[str]:
    """Every text in a figure as it goes to the browser."""
    if isinstance(node, dict):
        for child in node.values():
            yield from leaves(child)
    elif isinstance(node, list):
        for child in node:
            yield from leaves(child)
    elif isinstance(node, str):
        yield node


def sent(figure: go.Figure) -> dict[str, Any]:
    made = json.loads(figure.to_json())
    made["layout"].pop("template", None)
    return dict(made)


def colours_of(palette: Palette) -> set[str]:
    plain = {getattr(palette, f.name) for f in fields(Palette) if f.name != "states"}
    return plain | set(palette.states.values()) | _FOREIGN | {"rgba(0,0,0,0)"}


@EACH
@PALETTES
def test_a_figure_uses_the_colours_of_its_palette_and_no_other(
    make: Callable[[Palette], go.Figure], palette: Palette
) -> None:
    used = {
        text
        for text in leaves(sent(make(palette)))
        if re.fullmatch(r"#[0-9A-Fa-f]{3,8}|rgba?\([\d., ]+\)", text)
    }
    assert used <= colours_of(palette)


@EACH
def test_a_figure_says_what_it_shows_and_names_its_axes(
    make: Callable[[Palette], go.Figure],
) -> None:
    figure = make(LIGHT)
    title = figure.layout.title.text
    assert title
    assert title[:1].isupper() or title.startswith("&lt;")
    named = [axis.title.text for axis in (*figure.select_xaxes(), *figure.select_yaxes())]
    assert any(named)
    assert all(trace.type in ("scatter", "bar", "contour") for trace in figure.data)


@EACH
def test_a_figure_of_the_same_data_is_the_same(make: Callable[[Palette], go.Figure]) -> None:
    assert sent(make(DARK)) == sent(make(DARK))


@EACH
def test_no_markup_of_the_data_reaches_a_figure(make: Callable[[Palette], go.Figure]) -> None:
    own = re.compile(r"</?(b|br|extra)>")
    for text in leaves(sent(make(LIGHT))):
        assert "<script" not in text
        assert "<" not in own.sub("", text)


@pytest.mark.parametrize("name", ["control_chart", "capability_histogram", "sixpack",
                                  "finish_intervals", "yield_intervals", "lot_yield_points",
                                  "state_shares", "gantt", "family_tree", "gauge_components",
                                  "gauge_by_part", "gauge_by_operator",
                                  "gauge_ranges", "surface_middle", "difference_bars",
                                  "best_time_bars"])  # fmt: skip
def test_simulated_data_are_called_so(name: str) -> None:
    assert "simulated" in FIGURES[name](LIGHT).layout.title.text


def test_the_alternative_text_is_the_title_without_entities() -> None:
    def script() -> None:
        from dashboards.components import draw
        from dashboards.theme import LIGHT, new_figure

        draw(new_figure(LIGHT, title="A &amp; B &lt;5<br>%", x="x", y="y"), "one")

    page = AppTest.from_function(script).run()
    assert not page.exception
    (drawn,) = page.get("plotly_chart")
    assert drawn.proto.alt == "A & B <5 %"


@settings(max_examples=20)
@given(
    n=st.integers(0, 3000), limit=st.integers(10, 400), seed=st.integers(0, 99),
    marked=st.lists(st.integers(-5, 3100), max_size=40), holes=st.floats(0, 1),
)  # fmt: skip
def test_thinning_keeps_every_signalled_point_and_the_extremes(
    n: int, limit: int, seed: int, marked: list[int], holes: float
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1, n)
    values[rng.random(n) < holes] = np.nan
    before = values.copy()
    kept = kept_points(values, marked, limit)
    assert np.array_equal(values, before, equal_nan=True)
    assert {m for m in marked if 0 <= m < n} <= set(kept.tolist()) or n <= limit
    assert np.all(np.diff(kept) > 0)
    assert len(kept) <= max(limit, 1) + len(set(marked))
    assert kept.size == 0 or (kept[0] >= 0 and kept[-1] < n)
    if np.isfinite(values).any():
        assert np.nanmax(values[kept]) == np.nanmax(values)
        assert np.nanmin(values[kept]) == np.nanmin(values)


@settings(max_examples=10)
@given(seed=st.integers(0, 99), spikes=st.sets(st.integers(1, 5000), max_size=30))
def test_every_signal_of_a_long_chart_is_drawn(seed: int, spikes: set[int]) -> None:
    values = np.random.default_rng(seed).normal(0, 1, 5000)
    values[[s - 1 for s in spikes]] += 20.0
    result = chart("i_mr", ChartData(values), ChartOptions(centre=0.0, sigma=1.0))
    figure = control_chart(result, ChartLabels(name="x"), LIGHT, limit=200)
    signalled = {s.point for s in result.signals if s.panel == "individual"}
    drawn = {trace.name: trace for trace in figure.data}
    assert spikes <= signalled
    assert signalled == set(drawn["signals"].x if "signals" in drawn else ())
    assert signalled <= set(drawn["points"].x)
    assert len(drawn["points"].x) <= 200 + len(signalled)


@settings(max_examples=12)
@given(first=st.integers(1, 60), last=st.integers(1, 60))
def test_any_window_shows_its_points_and_no_others(first: int, last: int) -> None:
    first, last = min(first, last), max(first, last)
    result = chart("i_mr", ChartData(VALUES), ChartOptions(phase1=30, exclude=(3, 41)))
    figure = control_chart(result, LABELS, LIGHT, window=(first, last), change=(38, 41))
    for trace in figure.data:
        if trace.name in ("points", "signals", "excluded"):
            assert min(trace.x) >= first
            assert max(trace.x) <= last
    points = next(trace for trace in figure.data if trace.name == "points")
    assert list(points.x) == list(range(first, last + 1))
