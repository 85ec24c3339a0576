"""Set-ups between recipes: when they are, how long, and what interrupts them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from twin.bottleneck import active_periods
from twin.distributions import Deterministic, Uniform
from twin.kpi import station_kpis
from twin.line import Arrivals, Change, Failure, Maintenance, Mix, Operators, People, Setup
from twin.recipe import Recipe
from twin.simulation import LineSimulation, LotInProcess

Ran = Callable[..., LineSimulation]
Spans = Callable[[LineSimulation, str], list[tuple[str, float, float, float]]]
Happened = Callable[..., list[tuple[Any, ...]]]

RECIPES = (Recipe(name="A"), Recipe(name="B"))
AAB = Mix(RECIPES, order=(0, 0, 1))
AB = Mix(RECIPES, order=(0, 1))
SETUP = Setup(Deterministic(2), (Change("A", "B", Deterministic(5)),))


def test_a_set_up_takes_its_time_by_the_recipes_before_and_after(
    ran: Ran, spans: Spans, happened: Happened
) -> None:
    simulation = ran(("a", 10, {"setup": SETUP}), mix=AAB, lots=4)
    assert spans(simulation, "a") == [
        ("L00001", 0, 10, 10),
        ("L00002", 10, 20, 20),
        ("L00003", 25, 35, 35),
        ("L00004", 37, 47, 47),
    ]
    assert happened(simulation, "setup_start", "setup_end") == [
        (20, "setup_start", "A > B"),
        (25, "setup_end", ""),
        (35, "setup_start", "B > A"),
        (37, "setup_end", ""),
    ]


def test_equal_recipes_and_a_default_of_nothing_need_none(ran: Ran, happened: Happened) -> None:
    same = ran(("a", 10, {"setup": SETUP}), mix=Mix(RECIPES[:1], order=(0,)), lots=4)
    none = ran(("a", 10, {"setup": Setup()}), mix=AB, lots=4)
    assert same.now_s == none.now_s == 40
    assert not happened(none, "setup_start")


def test_each_server_is_set_up_by_itself(ran: Ran, spans: Spans) -> None:
    # Server 1 makes lots 1 (A) and 3 (A), server 2 lots 2 (B) and 4 (B): nobody changes.
    simulation = ran(("a", 10, {"setup": SETUP, "servers": 2}), mix=AB, lots=4)
    assert [start for _, start, _, _ in spans(simulation, "a")] == [0, 0, 10, 10]


def test_the_place_in_the_queue_is_free_from_the_beginning_of_the_set_up(
    ran: Ran, spans: Spans
) -> None:
    simulation = ran(("a", 1, {}), ("b", 10, {"setup": SETUP, "buffer": 0}), mix=AB, lots=3)
    assert spans(simulation, "b") == [
        ("L00001", 1, 11, 11),
        ("L00002", 16, 26, 26),
        ("L00003", 28, 38, 38),
    ]
    assert [depart for *_, depart in spans(simulation, "a")] == [1, 11, 26]


def test_a_planned_stop_interrupts_a_set_up(ran: Ran, spans: Spans) -> None:
    options = {"setup": SETUP, "down_windows_s": ((12, 20),)}
    simulation = ran(("a", 10, options), mix=AB, lots=2)
    assert spans(simulation, "a")[1] == ("L00002", 23, 33, 33)


def test_a_failure_by_the_clock_interrupts_a_set_up(ran: Ran, spans: Spans) -> None:
    failure = Failure("time", Deterministic(12), Deterministic(4))
    simulation = ran(("a", 10, {"setup": SETUP, "failure": failure}), mix=AB, lots=2)
    # Up 0-12, down 12-16 (set-up 10-12, 16-19), up until 28, down until 32.
    assert spans(simulation, "a")[1] == ("L00002", 19, 33, 33)


def test_a_set_up_does_not_age_an_operation_clock(
    ran: Ran, spans: Spans, happened: Happened
) -> None:
    failure = Failure("operation", Deterministic(13), Deterministic(4))
    simulation = ran(("a", 10, {"setup": SETUP, "failure": failure}), mix=AB, lots=2)
    assert spans(simulation, "a")[1] == ("L00002", 15, 29, 29)
    assert happened(simulation, "down", "up") == [(18, "down", ""), (22, "up", "")]


def test_operators_are_there_for_the_set_up(ran: Ran, spans: Spans) -> None:
    needs = {"operators": Operators("p")}
    simulation = ran(
        ("a", 10, {"setup": SETUP, **needs}), ("b", 1, needs),
        mix=AB, lots=2, people=(People("p", 1),),
    )  # fmt: skip
    # Whoever asked first: b for lot 1 at 10, then a, whose person stays from 11 to 26.
    assert spans(simulation, "b") == [("L00001", 10, 11, 11), ("L00002", 26, 27, 27)]
    assert spans(simulation, "a")[1] == ("L00002", 16, 26, 26)


def test_set_up_is_part_of_down_and_told_by_itself(ran: Ran) -> None:
    simulation = ran(("a", 10, {"setup": SETUP}), mix=AAB, lots=4)
    found = station_kpis(simulation.records, simulation.line, 0, 47)["a"]
    assert found.setup == found.down == pytest.approx(7 / 47)
    assert found.utilisation == pytest.approx(40 / 47)
    assert found.maintenance == 0


def test_a_set_up_that_is_drawn_has_a_stream_of_its_own_for_each_pair(ran: Ran) -> None:
    def starts(change: Setup, seed: int = 1) -> list[float]:
        simulation = ran(("a", 10, {"setup": change}), mix=AB, lots=3, seed=seed)
        return [float(row[4]) for row in simulation.records.visit_rows.tolist()]

    drawn = Setup(Uniform(2, 6))
    other = Setup(Uniform(2, 6), (Change("B", "A", Deterministic(30)),))
    assert starts(drawn)[1] == starts(other)[1]
    assert 12 <= starts(drawn)[1] <= 16
    assert starts(drawn) != starts(drawn, seed=2)


def test_a_lot_that_is_in_service_tells_what_its_server_is_set_up_for(ran: Ran) -> None:
    simulation = ran(
        ("a", 10, {"setup": SETUP}), mix=Mix(RECIPES, order=(1,)), arrivals=Arrivals("schedule"),
        initial=[LotInProcess("L00001", "a", "in_service", 4, "A"), LotInProcess("L00002", "a")],
        until_s=99,
    )  # fmt: skip
    assert [row[4] for row in simulation.records.visit_rows.tolist()] == [-4, 11]


def test_a_batch_is_set_up_for_its_first_lot(ran: Ran, happened: Happened) -> None:
    mixed = Mix(RECIPES, order=(0, 1, 1, 0))
    simulation = ran(("a", 10, {"setup": SETUP, "batch": 2}), mix=mixed, lots=6)
    assert [row[0] for row in happened(simulation, "setup_start")] == [10, 25]


def test_set_ups_and_maintenance_are_active_times_of_the_bottleneck(ran: Ran) -> None:
    job = Maintenance("wipe", Deterministic(3), every_lots=1)
    simulation = ran(("a", 10, {"setup": SETUP, "maintenance": (job,)}), mix=AB, lots=3)
    # 0-10, wiped to 13, set up to 18, works to 28, wiped to 31, set up to 33, works to 43.
    assert active_periods(simulation.records, simulation.line, 0, 43) == {"a": [(0, 43)]}
