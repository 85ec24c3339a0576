"""The other figures: capability, quality, forecast, line; and the colours they use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboards.figures import (
    ForecastLot,
    Response,
    Specified,
    capability_histogram,
    finish_intervals,
    index_intervals,
    lot_yield_points,
    prior_share_bars,
    response_curve,
    state_shares,
    survival_curve,
    yield_intervals,
)
from dashboards.theme import DARK, LIGHT, STATES, Palette
from process_models.capability import capability
from process_models.capability.histogram import histogram_of

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def notes(figure: go.Figure) -> list[str]:
    return [str(note.text) for note in figure.layout.annotations]


def named(figure: go.Figure, name: str) -> Any:
    return next(trace for trace in figure.data if trace.name == name)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2 between two colours `#rrggbb`."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@PALETTES
def test_text_reads_on_its_background(palette: Palette) -> None:
    text = (palette.ink, palette.quiet, palette.control_text, palette.specification_text)
    assert min(contrast(colour, palette.surface) for colour in text) >= 4.5


@PALETTES
def test_marks_and_lines_stand_out(palette: Palette) -> None:
    marks = (palette.control, palette.specification, palette.simulated, palette.forecast)
    assert min(contrast(colour, palette.surface) for colour in marks) >= 3


@PALETTES
def test_every_state_has_a_colour_and_a_letter_of_its_own(palette: Palette) -> None:
    assert set(palette.states) == set(STATES)
    assert len({style.letter for style in STATES.values()}) == len(STATES)
    assert min(contrast(palette.states[s], "#1D2530") for s in STATES if s != "unknown") >= 3


@PALETTES
def test_a_histogram_counts_every_value_and_names_the_specification(palette: Palette) -> None:
    values = np.random.default_rng(0).normal(60, 1, 500)
    about = Specified(name="Thickness", unit="um", lsl=57.0, usl=63.0, target=60.0, simulated=True)
    drawn = histogram_of(values, capability(values, lsl=57.0, usl=63.0, target=60.0))
    figure = capability_histogram(drawn, about, palette)
    assert sum(figure.data[0].y) == 500
    assert {"LSL 57.00 µm", "Target 60.00 µm", "USL 63.00 µm"} <= set(notes(figure))
    assert "simulated" in figure.layout.title.text
    area = np.trapezoid(named(figure, "normal, overall spread").y, figure.data[1].x)
    assert area == pytest.approx(500 * figure.data[0].width[0] / 0.94, rel=0.01)


def test_a_one_sided_specification_draws_one_limit() -> None:
    about = Specified(name="H2O", unit="ppm", lsl=None, usl=0.1)
    values = np.array([0.02, 0.03, 0.05, 0.03, 0.04])
    figure = capability_histogram(histogram_of(values, capability(values, usl=0.1)), about, LIGHT)
    assert notes(figure) == ["USL 0.1 ppm"]


def test_a_fitted_distribution_has_one_curve_that_bears_its_name() -> None:
    values = 0.01 + np.random.default_rng(3).gamma(2.0, 0.02, 200)
    study = capability(values, usl=0.3, distribution="gamma")
    about = Specified(name="H2O", unit="ppm", lsl=None, usl=0.3)
    figure = capability_histogram(histogram_of(values, study), about, LIGHT, family="gamma")
    assert [trace.name for trace in figure.data[1:]] == ["gamma"]
    assert sum(figure.data[0].y) == 200


def test_indices_show_their_intervals_beside_what_is_wanted() -> None:
    figure = index_intervals({"cpk": (1.5, 1.2, 1.8), "ppk": (1.1, 0.9, 1.3)}, LIGHT)
    points = figure.data[0]
    assert list(points.y) == ["Ppk", "Cpk"]
    assert list(points.error_x.array) == pytest.approx([0.2, 0.3])
    assert "wanted 1.33" in notes(figure)


def test_a_response_leaves_out_what_cannot_be_said() -> None:
    response = Response(x=[0, 20, 40], median=[1, 2, None], low=[0.5, 1, None],
                        high=[2, 3, None], level=0.9)  # fmt: skip
    figure = response_curve(response, LIGHT, title="t", x="x", y="y", at=(20, 2.0))
    assert list(named(figure, "90% interval").x) == [0, 20, 20, 0]
    assert list(named(figure, "this setting").y) == [2.0]


def test_survival_beyond_every_observation_is_marked() -> None:
    figure = survival_curve([0, 500, 1000], [1.0, 0.9, 0.7], LIGHT, title="t",
                            longest_observed_h=700.0)  # fmt: skip
    assert "beyond every observation" in notes(figure)
    inside = survival_curve([0, 500], [1.0, 0.9], LIGHT, title="t", longest_observed_h=700.0)
    assert notes(inside) == []


def test_the_share_of_prior_is_written_on_its_bar() -> None:
    figure = prior_share_bars({"sublimation_time_s": 0.2, "thickness_um": 1.0}, LIGHT)
    prior = named(figure, "prior")
    assert list(prior.y) == ["Thickness, µm", "Sublimation time, s"]
    assert list(prior.text) == ["prior 100 %", "prior 20.0 %"]


def lots() -> list[ForecastLot]:
    hour = timedelta(hours=1)
    return [
        ForecastLot("L1", NOON, NOON - hour, NOON + hour, (0.9, 0.6, 1.0)),
        ForecastLot("L2<", NOON + hour, NOON, NOON + 3 * hour, None),
    ]


def test_a_forecast_draws_each_lot_with_its_interval() -> None:
    figure = finish_intervals(lots(), LIGHT, level=0.9, simulated=True)
    assert list(figure.data[-1].y) == ["L1", "L2&lt;"]
    assert figure.data[0].x[0] == datetime(2026, 3, 4, 11, 0)
    assert "simulated" in figure.layout.title.text


def test_a_lot_without_a_yield_keeps_its_place() -> None:
    figure = yield_intervals(lots(), LIGHT, level=0.9)
    assert list(figure.data[0].y) == ["L1"]
    assert list(figure.layout.yaxis.categoryarray) == ["L1", "L2&lt;"]
    assert list(figure.data[0].error_x.arrayminus) == pytest.approx([0.3])


def test_state_shares_bear_the_letters_of_their_states() -> None:
    figure = state_shares({"roll": {"running": 0.7, "down": 0.29, "blocked": 0.01}}, LIGHT)
    letters = {trace.name: trace.text[0] for trace in figure.data}
    assert letters == {"Running": "R", "Down": "D", "Blocked": ""}
    assert named(figure, "Down").marker.color == LIGHT.states["down"]


def test_lot_yields_are_drawn_over_time() -> None:
    figure = lot_yield_points(["L1", "L2"], [NOON, NOON + timedelta(hours=1)], [1.0, 0.6], LIGHT)
    assert list(figure.data[0].y) == [1.0, 0.6]
    assert "Lot L2: 60.0 %" in figure.data[0].hovertext
