"""A line that starts as it stands, beyond lots at stations: transfers, holds, recipes, repairs."""

from __future__ import annotations

from typing import Any

import pytest

from process_models.errors import InputError
from twin import kpi
from twin.distributions import Deterministic, Uniform
from twin.line import (
    Arrivals,
    Failure,
    Hold,
    LineModel,
    MaxWait,
    Mix,
    Operators,
    People,
    Rework,
    Setup,
    StationModel,
)
from twin.line_model.initial import WorkInProcess
from twin.line_model.work_check import check_work_in_process
from twin.recipe import Recipe
from twin.records import visits
from twin.simulation import LineSimulation, LotInProcess, ServerDown

NONE_COME = Arrivals("schedule")
BREAKS = Failure("operation", Deterministic(1e6), Deterministic(30))
BY_CLOCK = Failure("time", Deterministic(50), Deterministic(30))
MIX = Mix((Recipe(name="A"), Recipe(name="B", process="drac")), order=(0,))


def started(
    *stations: StationModel, work: WorkInProcess, until_s: float = 500, **line: Any
) -> LineSimulation:
    model = LineModel("test", NONE_COME, stations, **line)
    check_work_in_process(work, model)
    simulation = LineSimulation(model, seed=1, initial=work, start_s=100)
    simulation.run(until_s=until_s)
    return simulation


def times(simulation: LineSimulation) -> dict[tuple[str, str], tuple[float, float, float]]:
    return {
        (row.lot, row.station): (row.start_s, row.finish_s, row.depart_s)
        for row in visits(simulation.records).itertuples()
    }


def downs(simulation: LineSimulation) -> list[tuple[float, str]]:
    return [(one.time_s, one.event) for one in simulation.records.station_events]


def test_a_lot_between_stations_arrives_when_its_way_is_over() -> None:
    simulation = started(
        StationModel("a", Deterministic(10), transfer_s=12),
        StationModel("b", Deterministic(5), buffer=0),
        work=[LotInProcess("L00001", "a", "in_transfer", 4)],
    )
    assert times(simulation) == {("L00001", "b"): (108, 113, 113)}


def test_a_lot_that_is_overdue_arrives_at_once_and_its_place_is_kept() -> None:
    simulation = started(
        StationModel("a", Deterministic(10), transfer_s=12),
        StationModel("b", Deterministic(5), buffer=0),
        work=[
            LotInProcess("L00001", "a", "in_transfer", 40),
            LotInProcess("L00002", "a", "blocked", 1),
        ],
    )
    assert times(simulation)["L00001", "b"] == (100, 105, 105)
    assert times(simulation)["L00002", "a"] == (99, 100, 105)


def test_a_lot_on_hold_is_released_in_time() -> None:
    simulation = started(
        StationModel("a", Deterministic(10), hold=Hold(1, Deterministic(50))),
        StationModel("b", Deterministic(5)),
        work=[LotInProcess("L00001", "a", "on_hold", 20)],
    )
    assert times(simulation) == {("L00001", "b"): (130, 135, 135)}
    assert downs(simulation) == [(80, "hold"), (130, "release")]


def test_a_lot_goes_where_its_recipe_goes_and_needs_no_setup_for_what_it_is_in() -> None:
    stations = (
        StationModel("a", Deterministic(10), setup=Setup(Deterministic(3)), transfer_s=1),
        StationModel("wind", Deterministic(20), skipped_by=("drac",)),
        StationModel("c", Deterministic(5)),
    )
    simulation = started(
        *stations,
        mix=MIX,
        work=[
            LotInProcess("L00001", "a", "in_service", 4, "B"),
            LotInProcess("L00002", "a", "queued", 2, "A"),
        ],
    )
    found = times(simulation)
    assert found["L00001", "a"] == (96, 106, 106)
    assert ("L00001", "wind") not in found
    assert found["L00001", "c"] == (107, 112, 112)
    assert found["L00002", "a"] == (109, 119, 119)


def test_lots_of_a_batch_that_gathers_wait_for_the_others() -> None:
    waiting = [LotInProcess(f"L0000{n}", "a", "queued", 10 * n) for n in (1, 2)]
    late = StationModel("b", Deterministic(7), rework=Rework(1, "a"))
    simulation = started(
        StationModel("a", Deterministic(10), batch=3),
        late,
        work=[*waiting, LotInProcess("L00003", "b", "in_service", 2)],
        until_s=112,
    )
    found = times(simulation)
    assert {found[f"L0000{n}", "a"][0] for n in (1, 2, 3)} == {105}


def test_lots_wait_for_the_end_of_a_planned_stop() -> None:
    simulation = started(
        StationModel("a", Deterministic(10), down_windows_s=((90, 120),)),
        work=[
            LotInProcess("L00001", "a", "in_service", 14),
            LotInProcess("L00002", "a", "queued", 2),
        ],
    )
    assert times(simulation)["L00001", "a"] == (86, 126, 126)
    assert times(simulation)["L00002", "a"] == (126, 136, 136)


def test_a_server_in_repair_is_up_when_the_repair_is_over() -> None:
    simulation = started(
        StationModel("a", Deterministic(10), failure=BREAKS),
        work=[ServerDown("a", "in_repair", 12), LotInProcess("L00001", "a", "queued", 3)],
    )
    assert times(simulation)["L00001", "a"] == (118, 128, 128)
    assert downs(simulation) == [(88, "down"), (118, "up")]
    assert kpi.down_times(simulation.records, 0) == {0: [(88, 118)]}


def test_the_rest_of_a_repair_is_longer_than_what_was_done() -> None:
    breaks = Failure("operation", Deterministic(1e6), Uniform(0, 100))
    simulation = started(
        StationModel("a", Deterministic(1), failure=breaks, servers=40),
        work=[ServerDown("a", "in_repair", 90) for _ in range(40)],
    )
    ups = [time_s for time_s, event in downs(simulation) if event == "up"]
    assert len(ups) == 40
    assert max(ups) <= 110


def test_work_goes_on_where_the_failure_interrupted_it() -> None:
    simulation = started(
        StationModel("a", Deterministic(40), failure=BREAKS),
        work=[
            LotInProcess("L00001", "a", "in_service", 20),
            ServerDown("a", "in_repair", 5, lot_id="L00001"),
        ],
    )
    assert times(simulation)["L00001", "a"] == (80, 150, 150)


def test_a_blocked_lot_may_leave_a_server_that_is_down() -> None:
    simulation = started(
        StationModel("a", Deterministic(40), failure=BREAKS),
        StationModel("b", Deterministic(5), buffer=0),
        work=[
            LotInProcess("L00001", "a", "blocked", 20),
            LotInProcess("L00002", "b", "in_service", 1),
            ServerDown("a", "in_repair", 5, lot_id="L00001"),
            LotInProcess("L00003", "a", "queued", 1),
        ],
    )
    found = times(simulation)
    assert found["L00001", "a"][2] == 104
    assert found["L00003", "a"][0] == 125


def test_a_failure_that_was_to_come_by_the_clock_does_not_find_a_server_down() -> None:
    simulation = started(
        StationModel("a", Deterministic(40), failure=BY_CLOCK),
        work=[ServerDown("a", "in_repair", 5)],
        until_s=300,
    )
    assert downs(simulation) == [
        (95, "down"), (125, "up"), (175, "down"), (205, "up"), (255, "down"), (285, "up"),
    ]  # fmt: skip


def test_who_waits_for_the_crew_gets_it_after_who_has_it_longest_waiting_first() -> None:
    crewed = {"failure": BREAKS, "repair_crew": "fitters"}
    simulation = started(
        StationModel("a", Deterministic(1), servers=2, **crewed),
        StationModel("b", Deterministic(1), **crewed),
        people=(People("fitters", 1),),
        work=[
            ServerDown("a", "down", 8),
            ServerDown("b", "down", 50),
            ServerDown("a", "in_repair", 10),
        ],
    )
    events = simulation.records.station_events
    assert [one.time_s for one in events if one.event == "down"] == [50, 90, 92]
    ups = [(one.time_s, one.station, one.server) for one in events if one.event == "up"]
    assert ups == [(120, 0, 0), (150, 1, 0), (180, 0, 1)]


def test_a_lot_that_has_waited_too_long_before_is_dealt_with_at_once() -> None:
    simulation = started(
        StationModel("a", Deterministic(10), max_wait=MaxWait(20, "scrap")),
        work=[
            LotInProcess("L00001", "a", "in_service", 1),
            LotInProcess("L00002", "a", "queued", 35),
            LotInProcess("L00003", "a", "queued", 15),
        ],
    )
    assert (simulation.scrapped, simulation.finished) == (2, 1)
    rows = simulation.records.visit_rows
    assert sorted(rows[:, 6].tolist()) == [100, 105, 109]


def test_operators_of_lots_in_service_are_at_work() -> None:
    shared = {"operators": Operators("shift")}
    simulation = started(
        StationModel("a", Deterministic(10), **shared),
        StationModel("b", Deterministic(10), **shared),
        people=(People("shift", 1),),
        work=[
            LotInProcess("L00001", "a", "in_service", 4),
            LotInProcess("L00002", "b", "queued", 1),
        ],
    )
    assert times(simulation)["L00002", "b"] == (106, 116, 116)


A = StationModel("a", Deterministic(10), servers=2, failure=BREAKS, repair_crew="fitters")
B = StationModel("b", Deterministic(10), batch=2, buffer=1, transfer_s=3)
C = StationModel("c", Deterministic(10), buffer=0, skipped_by=("drac",))
LINE = LineModel("test", NONE_COME, (A, B, C), (People("fitters", 1),), mix=MIX)


def lots(station: str, phase: Any, *since: float) -> list[LotInProcess]:
    return [LotInProcess(f"{station}{n}", station, phase, s) for n, s in enumerate(since, 1)]


FULL = [
    *lots("a", "in_service", 1, 2),
    *lots("b", "blocked", 3, 3),
    LotInProcess("q", "b", "queued", 3),
    *lots("c", "queued", 9),
]


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lots("z", "queued", 1), "lot z1: station must be one of a, b, c, got 'z'"),
        ([*lots("a", "queued", 1)] * 2, "lot a1: must be there once, got it again"),
        (
            lots("a", "in_service", 1, 1, 1),
            "station 'a': has 2 servers for 1 lots each, got 3 lots in service or blocked, which"
            " need 3",
        ),
        (
            [*lots("b", "in_service", 1, 1), LotInProcess("x", "b", "blocked", 1)],
            "station 'b': has 1 servers for 2 lots each, got 3 lots in service or blocked, which"
            " need 2",
        ),
        (
            lots("b", "queued", 1, 2, 3, 4),
            "station 'b': has 3 places left for lots that wait or come, got 4",
        ),
        (
            [*lots("c", "in_service", 1), LotInProcess("x", "b", "in_transfer", 1)],
            "station 'c': has 0 places left for lots that wait or come, got 1",
        ),
        (
            lots("c", "in_transfer", 1),
            "lot c1: station 'c' must have a transfer to a next station, got phase in_transfer",
        ),
        (lots("a", "on_hold", 1), "lot a1: station 'a' must have hold, got phase on_hold"),
        (
            [LotInProcess("x", "a", recipe="Z")],
            "lot x: recipe must be one of A, B, got 'Z'",
        ),
        (
            [LotInProcess("x", "c", recipe="B")],
            "lot x: station 'c' is not visited by recipe 'B'",
        ),
        (
            [ServerDown("b")],
            "server of b: the station must have a failure, got phase in_repair",
        ),
        ([ServerDown("y")], "server of y: station must be one of a, b, c, got 'y'"),
        (
            [ServerDown("a", lot_id="x")],
            "server of a: lot must be in service or blocked there, got 'x'",
        ),
        (
            [*lots("a", "in_service", 1, 2), ServerDown("a")],
            "station 'a': has 0 servers without lots, got 1 down",
        ),
        (
            [ServerDown("a"), ServerDown("a")],
            "crew 'fitters': has 1 people, got 2 servers in repair",
        ),
    ],
)
def test_what_cannot_be_in_the_line_is_refused(work: WorkInProcess, message: str) -> None:
    check_work_in_process(FULL, LINE)
    with pytest.raises(InputError) as caught:
        check_work_in_process(work, LINE)
    assert str(caught.value) == message


def test_lots_before_the_line_may_be_many() -> None:
    check_work_in_process(lots("a", "queued", *range(50)), LINE)


def test_a_constant_number_of_lots_is_not_exceeded() -> None:
    line = LineModel("test", Arrivals("conwip", wip=2), (StationModel("a", Deterministic(1)),))
    check_work_in_process(lots("a", "queued", 1, 2), line)
    with pytest.raises(InputError, match="arrivals: wip is 2, got 3 lots in process"):
        check_work_in_process(lots("a", "queued", 1, 2, 3), line)


def test_down_needs_a_crew_to_wait_for() -> None:
    line = LineModel("test", NONE_COME, (StationModel("a", Deterministic(1), failure=BREAKS),))
    with pytest.raises(InputError, match="down waits for a repair_crew, the station has none"):
        check_work_in_process([ServerDown("a", "down")], line)


@pytest.mark.parametrize("since_s", [-1.0, float("inf"), float("nan")])
def test_a_time_that_is_none_is_refused(since_s: float) -> None:
    with pytest.raises(InputError, match="server of a: since_s must be at least 0 and finite"):
        ServerDown("a", "down", since_s)


@pytest.mark.parametrize(
    "lot_id",
    ["L00000", "L99999999999999999999", "L\u0661\u0662\u0663\u0664\u0665", "007", "L0000013"],
)
def test_odd_ids_are_names(lot_id: str) -> None:
    mix = Mix(MIX.recipes, shares=(0.5, 0.5))
    work = [LotInProcess(lot_id, "a", "in_service", 4), LotInProcess("L00012", "a", "queued", 4)]
    simulation = started(StationModel("a", Deterministic(10)), work=work, mix=mix)
    assert {lot for lot, _ in times(simulation)} == {lot_id, "L00012"}
