"""A line that starts as it stands: lots that wait, are in service or blocked."""

from __future__ import annotations

import pytest

from process_models.errors import InputError
from twin.distributions import Deterministic, Exponential, Uniform
from twin.line import Arrivals, Calendar, LineModel, StationModel
from twin.records import lots, visits
from twin.simulation import LineSimulation, LotInProcess

NONE_COME = Arrivals("schedule")


def started(
    *stations: StationModel, initial: list[LotInProcess], start_s: float = 100, seed: int = 1
) -> LineSimulation:
    line = LineModel("test", NONE_COME, stations)
    simulation = LineSimulation(line, seed=seed, initial=initial, start_s=start_s)
    simulation.run(until_s=start_s + 1000)
    return simulation


def times(simulation: LineSimulation) -> dict[tuple[str, str], tuple[float, float, float]]:
    return {
        (row.lot, row.station): (row.start_s, row.finish_s, row.depart_s)
        for row in visits(simulation.records).itertuples()
    }


def test_each_lot_goes_on_from_its_phase() -> None:
    simulation = started(
        StationModel("a", Deterministic(10)),
        StationModel("b", Deterministic(20), buffer=0),
        initial=[
            LotInProcess("L00009", "a", "queued", 3),
            LotInProcess("L00007", "b", "in_service", 5),
            LotInProcess("L00008", "a", "blocked", 1),
        ],
    )
    assert times(simulation) == {
        ("L00008", "a"): (99, 100, 115),
        ("L00007", "b"): (95, 115, 115),
        ("L00009", "a"): (115, 125, 135),
        ("L00008", "b"): (115, 135, 135),
        ("L00009", "b"): (135, 155, 155),
    }


def test_those_longest_in_the_queue_start_first() -> None:
    waiting = [LotInProcess(f"L{n:05d}", "a", "queued", since) for n, since in ((1, 5), (2, 50))]
    simulation = started(StationModel("a", Deterministic(10)), initial=waiting)
    assert times(simulation)["L00002", "a"] == (100, 110, 110)


def test_more_lots_in_service_than_servers_wait_at_the_head() -> None:
    busy = [LotInProcess(f"L{n:05d}", "a", "in_service", n) for n in (1, 2)]
    simulation = started(StationModel("a", Deterministic(10)), initial=busy)
    assert times(simulation)["L00001", "a"] == (108, 118, 118)


def test_the_rest_of_a_service_is_longer_than_what_was_done() -> None:
    station = StationModel("a", Uniform(0, 100), servers=50)
    busy = [LotInProcess(f"L{n:05d}", "a", "in_service", 90) for n in range(1, 51)]
    ends = [finish for _, finish, _ in times(started(station, initial=busy)).values()]
    assert min(ends) >= 100
    assert max(ends) <= 110


def test_a_service_longer_than_it_can_be_ends_soon() -> None:
    busy = [LotInProcess("L00001", "a", "in_service", 500)]
    simulation = started(StationModel("a", Deterministic(10)), initial=busy)
    assert times(simulation)["L00001", "a"][1] == 101


def test_planned_stops_do_not_count_as_work_done() -> None:
    station = StationModel("a", Deterministic(40), calendar=Calendar(50, 50))
    busy = [LotInProcess("L00001", "a", "in_service", 70)]
    assert times(started(station, initial=busy, start_s=110))["L00001", "a"] == (40, 130, 130)


def test_new_lots_are_numbered_after_those_in_the_line() -> None:
    line = LineModel("x", Arrivals("saturated"), (StationModel("a", Exponential(10)),))
    initial = [LotInProcess("L00041", "a"), LotInProcess("odd id", "a")]
    simulation = LineSimulation(line, seed=1, initial=initial)
    simulation.run(until_s=50)
    assert {"L00041", "odd id", "L00042"} <= set(lots(simulation.records)["lot"])


def test_coupons_in_test_stay_coupons() -> None:
    line = LineModel(
        "x",
        NONE_COME,
        (StationModel("a", Deterministic(1)), StationModel("t", Deterministic(9), sample_every=5)),
    )
    initial = [LotInProcess("L00003-T1", "t", "in_service", 4)]
    simulation = LineSimulation(line, seed=1, initial=initial)
    simulation.run(until_s=50)
    assert list(lots(simulation.records)["outcome"]) == ["tested"]
    assert simulation.finished == 0


def test_a_lot_at_a_station_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="station must be one of a, got 'z'"):
        started(StationModel("a", Deterministic(1)), initial=[LotInProcess("L1", "z")])


@pytest.mark.parametrize(
    ("phase", "since_s", "words"),
    [("resting", 1, "phase must be one of"), ("queued", -1, "since_s must be at least 0")],
)
def test_lots_in_process_are_checked(phase: str, since_s: float, words: str) -> None:
    with pytest.raises(InputError, match=words):
        LotInProcess("L1", "a", phase, since_s)  # type: ignore[arg-type]
