"""Maintenance by use, by the clock and by condition: when it is done, and what waits for it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from twin.distributions import Deterministic, Distribution, Uniform
from twin.kpi import station_kpis
from twin.line import Arrivals, Condition, Failure, Maintenance, People
from twin.simulation import LineSimulation

Ran = Callable[..., LineSimulation]
Spans = Callable[[LineSimulation, str], list[tuple[str, float, float, float]]]
Happened = Callable[..., list[tuple[Any, ...]]]

BEGAN, ENDED = "maintenance_start", "maintenance_end"


def job(seconds: float | Distribution = 3.0, name: str = "clean", **trigger: Any) -> Maintenance:
    duration = seconds if isinstance(seconds, Distribution) else Deterministic(seconds)
    return Maintenance(name, duration, **trigger)


def cared(*jobs: Maintenance, **more: Any) -> dict[str, Any]:
    return {"maintenance": jobs, **more}


def schedule(*times: float) -> Arrivals:
    return Arrivals("schedule", times_s=times)


def test_after_so_many_lots(ran: Ran, spans: Spans, happened: Happened) -> None:
    simulation = ran(("a", 10, cared(job(every_lots=2))), lots=4)
    assert [start for _, start, _, _ in spans(simulation, "a")] == [0, 10, 23, 33]
    assert happened(simulation, BEGAN, ENDED) == [
        (20, BEGAN, "clean"), (23, ENDED, "clean"), (43, BEGAN, "clean"),
    ]  # fmt: skip


def test_a_batch_counts_all_its_lots(ran: Ran, spans: Spans) -> None:
    simulation = ran(("a", 10, cared(job(every_lots=3), batch=2)), lots=6)
    assert sorted({start for _, start, _, _ in spans(simulation, "a")}) == [0, 10, 23]


def test_after_so_much_processing(ran: Ran, spans: Spans) -> None:
    simulation = ran(("a", 10, cared(job(every_work_s=15))), lots=4)
    assert [start for _, start, _, _ in spans(simulation, "a")] == [0, 10, 23, 33]


def test_interruptions_are_no_processing(ran: Ran, spans: Spans) -> None:
    options = cared(job(every_work_s=15), down_windows_s=((5, 20),))
    assert [start for _, start, _, _ in spans(ran(("a", 10, options), lots=3), "a")] == [0, 25, 38]


def test_by_the_clock_after_the_running_service(ran: Ran, spans: Spans, happened: Happened) -> None:
    simulation = ran(("a", 10, cared(job(every_s=15))), until_s=50)
    assert [row[:2] for row in happened(simulation, BEGAN)] == [
        (20, BEGAN),
        (33, BEGAN),
        (46, BEGAN),
    ]
    assert [start for _, start, _, _ in spans(simulation, "a")] == [0, 10, 23, 36, 49]


def test_an_idle_server_is_maintained_at_the_very_time(
    ran: Ran, spans: Spans, happened: Happened
) -> None:
    options = cared(job(every_s=20, first_s=5))
    simulation = ran(("a", 10, options), arrivals=schedule(6, 40), until_s=70)
    assert [row[0] for row in happened(simulation, BEGAN)] == [5, 25, 50, 65]
    assert spans(simulation, "a") == [("L00001", 8, 18, 18), ("L00002", 40, 50, 50)]


def test_what_was_missed_is_done_once(ran: Ran, happened: Happened) -> None:
    simulation = ran(("a", 100, cared(job(every_s=30))), until_s=215)
    assert [row[0] for row in happened(simulation, BEGAN)] == [100, 203]


def test_maintenance_that_is_due_as_a_service_ends_comes_first(ran: Ran, spans: Spans) -> None:
    # The service of 0 to 40 was scheduled before the maintenance at 40: the time decides.
    options = cared(job(every_s=20, first_s=40))
    assert spans(ran(("a", 40, options), until_s=60), "a")[1][1] == 43


def test_first_at_nought_is_before_the_first_lot(ran: Ran, spans: Spans) -> None:
    arrivals = schedule(0)
    simulation = ran(("a", 10, cared(job(every_s=20, first_s=0))), arrivals=arrivals, until_s=15)
    assert spans(simulation, "a") == [("L00001", 3, 13, 13)]


def test_several_that_are_due_follow_one_another_in_order(ran: Ran, happened: Happened) -> None:
    jobs = job(2, "refill", every_lots=2), job(3, "clean", every_lots=1)
    simulation = ran(("a", 10, cared(*jobs)), lots=3)
    assert happened(simulation, BEGAN)[:3] == [
        (10, BEGAN, "clean"), (23, BEGAN, "refill"), (25, BEGAN, "clean"),
    ]  # fmt: skip


def test_it_waits_for_its_crew(ran: Ran, spans: Spans, happened: Happened) -> None:
    options = cared(job(5, every_lots=1, crew="fitters"))
    simulation = ran(("a", 10, {**options, "servers": 2}), lots=4, people=(People("fitters", 1),))
    # Both servers are empty at 10; one is maintained from 10 to 15, the other from 15 to 20.
    assert [row[:2] for row in happened(simulation, BEGAN, ENDED)][:4] == [
        (10, BEGAN), (10, BEGAN), (15, ENDED), (20, ENDED),
    ]  # fmt: skip
    assert [start for _, start, _, _ in spans(simulation, "a")] == [0, 0, 15, 20]


def test_a_repair_and_a_maintenance_share_a_crew(ran: Ran, spans: Spans) -> None:
    failing = {
        "failure": Failure("operation", Deterministic(8), Deterministic(20)), "repair_crew": "f",
    }  # fmt: skip
    simulation = ran(
        ("a", 9, cared(job(5, every_lots=1, crew="f"))), ("b", 9, failing),
        arrivals=schedule(0, 1), people=(People("f", 1),), until_s=99,
    )  # fmt: skip
    # a is maintained 9-14 and starts lot 2 at 14; b (lot 1 from 9) fails at 17 and is up at 37.
    assert spans(simulation, "a") == [("L00001", 0, 9, 9), ("L00002", 14, 23, 23)]
    assert spans(simulation, "b")[0] == ("L00001", 9, 38, 38)


def test_planned_stops_do_not_lengthen_it(ran: Ran, spans: Spans) -> None:
    options = cared(job(20, every_lots=1), down_windows_s=((12, 25),))
    assert [row[1] for row in spans(ran(("a", 10, options), lots=2), "a")] == [0, 30]


def test_a_blocked_lot_keeps_the_server_from_it(ran: Ran, happened: Happened) -> None:
    simulation = ran(("a", 3, cared(job(1, every_lots=1))), ("b", 10, {"buffer": 0}), lots=3)
    assert [row[0] for row in happened(simulation, BEGAN)] == [3, 13, 23]


def test_lots_may_come_to_the_free_place_meanwhile(ran: Ran, spans: Spans) -> None:
    options = cared(job(50, every_lots=1), buffer=0)
    simulation = ran(("a", 3, {}), ("b", 10, options), lots=3)
    assert [depart for *_, depart in spans(simulation, "a")] == [3, 13, 73]
    assert [start for _, start, *_ in spans(simulation, "b")] == [3, 63, 123]


def test_a_failure_by_the_clock_falls_into_it(ran: Ran, spans: Spans) -> None:
    failure = Failure("time", Deterministic(12), Deterministic(30))
    options = cared(job(5, every_lots=1), failure=failure)
    # Maintained 10-15, down 12-42: ready when both are over.
    assert spans(ran(("a", 10, options), lots=2), "a")[1] == ("L00002", 42, 52, 52)


def test_a_server_that_became_empty_while_down_is_maintained_once_up(
    ran: Ran, spans: Spans, happened: Happened
) -> None:
    failure = Failure("time", Deterministic(5), Deterministic(30))
    options = cared(job(4, every_lots=1), failure=failure)
    simulation = ran(("a", 3, options), ("b", 10, {"buffer": 0}), lots=2, until_s=60)
    assert spans(simulation, "a")[0] == ("L00001", 0, 3, 3)
    assert happened(simulation, BEGAN)[0][0] == 3
    # Lot 2 starts when both are over, at 35; b is empty then.
    assert spans(simulation, "a")[1] == ("L00002", 35, 38, 38)


def test_by_condition(ran: Ran, spans: Spans) -> None:
    wears = Condition("wear_um", Deterministic(1))
    simulation = ran(("a", 10, cared(job(above=3), condition=wears)), lots=7)
    assert [row[1] for row in spans(simulation, "a")] == [0, 10, 20, 33, 43, 53, 66]
    assert simulation.records.condition_rows[:, 4].tolist() == [0, 1, 2, 0, 1, 2, 0]


def test_maintenance_that_does_not_restore_leaves_the_condition(ran: Ran) -> None:
    wears = Condition("wear_um", Deterministic(1))
    jobs = job(1, "wipe", every_lots=1, restores=False), job(1, "grind", every_lots=3)
    simulation = ran(("a", 10, cared(*jobs, condition=wears)), lots=5)
    assert simulation.records.condition_rows[:, 4].tolist() == [0, 1, 2, 0, 1]


def test_maintenance_is_part_of_down_and_told_by_itself(ran: Ran) -> None:
    options = cared(job(4, every_lots=1), down_windows_s=((12, 30),))
    simulation = ran(("a", 10, options), lots=2)
    found = station_kpis(simulation.records, simulation.line, 0, 40)["a"]
    # Maintained 10-14, of which 12-14 is planned off; 18 of 40 s are planned.
    assert found.maintenance == found.down == pytest.approx(2 / 22)
    assert found.utilisation == pytest.approx(20 / 22)
    assert found.setup == 0


def test_a_duration_that_is_drawn(ran: Ran, spans: Spans) -> None:
    def starts(duration: Distribution, seed: int) -> list[float]:
        simulation = ran(("a", 10, cared(job(duration, every_lots=1))), lots=9, seed=seed)
        return [row[1] for row in spans(simulation, "a")]

    drawn = starts(Uniform(2, 4), 1)
    gaps = [after - before - 10 for before, after in pairwise(drawn)]
    assert all(2 <= gap <= 4 for gap in gaps)
    assert len(set(gaps)) == len(gaps)
    assert drawn == starts(Uniform(2, 4), 1) != starts(Uniform(2, 4), 2)
