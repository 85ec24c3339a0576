"""The line as data: planned stops, the path of lots, stations by name."""

from __future__ import annotations

from itertools import islice

import pytest

from process_models.errors import InputError
from twin.distributions import Deterministic
from twin.line import Arrivals, Calendar, LineModel, StationModel

SERVICE = Deterministic(10)


def test_a_calendar_stops_at_the_end_of_each_shift() -> None:
    assert list(islice(Calendar(16, 8).stops(0), 3)) == [(16, 24), (40, 48), (64, 72)]


def test_a_calendar_that_starts_late_was_off_before() -> None:
    assert list(islice(Calendar(16, 8, start_s=6).stops(0), 2)) == [(-2, 6), (22, 30)]


def test_a_calendar_asked_in_a_stop_gives_that_stop() -> None:
    assert next(Calendar(16, 8).stops(20)) == (16, 24)
    assert next(Calendar(16, 8).stops(24)) == (40, 48)


def test_planned_stops_are_united() -> None:
    station = StationModel(
        "a", SERVICE, calendar=Calendar(16, 8), down_windows_s=((10, 17), (2, 4), (24, 25))
    )
    assert station.planned_stops_between(0, 30) == [(2, 4), (10, 25)]


def test_windows_that_are_over_are_left_out() -> None:
    station = StationModel("a", SERVICE, down_windows_s=((0, 5), (10, 20)))
    assert list(station.planned_stops(5)) == [(10, 20)]


def test_a_calendar_without_stops_has_none() -> None:
    assert list(StationModel("a", SERVICE, calendar=Calendar(10, 0)).planned_stops(0)) == []


def test_lots_do_not_visit_the_laboratory() -> None:
    inspect, laboratory = StationModel("i", SERVICE), StationModel("t", SERVICE, sample_every=3)
    line = LineModel("x", Arrivals("saturated"), (inspect, laboratory))
    assert line.path == (inspect,)
    assert line.index("t") == 1


def test_an_unknown_station_is_refused_with_those_there_are() -> None:
    line = LineModel("x", Arrivals("saturated"), (StationModel("a", SERVICE),))
    with pytest.raises(InputError, match="station must be one of a, got 'b'"):
        line.index("b")
