"""The line in time: whole logs worked out by hand, without a random number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from process_models.errors import InputError
from twin.distributions import Deterministic, Exponential, Lognormal
from twin.event_table import events
from twin.line import Arrivals, Calendar, LineModel, Operators, People, Rework, StationModel
from twin.records import lots, visits
from twin.simulation import LineSimulation

CASES = json.loads((Path(__file__).parents[1] / "cases" / "line.json").read_text())["cases"]
SATURATED = Arrivals("saturated")


def station(name: str, seconds: float, **more: object) -> StationModel:
    return StationModel(name, Deterministic(seconds), **more)  # type: ignore[arg-type]


def ran(
    *stations: StationModel,
    arrivals: Arrivals = SATURATED,
    people: tuple[People, ...] = (),
    lots: int | None = None,
    until_s: float | None = None,
) -> LineSimulation:
    line = LineModel("test", arrivals, stations, people)
    simulation = LineSimulation(line, seed=1)
    simulation.run(until_s=until_s, lots=lots)
    return simulation


def log(simulation: LineSimulation) -> list[tuple[float, str, str, str]]:
    table = events(simulation.records)
    columns = (table["time_s"], table["event"], table["lot"], table["station"])
    return [tuple(row) for row in zip(*columns, strict=True)]  # type: ignore[misc]


def spans(simulation: LineSimulation, name: str) -> list[tuple[float, float, float]]:
    """Start, finish, departure of each visit of a station."""
    table = visits(simulation.records)
    chosen = table[table["station"] == name].sort_values("start_s")
    return list(chosen[["start_s", "finish_s", "depart_s"]].itertuples(index=False, name=None))


def test_blocking_after_service_as_a_whole_event_log() -> None:
    simulation = ran(station("a", 3), station("b", 5, buffer=0), lots=3)
    assert log(simulation) == [
        (0, "arrive", "L00001", "a"),
        (0, "start", "L00001", "a"),
        (3, "arrive", "L00002", "a"),
        (3, "start", "L00002", "a"),
        (3, "finish", "L00001", "a"),
        (3, "depart", "L00001", "a"),
        (3, "arrive", "L00001", "b"),
        (3, "start", "L00001", "b"),
        (6, "finish", "L00002", "a"),
        (8, "arrive", "L00003", "a"),
        (8, "start", "L00003", "a"),
        (8, "depart", "L00002", "a"),
        (8, "arrive", "L00002", "b"),
        (8, "start", "L00002", "b"),
        (8, "finish", "L00001", "b"),
        (8, "depart", "L00001", "b"),
        (11, "finish", "L00003", "a"),
        (13, "depart", "L00003", "a"),
        (13, "arrive", "L00003", "b"),
        (13, "start", "L00003", "b"),
        (13, "finish", "L00002", "b"),
        (13, "depart", "L00002", "b"),
        (18, "finish", "L00003", "b"),
        (18, "depart", "L00003", "b"),
    ]


@pytest.mark.parametrize("case", ["deterministic-0", "deterministic-1"])
@pytest.mark.parametrize("kind", ["saturated", "all_at_start"])
def test_departures_of_a_deterministic_line(case: str, kind: str) -> None:
    given, expected = CASES[case]["parameters"], CASES[case]["expected"]
    buffers = [None, *given["buffers"]]
    stations = [
        station(f"s{place}", seconds, buffer=buffers[place], servers=given["servers"][place])
        for place, seconds in enumerate(given["service_times"])
    ]
    simulation = ran(*stations, arrivals=Arrivals(kind), lots=given["jobs"])  # type: ignore[arg-type]
    table = visits(simulation.records)
    last = sorted(table.loc[table["station"] == stations[-1].name, "depart_s"])
    first = table.loc[table["station"] == "s0", "depart_s"]
    assert (last[0], last[49], last[-1]) == (
        expected["first_departure"], expected["departure_of_job_50"], expected["makespan"],
    )  # fmt: skip
    assert first.max() == expected["first_station_release_of_last_job"]
    assert simulation.now_s == expected["makespan"]


def test_work_resumes_after_planned_stops() -> None:
    given = CASES["calendar-0"]["parameters"]
    windows = tuple(tuple(window) for window in given["down_windows"])
    simulation = ran(station("a", 7, down_windows_s=windows), until_s=given["horizon"])
    assert simulation.finished == CASES["calendar-0"]["expected"]["parts"]
    assert (56, 78, 78) in spans(simulation, "a")


def test_a_calendar_stops_work_at_the_end_of_the_shift() -> None:
    simulation = ran(station("a", 7, calendar=Calendar(10, 5)), until_s=40)
    assert spans(simulation, "a")[:3] == [(0, 7, 7), (7, 19, 19), (19, 31, 31)]


def test_nothing_starts_in_a_planned_stop() -> None:
    simulation = ran(station("a", 4, calendar=Calendar(10, 5, start_s=5)), until_s=12)
    assert spans(simulation, "a")[0][0] == 5


def test_a_calendar_and_down_windows_act_together() -> None:
    stopped = station("a", 4, calendar=Calendar(10, 5), down_windows_s=((2, 3), (14, 17)))
    assert spans(ran(stopped, until_s=20), "a")[:2] == [(0, 5, 5), (5, 9, 9)]
    assert spans(ran(stopped, until_s=30), "a")[2] == (9, 20, 20)


def test_a_transfer_keeps_a_place_at_the_next_station() -> None:
    simulation = ran(station("a", 3, transfer_s=2), station("b", 1, buffer=0), lots=2)
    assert spans(simulation, "a") == [(0, 3, 3), (3, 6, 6)]
    assert spans(simulation, "b") == [(5, 6, 6), (8, 9, 9)]


def test_arrivals_by_schedule_wait_their_turn() -> None:
    simulation = ran(
        station("a", 10), arrivals=Arrivals("schedule", times_s=(1, 2, 30)), until_s=99
    )
    assert spans(simulation, "a") == [(1, 11, 11), (11, 21, 21), (30, 40, 40)]
    assert list(visits(simulation.records)["arrive_s"]) == [1, 2, 30]


def test_arrivals_outside_wait_for_a_place_and_count_from_their_arrival() -> None:
    gap = Arrivals("renewal", interarrival_s=Deterministic(1))
    simulation = ran(station("a", 10, buffer=0), arrivals=gap, lots=3)
    assert spans(simulation, "a") == [(1, 11, 11), (11, 21, 21), (21, 31, 31)]
    assert list(lots(simulation.records)["enter_s"]) == [1, 2, 3]


def test_a_constant_number_of_lots() -> None:
    simulation = ran(station("a", 5), arrivals=Arrivals("conwip", wip=2), until_s=21)
    left = lots(simulation.records)
    done = left[left["outcome"] == "finished"]
    assert list(done["leave_s"] - done["enter_s"]) == [5, 10, 10, 10]
    assert (left["outcome"] == "in_process").sum() == 2


def test_all_at_start_takes_its_number_from_the_line() -> None:
    simulation = ran(station("a", 5), arrivals=Arrivals("all_at_start", lots=4), until_s=1000)
    assert (simulation.finished, simulation.now_s) == (4, 1000)
    assert ran(station("a", 5), arrivals=Arrivals("all_at_start", lots=4)).now_s == 20


def test_a_furnace_waits_for_a_full_batch() -> None:
    gap = Arrivals("renewal", interarrival_s=Deterministic(10))
    simulation = ran(station("a", 12, batch=3), arrivals=gap, lots=6)
    assert spans(simulation, "a") == [(30, 42, 42)] * 3 + [(60, 72, 72)] * 3


def test_the_last_lots_start_as_an_incomplete_batch() -> None:
    gap = Arrivals("renewal", interarrival_s=Deterministic(10))
    simulation = ran(station("a", 12, batch=3), arrivals=gap, lots=4)
    assert spans(simulation, "a")[-1] == (42, 54, 54)


def test_a_saturated_furnace_takes_a_rest_too() -> None:
    simulation = ran(station("a", 12, batch=3), lots=4)
    assert spans(simulation, "a") == [(0, 12, 12)] * 3 + [(12, 24, 24)]


def test_the_lots_of_a_batch_leave_one_by_one_when_blocked() -> None:
    simulation = ran(station("a", 4, batch=2), station("b", 3, buffer=0), lots=2)
    assert spans(simulation, "a") == [(0, 4, 4), (0, 4, 7)]


def test_one_operator_serves_two_stations_in_turn() -> None:
    needed = Operators("shift")
    simulation = ran(
        station("a", 4, operators=needed),
        station("b", 4, operators=needed),
        people=(People("shift", 1),),
        lots=2,
    )
    assert spans(simulation, "a") == [(0, 4, 4), (8, 12, 12)]
    assert spans(simulation, "b") == [(4, 8, 8), (12, 16, 16)]


def test_scrap_ends_a_lot_without_departure() -> None:
    simulation = ran(station("a", 3, scrap_probability=1.0), station("b", 3), lots=2)
    assert [event for _, event, _, _ in log(simulation)] == [
        "arrive", "start", "arrive", "start", "finish", "scrap", "finish", "scrap",
    ]  # fmt: skip
    assert (simulation.finished, simulation.scrapped) == (0, 2)


def test_rework_joins_the_end_of_the_queue_it_goes_to() -> None:
    again = Rework(0.5, "a")
    simulation = ran(station("a", 5, rework=again), arrivals=Arrivals("all_at_start"), lots=6)
    table = visits(simulation.records)
    assert (table["route"] == "rework").any()
    assert list(table["finish_s"]) == [5.0 * n for n in range(1, len(table) + 1)]
    repeated = table[table["lot"].duplicated()]
    for row in repeated.itertuples():
        before = table[(table["lot"] == row.lot) & (table["depart_s"] == row.arrive_s)]
        assert list(before["route"]) == ["rework"]
    assert simulation.finished == 6


def test_every_second_lot_gives_a_coupon_that_does_not_count_as_a_lot() -> None:
    simulation = ran(station("inspect", 5), station("cell_test", 7, sample_every=2), lots=5)
    table = visits(simulation.records)
    tested = table[table["station"] == "cell_test"]
    assert list(tested["lot"]) == ["L00001-T1", "L00003-T1", "L00005-T1"]
    assert list(tested["start_s"]) == [5, 15, 25]
    assert simulation.finished == 5
    split = [row for row in log(simulation) if row[1] == "split"]
    assert split == [(t, "split", f"L0000{n}-T1", "inspect") for t, n in ((5, 1), (15, 3), (25, 5))]


def test_lots_are_strips_of_foil_rolls() -> None:
    line = LineModel("x", SATURATED, (station("unwind", 5),), strips_per_roll=2)
    simulation = LineSimulation(line, seed=1)
    simulation.run(lots=3)
    table = events(simulation.records)
    assert list(table.loc[table["event"] == "split", "parent_lot"]) == ["FR00001"] * 2 + ["FR00002"]


def test_a_ring_of_blocked_stations_is_reported_with_who_waits_for_whom() -> None:
    with pytest.raises(InputError, match=r"deadlocked at .* a for b; b for a|b for a; a for b"):
        ran(station("a", 1, buffer=0), station("b", 1, buffer=0, rework=Rework(0.99, "a")), lots=50)


@pytest.mark.parametrize(
    ("kind", "until_s"), [("saturated", None), ("all_at_start", None), ("all_at_start", 50)]
)
def test_a_run_needs_an_end(kind: str, until_s: float | None) -> None:
    with pytest.raises(InputError, match=r"needs (until_s or )?lots"):
        ran(station("a", 1), arrivals=Arrivals(kind), until_s=until_s)  # type: ignore[arg-type]


def test_going_on_in_pieces_changes_nothing() -> None:
    line = LineModel(
        "x",
        Arrivals("renewal", interarrival_s=Exponential(10)),
        (
            StationModel("a", Lognormal(8, 0.5), scrap_probability=0.1),
            StationModel("b", Lognormal(8, 0.5), buffer=1, calendar=Calendar(100, 30)),
        ),
    )
    whole, pieces = LineSimulation(line, seed=7), LineSimulation(line, seed=7)
    whole.run(until_s=2000)
    for until_s in (1, 333.3, 334, 1999, 2000):
        pieces.run(until_s=until_s)
    assert visits(whole.records).equals(visits(pieces.records))


def test_a_saturated_line_that_has_emptied_goes_on_when_more_lots_may_come() -> None:
    simulation = ran(station("a", 5), lots=2)
    simulation.run(lots=4)
    assert (simulation.finished, simulation.now_s) == (4, 20)


def test_another_seed_or_replication_is_another_run_and_the_same_is_the_same() -> None:
    line = LineModel("x", SATURATED, (StationModel("a", Exponential(10)),))

    def finishes(seed: int, replication: int) -> list[float]:
        simulation = LineSimulation(line, seed=seed, replication=replication)
        simulation.run(lots=5)
        return list(visits(simulation.records)["finish_s"])

    assert finishes(1, 0) == finishes(1, 0)
    assert len({tuple(finishes(*key)) for key in ((1, 0), (1, 1), (2, 0))}) == 3
