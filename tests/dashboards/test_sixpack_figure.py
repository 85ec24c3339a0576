"""The six-panel figure: what it shows, and in which marks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dashboards.figures import Specified
from dashboards.figures.sixpack import capability_sixpack_figure
from dashboards.theme import DARK, LIGHT
from process_models.capability import CapabilitySixpack, capability_sixpack

LABELS = [str(i // 5) for i in range(150)]


@pytest.fixture(scope="module")
def view() -> CapabilitySixpack:
    """Seed 60; 30 subgroups of 5, the last far off."""
    values = np.random.default_rng(60).normal(10.0, 1.0, 150)
    values[-5:] += 6.0
    return capability_sixpack(values, lsl=6.0, usl=14.0, target=10.0, subgroup=LABELS)


def about(**changes: Any) -> Specified:
    options = {"name": "Thickness", "unit": "um", "lsl": 6.0, "usl": 14.0, "target": 10.0}
    return Specified(**{**options, **changes})


def texts(figure: Any) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def lines_of(figure: Any) -> list[Any]:
    return [trace for trace in figure.data if trace.type == "scatter"]


def test_every_panel_says_what_it_shows(view: CapabilitySixpack) -> None:
    figure = capability_sixpack_figure(view, about(), LIGHT)
    assert figure.layout.title.text == "Thickness: six panels"
    shown = texts(figure)
    for title in (
        "Means of subgroups",
        "Ranges of subgroups",
        "Last 25 subgroups",
        "Values and fitted curve",
        "Spread of the process and specification",
    ):
        assert title in shown
    assert any(text.startswith("Probability plot: normal, p") for text in shown)


def test_axes_bear_the_unit(view: CapabilitySixpack) -> None:
    figure = capability_sixpack_figure(view, about(), LIGHT)
    assert figure.layout.yaxis5.title.text == "Thickness, µm"
    for axis in (figure.layout.xaxis2, figure.layout.xaxis4, figure.layout.xaxis6):
        assert axis.title.text == "Thickness, µm"


def test_signals_are_diamonds(view: CapabilitySixpack) -> None:
    figure = capability_sixpack_figure(view, about(), LIGHT)
    diamonds = [t for t in lines_of(figure) if t.marker.symbol == "diamond" and len(t.x)]
    assert [trace.x[-1] for trace in diamonds] == [30]


def test_specification_is_dotted_and_named(view: CapabilitySixpack) -> None:
    figure = capability_sixpack_figure(view, about(), LIGHT)
    lines = [shape for shape in figure.layout.shapes if shape.line.dash == "dot"]
    assert sorted(shape.x0 for shape in lines) == [6.0, 10.0, 14.0]
    assert {"LSL", "Target", "USL"} <= set(texts(figure))


def test_control_limits_are_dashed_and_of_another_colour(view: CapabilitySixpack) -> None:
    figure = capability_sixpack_figure(view, about(), LIGHT)
    limits = [t for t in lines_of(figure) if t.line.color == LIGHT.control]
    assert len(limits) == 4
    assert {trace.line.dash for trace in limits} == {"dash"}


def test_simulated_data_says_so(view: CapabilitySixpack) -> None:
    figure = capability_sixpack_figure(view, about(simulated=True), DARK)
    assert figure.layout.title.text.endswith("simulated data")
    assert any(trace.marker.color == DARK.simulated for trace in figure.data)


def test_a_name_cannot_bring_markup(view: CapabilitySixpack) -> None:
    figure = capability_sixpack_figure(view, about(name="<b>x</b>"), LIGHT)
    assert "<b>" not in figure.layout.title.text


def test_one_limit_and_single_values() -> None:
    """Seed 61; a Weibull fit of 40 single values."""
    values = np.random.default_rng(61).weibull(2.0, 40)
    view = capability_sixpack(values, usl=4.0, distribution="weibull")
    figure = capability_sixpack_figure(view, about(lsl=None, target=None, usl=4.0), LIGHT)
    shown = texts(figure)
    assert "Single values" in shown
    assert "Moving ranges" in shown
    assert "Last 25 values" in shown
    assert "LSL" not in shown
    spreads = [trace.y[0] for trace in figure.data if trace.y is not None and len(trace.y)
               and isinstance(trace.y[0], str)]  # fmt: skip
    assert spreads == ["Overall", "Specification"]
