"""The Line page: its picture, its parts that look back, full, empty and silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import line_past
from dashboards.figures.line_bottleneck import bottleneck_spans
from dashboards.figures.line_losses import loss_steps
from dashboards.figures.shifts import SHIFT_FIGURES, oee_by_shift, shift_values
from dashboards.line_picture import places_html, servers_html, way_in
from dashboards.theme import LIGHT
from twin.bottleneck import bottleneck
from twin.losses import StationLosses
from twin.overview import Figure, StationOverview
from twin.shift_kpi import ShiftKpi
from twin.state import Condition, StationState

NONE = Figure(None, "share", "simulated", None)
SHIFT = ShiftKpi(
    start_s=0.0, end_s=28_800.0, over=True, station="roll", good_lots=50, throughput_per_h=6.25,
    availability=0.9, effectiveness=0.95, quality_ratio=0.99, oee=0.846, first_pass_yield=0.97,
    rolled_yield=0.96, wip=20.5, waiting_s=5400.0,
)  # fmt: skip
LOST = StationLosses(
    "roll", 28_800.0, 480.0,
    {"down": 2400.0, "blocked": 0.0, "speed": 480.0, "scrap": 960.0, "rework": 0.0}, 24_960.0,
)  # fmt: skip


def station(
    condition: Condition = "running", servers: int = 1, buffer: int | None = 4, **counts: int
) -> StationOverview:
    now = StationState("roll", condition, None, **counts)
    return StationOverview(now, servers, buffer, NONE, NONE, NONE, NONE, None)


def letters(one: StationOverview) -> str:
    """The letters in the squares of the servers."""
    return "".join(part.split("</b>")[0][-1] for part in servers_html(one).split("<b")[1:])


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (station(servers=3, in_service=2), "RRS"),
        (station("blocked", blocked=1), "B"),
        (station("down", in_service=1, servers_down=1), "D"),
        (station("down", servers_down=1), "D"),
        (station(servers=2, in_service=1, servers_down=1), "RD"),
        (station("planned_stop", servers=2), "PP"),
    ],
)
def test_every_server_has_its_letter(one: StationOverview, shown: str) -> None:
    assert letters(one) == shown


def test_many_servers_and_places_are_counted() -> None:
    assert "34 of 96 busy" in servers_html(station(servers=96, in_service=34))
    assert "3 of 40 waiting" in places_html(station(buffer=40, queued=3))


def test_the_buffer_shows_what_is_taken() -> None:
    html = places_html(station(buffer=4, queued=3))
    assert html.count('class="full"') == 3
    assert html.count("<i ") == 4
    assert 'aria-label="3 of 4 waiting"' in html
    assert "no buffer" in places_html(station(buffer=0))
    assert "7 waiting" in places_html(station(buffer=None, queued=7))


def test_the_arrow_says_where_lots_are_held_up_or_missing() -> None:
    assert way_in(station(), None) == ""
    assert "block" in way_in(station(), station("blocked"))
    assert ":blue[" in way_in(station("starved"), station())
    assert ":gray[" in way_in(station(), station())


def test_the_losses_are_drawn_largest_first_and_small_ones_left_out() -> None:
    bars = loss_steps(LOST, LIGHT).data
    assert [bar.y[0] for bar in bars] == [
        "Planned busy time",
        "Down",
        "Scrap",
        "Speed",
        "Good lots",
    ]
    assert [bar.x[0] for bar in bars] == [60, 5, 2, 1, 52]
    assert bars[3].base[0] == bars[4].x[0]
    assert "lost most to **down**: 8.3 %" in line_past.loss_sentence(LOST)
    nothing = replace(LOST, lost_s=dict.fromkeys(LOST.lost_s, 0.0))
    assert "lost nothing" in line_past.loss_sentence(nothing)


def test_the_bottleneck_is_drawn_in_rows_of_stations() -> None:
    found = bottleneck({"polish": [(0, 10)], "roll": [(8, 22)], "wind": []})
    figure = bottleneck_spans(found, LIGHT)
    assert {bar.name: len(bar.y) for bar in figure.data} == {"Alone": 2, "Shifting": 2}
    assert list(figure.layout.yaxis.tickvals) == ["Polish", "Roll", "Wind"]
    assert "Roll** was the bottleneck" in line_past.bottleneck_sentence(found)
    assert line_past.bottleneck_sentence(bottleneck({"a": []})) == "No station was active."


@pytest.mark.parametrize("name", list(SHIFT_FIGURES))
def test_every_figure_of_a_shift_can_be_drawn_and_written(name: str) -> None:
    figure = shift_values([SHIFT, replace(SHIFT, over=False)], name, LIGHT, target=0.5)
    assert len(figure.data[0].y) == 2
    assert figure.data[1].name.startswith("Target")
    assert SHIFT_FIGURES[name].text(float("nan")) == "–"


def test_shifts_stand_side_by_side_with_their_target() -> None:
    figure = oee_by_shift([SHIFT] * 3, LIGHT, target=0.85)
    assert [one.name for one in figure.data] == [
        "Availability", "Effectiveness", "Quality ratio", "OEE", "Target 85%",
    ]  # fmt: skip
    table = line_past.shifts_table((SHIFT, replace(SHIFT, start_s=28_800.0, over=False)), UTC)
    assert list(table.columns[2:]) == ["Mon 1 Jan 14:00, so far", "Mon 1 Jan 06:00"]
    assert table.set_index("Figure")["Mon 1 Jan 06:00"]["Waiting a lot"] == "90.0"


def test_the_page_looks_back_over_every_period(full: Path, app: AppTest) -> None:
    app.run()
    assert not app.exception
    for period in line_past.PERIODS:
        app.segmented_control(key="back").set_value(period).run()
        assert not app.exception
        assert not app.error
        text = " ".join(str(one.value) for one in app.markdown)
        assert "was the bottleneck" in text
        assert "** lost " in text


def test_another_station_and_figure_are_shown(full: Path, app: AppTest) -> None:
    app.run()
    app.selectbox(key="station").set_value("inspect").run()
    assert any("**Inspect** lost most to" in str(one.value) for one in app.markdown)
    app.selectbox(key="shift-figure").set_value("throughput_per_h").run()
    app.number_input(key="target").set_value(70.0).run()
    assert not app.exception


def test_an_empty_store_has_no_past(empty: Path, app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert not app.segmented_control
    assert any("No event of the line" in str(one.value) for one in app.markdown)


def test_the_past_of_a_silent_line_ends_when_it_was_last_heard(
    full: Path, app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime.now(UTC) + timedelta(days=3)
    monkeypatch.setattr("dashboards.state.now", lambda: later)
    app.run()
    assert not app.exception
    assert any("Stale since" in str(one.value) for one in app.warning)
    assert any("was the bottleneck" in str(one.value) for one in app.markdown)
