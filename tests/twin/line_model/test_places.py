"""Who gets a place: lots that come back before new ones, never more than there are places."""

from __future__ import annotations

from typing import Any

from twin.line import Arrivals, Operators, People, Rework
from twin.simulation import LotInProcess

CLOSED = Arrivals("schedule")


def busy(*numbers: int, station: str = "a", since_s: float = 1) -> list[LotInProcess]:
    return [LotInProcess(f"L{number:05d}", station, "in_service", since_s) for number in numbers]


def test_a_lot_that_comes_back_goes_before_the_endless_supply(ran: Any) -> None:
    again = {"buffer": 1, "rework": Rework(0.5, "a")}
    simulation = ran(("a", 2, {"buffer": 0}), ("b", 1, again), lots=20)
    assert simulation.finished == 20


def test_a_promised_place_is_not_given_to_a_new_lot(ran: Any, spans: Any) -> None:
    again = {"buffer": 9, "transfer_s": 1.5, "rework": Rework(0.5, "a")}
    simulation = ran(("a", 2, {"buffer": 0}), ("b", 1, again), lots=20)
    visits = spans(simulation, "a")
    arrived = simulation.records.visit_rows
    here = arrived[arrived[:, 1] == 0]
    assert (here[:, 3] == here[:, 4]).all()
    assert len(visits) > 20


def test_operators_of_a_service_that_goes_on_are_at_work(ran: Any, spans: Any) -> None:
    shared = {"servers": 2, "operators": Operators("shift")}
    simulation = ran(("a", 5, shared), people=(People("shift", 1),), initial=busy(1), lots=3)
    assert [start for _, start, _, _ in spans(simulation, "a")] == [-1, 4, 9, 14]


def test_lots_known_at_the_start_count_in_a_constant_number(ran: Any) -> None:
    known = [*busy(1), LotInProcess("L00002", "a", "queued", 1)]
    simulation = ran(("a", 5, {}), arrivals=Arrivals("conwip", wip=2), initial=known, until_s=60)
    assert len(simulation.inside) == 2


def test_lots_that_began_together_go_on_as_one_batch(ran: Any, spans: Any) -> None:
    known = [*busy(1, 2, 3), *busy(4, since_s=0)]
    simulation = ran(("a", 6, {"batch": 3}), arrivals=CLOSED, initial=known, until_s=99)
    finished = [finish for _, _, finish, _ in spans(simulation, "a")]
    assert finished == [5, 5, 5, 11]


def test_blocked_lots_of_one_batch_hold_one_server(ran: Any, spans: Any) -> None:
    blocked = [LotInProcess(f"L0000{n}", "a", "blocked", 2) for n in (1, 2)]
    simulation = ran(
        ("a", 6, {"batch": 2}), ("b", 4, {"buffer": 0}), arrivals=CLOSED, initial=blocked,
        until_s=99,
    )  # fmt: skip
    assert [depart for *_, depart in spans(simulation, "a")] == [0, 4]
    assert len(spans(simulation, "a")) == 2


def test_a_server_whose_lots_leave_together_is_free_once(ran: Any, spans: Any) -> None:
    twice = Arrivals("schedule", times_s=(0,) * 4 + (30,) * 4)
    furnaces = (("a", 5, {"batch": 2}), ("b", 7, {"batch": 2, "buffer": 0}))
    simulation = ran(*furnaces, arrivals=twice, until_s=99)
    starts = [start for _, start, _, _ in spans(simulation, "a")]
    assert starts == [0, 0, 5, 5, 30, 30, 35, 35]
    assert simulation.finished == 8
