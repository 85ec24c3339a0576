"""Figures by shift, by hand."""

from __future__ import annotations

import math

import pytest

from twin.distributions import Deterministic
from twin.line import Arrivals, Calendar, LineModel, StationModel
from twin.shift_kpi import SHIFT_S, rated_per_h, shift_kpis, slowest_station, working_shifts
from twin.simulation import LineSimulation

CALENDAR = Calendar(on_s=57_600, off_s=28_800)


def line(**more: object) -> LineModel:
    stations = (
        StationModel("a", Deterministic(200), calendar=CALENDAR),
        StationModel("b", Deterministic(480), buffer=2, calendar=CALENDAR),
    )
    return LineModel("two", Arrivals("saturated"), stations)


def test_two_shifts_of_a_day_work() -> None:
    assert working_shifts(line(), 0, 4 * SHIFT_S) == [
        (0, SHIFT_S), (SHIFT_S, 2 * SHIFT_S), (3 * SHIFT_S, 4 * SHIFT_S),
    ]  # fmt: skip


def test_a_shift_that_has_begun_is_whole_at_its_start_and_cut_at_its_end() -> None:
    assert working_shifts(line(), 100, SHIFT_S + 600) == [
        (0, SHIFT_S), (SHIFT_S, SHIFT_S + 600),
    ]  # fmt: skip
    assert working_shifts(line(), SHIFT_S, SHIFT_S) == []


def test_the_slowest_station_and_what_it_is_good_for() -> None:
    assert slowest_station(line()) == "b"
    assert rated_per_h(line()) == 7.5
    furnace = StationModel("f", Deterministic(600), servers=2, batch=3)
    assert rated_per_h(LineModel("f", Arrivals("saturated"), (furnace,))) == 36


def test_figures_of_a_line_that_loses_nothing() -> None:
    simulation = LineSimulation(line(), seed=1)
    simulation.run(until_s=4 * SHIFT_S)
    first, second, third = shift_kpis(simulation.records, line(), 0, 4 * SHIFT_S)
    assert first.good_lots == 59  # the first lot comes to b after 200 s
    assert second.good_lots == third.good_lots == 60
    for shift in (second, third):
        assert shift.station == "b"
        assert shift.over
        assert shift.throughput_per_h == 7.5
        for name in ("availability", "effectiveness", "quality_ratio", "oee"):
            assert getattr(shift, name) == pytest.approx(1.0), name
        assert shift.first_pass_yield == shift.rolled_yield == 1.0
        assert shift.wip == pytest.approx(4, abs=0.01)


def test_oee_is_the_product_of_its_factors_and_the_station_may_be_named() -> None:
    simulation = LineSimulation(line(), seed=1)
    simulation.run(until_s=SHIFT_S + 3600)
    for shift in shift_kpis(simulation.records, line(), 0, SHIFT_S + 3600, station="a"):
        product = shift.availability * shift.effectiveness * shift.quality_ratio
        assert shift.station == "a"
        assert shift.oee == pytest.approx(product)
        assert shift.availability < 0.5
    assert not shift.over


def test_a_shift_of_which_nothing_is_known_has_no_figures() -> None:
    simulation = LineSimulation(line(), seed=1)
    simulation.run(until_s=100)
    (shift,) = shift_kpis(simulation.records, line(), 0, 100)
    assert shift.good_lots == 0
    assert math.isnan(shift.quality_ratio)
    assert math.isnan(shift.rolled_yield)
