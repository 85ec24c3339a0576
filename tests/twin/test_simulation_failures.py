"""Failures: the two clocks, repair crews, and planned stops in between, worked out by hand."""

from __future__ import annotations

import pytest

from twin.distributions import Deterministic
from twin.event_table import events
from twin.line import Arrivals, Calendar, Failure, LineModel, People, StationModel
from twin.records import visits
from twin.simulation import LineSimulation

GAPS = Arrivals("renewal", interarrival_s=Deterministic(20))


def failing(clock: str, up_s: float, repair_s: float) -> Failure:
    return Failure(clock, Deterministic(up_s), Deterministic(repair_s))  # type: ignore[arg-type]


def ran(
    *stations: StationModel, until_s: float, arrivals: Arrivals, people: tuple[People, ...] = ()
) -> LineSimulation:
    simulation = LineSimulation(LineModel("test", arrivals, stations, people), seed=1)
    simulation.run(until_s=until_s)
    return simulation


def services(simulation: LineSimulation) -> list[tuple[float, float]]:
    table = visits(simulation.records).dropna()
    return list(table[["start_s", "finish_s"]].itertuples(index=False, name=None))


def station_events(simulation: LineSimulation) -> list[tuple[float, str, int]]:
    table = events(simulation.records)
    chosen = table[table["event"].isin(["down", "up"])]
    return list(chosen[["time_s", "event", "server"]].itertuples(index=False, name=None))


def test_the_operation_clock_runs_while_processing_only() -> None:
    station = StationModel("a", Deterministic(10), failure=failing("operation", 15, 4))
    simulation = ran(station, until_s=100, arrivals=GAPS)
    assert services(simulation) == [(20, 30), (40, 54), (60, 70), (80, 94)]
    assert station_events(simulation) == [
        (45, "down", 1), (49, "up", 1), (80, "down", 1), (84, "up", 1),
    ]  # fmt: skip


def test_the_time_clock_runs_while_starved_too() -> None:
    station = StationModel("a", Deterministic(10), failure=failing("time", 15, 4))
    simulation = ran(station, until_s=100, arrivals=GAPS)
    assert services(simulation) == [(20, 30), (40, 50), (60, 70), (80, 90)]
    assert [time for time, _, _ in station_events(simulation)] == [
        15, 19, 34, 38, 53, 57, 72, 76, 91, 95,
    ]  # fmt: skip


def test_a_lot_waits_for_the_repair_of_an_idle_server() -> None:
    station = StationModel("a", Deterministic(10), failure=failing("time", 15, 30))
    simulation = ran(station, until_s=60, arrivals=GAPS)
    assert services(simulation) == [(45, 55)]


def test_an_interrupted_service_goes_on_where_it_stopped() -> None:
    station = StationModel("a", Deterministic(10), failure=failing("time", 25, 7))
    simulation = ran(station, until_s=50, arrivals=GAPS)
    assert services(simulation)[0] == (20, 37)


def test_one_fitter_repairs_two_servers_one_after_the_other() -> None:
    station = StationModel(
        "a",
        Deterministic(100),
        servers=2,
        failure=failing("operation", 5, 3),
        repair_crew="fitters",
    )
    simulation = ran(
        station, until_s=12, arrivals=Arrivals("saturated"), people=(People("fitters", 1),)
    )
    assert station_events(simulation) == [
        (5, "down", 1), (5, "down", 2), (8, "up", 1), (11, "up", 2),
    ]  # fmt: skip


def test_a_repair_goes_on_through_a_planned_stop() -> None:
    station = StationModel(
        "a", Deterministic(10), failure=failing("operation", 8, 4), calendar=Calendar(10, 5)
    )
    simulation = ran(station, until_s=30, arrivals=Arrivals("saturated"))
    assert station_events(simulation)[:2] == [(8, "down", 1), (12, "up", 1)]
    assert services(simulation)[0] == (0, 17)


def test_a_blocked_lot_leaves_a_server_that_is_down() -> None:
    first = StationModel("a", Deterministic(2), failure=failing("time", 10, 50))
    second = StationModel("b", Deterministic(5), buffer=0)
    simulation = ran(first, second, until_s=30, arrivals=Arrivals("saturated"))
    table = visits(simulation.records)
    assert list(table.loc[table["station"] == "a", "depart_s"].dropna()) == [2, 7, 12]


@pytest.mark.parametrize("clock", ["operation", "time"])
def test_lots_all_leave_in_spite_of_failures(clock: str) -> None:
    station = StationModel("a", Deterministic(10), batch=3, failure=failing(clock, 15, 4))
    simulation = LineSimulation(LineModel("x", GAPS, (station,)), seed=1)
    simulation.run(lots=7)
    assert simulation.finished == 7


@pytest.mark.parametrize("clock", ["operation", "time"])
def test_a_schedule_without_lots_ends_in_spite_of_failures(clock: str) -> None:
    station = StationModel("a", Deterministic(10), failure=failing(clock, 15, 4))
    simulation = LineSimulation(LineModel("x", Arrivals("schedule"), (station,)), seed=1)
    simulation.run(lots=7)
    assert simulation.finished == 0
