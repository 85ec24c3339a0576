"""Figures and words of experiments: palette, order, marks, no markup, signs and units."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import plotly.graph_objects as go
import pytest

from dashboards.experiment_result import compared_sentence, comparison_table, sweep_sentence
from dashboards.experiment_words import FIGURES, amount
from dashboards.figures.experiments import Change, change_intervals, half_normal_points, tornado
from dashboards.theme import DARK, LIGHT, Palette
from twin.experiments.comparison import Comparison, compare
from twin.experiments.factor import parse_factor
from twin.experiments.scenario import LineSource
from twin.experiments.scenario_text import parse_scenario
from twin.experiments.sweep import sweep

EVIL = "<script>alert(1)</script><b>&"
CHANGES = [
    Change(f"better {EVIL}", 2.0, 1.0, 3.0, group="one", half_normal=1.5),
    Change("worse", -1.0, -2.0, -0.5, group="one", half_normal=0.7),
    Change("not told", 0.1, -0.5, 0.7, group=EVIL, half_normal=0.2),
]
STYLE = {"title": "Throughput", "unit": "lots an hour"}
FIGURES_MADE: dict[str, Callable[[Palette], go.Figure]] = {
    "differences": lambda p: change_intervals(CHANGES, p, **STYLE),
    "tornado": lambda p: tornado(CHANGES, p, **STYLE),
    "half_normal": lambda p: half_normal_points(CHANGES, p, **STYLE),
}
EACH = pytest.mark.parametrize("make", FIGURES_MADE.values(), ids=FIGURES_MADE.keys())
LINE = """
[line]
name = "small"
[[station]]
name = "cut"
service_s = 60
[[station]]
name = "press"
service_s = {distribution = "exponential", mean = 100}
"""


def text_of(figure: go.Figure) -> str:
    made = json.loads(figure.to_json())
    made["layout"].pop("template", None)
    return json.dumps(made)


@EACH
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_a_figure_is_pure_in_its_palette_and_says_simulated(
    make: Callable[[Palette], go.Figure], palette: Palette
) -> None:
    figure = make(palette)
    assert text_of(figure) == text_of(make(palette))
    own = {getattr(palette, one.name) for one in fields(Palette) if one.name != "states"}
    used = set(re.findall(r'"(#[0-9A-Fa-f]{3,8}|rgba?\([\d., ]+\))"', text_of(figure)))
    assert used <= own | {"rgba(0,0,0,0)"}
    assert figure.layout.title.text == "Throughput, simulated"
    assert "<script" not in text_of(figure)


def test_what_is_sure_is_filled_and_what_is_better_is_round() -> None:
    dots = FIGURES_MADE["differences"](LIGHT).data
    assert [dot.marker.symbol for dot in dots] == ["circle", "diamond", "circle"]
    assert [dot.marker.color for dot in dots] == [LIGHT.good, LIGHT.control, LIGHT.surface]
    less = change_intervals(CHANGES, LIGHT, better=-1, **STYLE).data
    assert [dot.marker.color for dot in less][:2] == [LIGHT.control, LIGHT.good]


def test_intervals_are_drawn_as_they_are() -> None:
    (first, *_) = FIGURES_MADE["differences"](LIGHT).data
    assert first.x[0] + first.error_x.array[0] == 3.0
    assert first.x[0] - first.error_x.arrayminus[0] == 1.0
    assert "+2.00 (1.00 to 3.00)" in first.hovertext[0]


def test_a_tornado_spans_each_factor_about_zero() -> None:
    bars = [trace for trace in FIGURES_MADE["tornado"](LIGHT).data if trace.mode == "lines"]
    assert [tuple(bar.x) for bar in bars] == [(-1.0, 2.0), (0.0, 0.1)]


def test_only_sure_effects_bear_their_names() -> None:
    (points,) = FIGURES_MADE["half_normal"](LIGHT).data
    assert [bool(text) for text in points.text] == [True, True, False]
    assert list(points.y) == [2.0, 1.0, 0.1]


@pytest.mark.parametrize(
    ("figure", "values", "text"),
    [
        ("throughput_per_h", (12.34, 11.82, 12.91), "+12.3 (11.8 to 12.9) lots an hour"),
        ("flow_time_s", (-3600.0, -7200.0, -1800.0), "-1 (-2 to -0.5) hours"),
        ("yield", (0.01, 0.0, 0.02), "+1 (0 to 2) percentage points"),
        ("wip", (0.0, -1.0, 1.0), "0 (-1 to 1) lots"),
    ],
)
def test_amounts_have_sign_and_unit(
    figure: str, values: tuple[float, float, float], text: str
) -> None:
    written = re.sub(r"\.0+\b", "", amount(*values, figure).replace("−", "-"))
    assert written == text


@pytest.fixture
def source(tmp_path: Path) -> LineSource:
    path = tmp_path / "line.toml"
    path.write_text(LINE)
    return LineSource.read(path)


def compared(source: LineSource, *texts: str, figure: str = "throughput_per_h") -> Comparison:
    scenarios = [parse_scenario(text) for text in texts]
    run = {"hours": 10, "replications": 8, "seed": 1, "engine": "simpy"}
    return compare(source, scenarios, figure=figure, **run)


def test_the_winner_is_told_in_one_sentence(source: LineSource) -> None:
    one = compared_sentence(compared(source, "Second: press.servers=2"))
    assert re.fullmatch(r"\*\*Second gives \+[\d.]+ \([\d.]+ to [\d.]+\) lots an hour\*\*\.", one)
    two = compared_sentence(compared(source, "Second: press.servers=2", "cut.service_factor=0.5"))
    assert two.endswith("; better than every other.")
    alike = compared_sentence(compared(source, "A: press.servers=2", "B: press.servers=2"))
    assert alike.endswith("**, not told apart from B.")


def test_no_winner_is_told_too(source: LineSource) -> None:
    same = compared_sentence(compared(source, "Same: press.servers=1"))
    assert same.startswith("**No scenario surely changes throughput for the better**: Same gives 0")
    worse = compared_sentence(compared(source, "Slow: press.service_factor=2"))
    assert "Slow gives -" in worse.replace("−", "-")


def test_the_table_has_every_figure(source: LineSource) -> None:
    made = compared(source, "A: press.servers=2", "B: cut.servers=2")
    table = comparison_table(made)
    assert len(table) == 2 * len(made.figures)
    row = table.iloc[0]
    assert row["Mean"] - row["As it is"] == pytest.approx(row["Difference"])
    assert set(FIGURES) <= set(table["Figure"])


def test_the_strongest_factor_is_told(source: LineSource) -> None:
    factors = [parse_factor("press.servers=1,2"), parse_factor("cut.service_factor=0.99")]
    made = sweep(source, factors, hours=10, replications=8, engine="simpy")
    assert sweep_sentence(made).startswith("**press.servers = 2 changes throughput most: +")
    none = sweep(source, factors[1:], hours=1, replications=2, engine="simpy")
    assert sweep_sentence(none).startswith("**No factor surely changes throughput**; most: cut")
