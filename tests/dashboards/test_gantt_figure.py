"""The Gantt figure: a row a server, a trace a state, letters where they fit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from dashboards.figures.gantt import gantt_figure
from dashboards.theme import DARK, LIGHT, STATES
from twin.gantt import STATE_ORDER, GanttBar

BARS = (
    GanttBar("unwind", 1, 0.0, 3600.0, "starved"),
    GanttBar("cool", 1, 0.0, 3590.0, "running", "L00001", 1),
    GanttBar("cool", 1, 3590.0, 3600.0, "blocked", "L00001", 1),
    GanttBar("cool", 2, 0.0, 3600.0, "running", "L00002", 3, 0.8),
)


def test_rows_are_in_order_of_the_line_and_numbered_where_a_station_has_several() -> None:
    figure = gantt_figure(BARS, LIGHT)
    assert list(figure.layout.yaxis.categoryarray) == ["Unwind", "Cool 1", "Cool 2"]
    assert figure.layout.yaxis.autorange == "reversed"


def test_each_state_is_a_trace_named_by_letter_and_word() -> None:
    names = [trace.name for trace in gantt_figure(BARS, LIGHT).data]
    assert names == ["R Running", "S Starved", "B Blocked"]


def test_every_state_of_a_bar_has_a_style_and_a_colour_of_its_own() -> None:
    for palette in (LIGHT, DARK):
        assert len({palette.states[state] for state in STATE_ORDER}) == len(STATE_ORDER)
    assert len({STATES[state].letter for state in STATE_ORDER}) == len(STATE_ORDER)


def test_bars_stand_at_their_time_in_the_zone_of_the_reader() -> None:
    zone = timezone(timedelta(hours=2))
    running = gantt_figure(BARS, LIGHT, zone=zone).data[0]
    assert running.base[0] == datetime(2024, 1, 1, 8)
    assert running.x[0] == 3_590_000.0
    assert gantt_figure(BARS, LIGHT, zone=UTC).data[0].base[0] == datetime(2024, 1, 1, 6)


def test_a_letter_is_left_out_of_a_bar_that_is_too_short_for_it() -> None:
    figure = gantt_figure(BARS, LIGHT)
    assert [list(trace.text) for trace in figure.data] == [["R", "R"], ["S"], [""]]


def test_the_pointer_tells_lot_duration_and_what_was_put_together() -> None:
    running = gantt_figure(BARS, LIGHT).data[0]
    assert running.hovertext == (
        "Cool 1: Running for 60 min, lot L00001",
        "Cool 2: Running for 60 min, lot L00002 and 2 more (80.0 % of this time; 3 lots began)",
    )


def test_no_bars_are_an_empty_figure() -> None:
    assert gantt_figure((), LIGHT).data == ()
