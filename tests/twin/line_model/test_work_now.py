"""The list of what is in a running line: everything once, and good enough to start a line from."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.line_model.random_lines import lines, plain_lines
from twin.distributions import Deterministic
from twin.line import Arrivals, Failure, Hold, LineModel, People, Setup, StationModel
from twin.line_mix import Mix
from twin.line_model.work_check import check_work_in_process
from twin.line_model.work_now import work_now
from twin.recipe import Recipe
from twin.simulation import LineSimulation, LotInProcess, ServerDown


def run(*stations: StationModel, until_s: float, **line: Any) -> LineSimulation:
    lots = Arrivals("all_at_start", lots=4)
    simulation = LineSimulation(LineModel("test", lots, stations, **line), seed=1)
    simulation.run(until_s=until_s)
    return simulation


def test_every_phase_by_hand() -> None:
    simulation = run(
        StationModel("a", Deterministic(10), transfer_s=4, buffer=1),
        StationModel("b", Deterministic(25), buffer=0),
        until_s=33,
    )
    assert work_now(simulation) == (
        LotInProcess("L00002", "a", "blocked", 13),
        LotInProcess("L00003", "a", "queued", 33),
        LotInProcess("L00004", "a", "queued", 33),
        LotInProcess("L00001", "b", "in_service", 19),
    )


def test_lots_between_stations_and_on_hold() -> None:
    simulation = run(
        StationModel("a", Deterministic(10), transfer_s=4),
        StationModel("b", Deterministic(2), hold=Hold(1, Deterministic(50))),
        until_s=22,
    )
    assert work_now(simulation) == (
        LotInProcess("L00003", "a", "in_service", 2),
        LotInProcess("L00004", "a", "queued", 22),
        LotInProcess("L00002", "a", "in_transfer", 2),
        LotInProcess("L00001", "b", "on_hold", 6),
    )


def test_recipes_and_what_is_set_up_for() -> None:
    mix = Mix((Recipe(name="A"), Recipe(name="B")), order=(0, 1))
    simulation = run(
        StationModel("a", Deterministic(10), setup=Setup(Deterministic(5))), until_s=12, mix=mix
    )
    assert work_now(simulation)[:2] == (
        LotInProcess("L00002", "a", "queued", 12, "B"),
        LotInProcess("L00003", "a", "queued", 12, "A"),
    )


def test_servers_that_are_down() -> None:
    breaks = Failure("operation", Deterministic(6), Deterministic(20))
    crewed = {"failure": breaks, "repair_crew": "fitters", "servers": 2}
    simulation = run(
        StationModel("a", Deterministic(10), **crewed), until_s=9, people=(People("fitters", 1),)
    )
    assert work_now(simulation)[-2:] == (
        ServerDown("a", "in_repair", 3, "L00001"),
        ServerDown("a", "down", 3, "L00002"),
    )


@settings(max_examples=80)
@given(line=lines(), until_s=st.floats(0, 300))
def test_every_lot_is_there_once_and_a_line_can_start_from_them(
    line: LineModel, until_s: float
) -> None:
    simulation = LineSimulation(line, seed=1)
    simulation.run(until_s=until_s)
    work = work_now(simulation)
    inside = sorted(simulation.records.lot_id(number) for number in simulation.inside)
    assert sorted(one.lot_id for one in work if isinstance(one, LotInProcess)) == inside
    again = LineSimulation(line, seed=2, initial=work, start_s=until_s)
    again.run(until_s=until_s)
    there = {again.records.lot_id(number) for number in again.inside}
    gone = len(inside) - len(there & set(inside))
    assert gone == again.records.lot_rows[:, 3].astype(bool).sum()


@settings(max_examples=80)
@given(line=plain_lines(), until_s=st.floats(0, 300))
def test_the_list_of_a_line_fits_the_line(line: LineModel, until_s: float) -> None:
    simulation = LineSimulation(line, seed=1)
    simulation.run(until_s=until_s)
    work = work_now(simulation)
    check_work_in_process(work, line)
    down = Counter(one.station for one in work if isinstance(one, ServerDown))
    for station in simulation.stations:
        assert down[station.model.name] == sum(server.down for server in station.servers)
