"""The lots that are too few for a batch start as soon as nobody can join them."""

from __future__ import annotations

from typing import Any

import pytest

from twin.distributions import Deterministic
from twin.line import Arrivals, Failure, LineModel, StationModel
from twin.simulation import LineSimulation

EVERY_10_S = Arrivals("renewal", interarrival_s=Deterministic(10))
BY_THE_CLOCK = Failure("time", Deterministic(100), Deterministic(10))


@pytest.mark.parametrize(
    ("arrivals", "starts"), [(Arrivals("saturated"), [0, 0, 5]), (EVERY_10_S, [20, 20, 30])]
)
def test_failures_that_go_on_do_not_keep_the_last_lots(
    ran: Any, spans: Any, arrivals: Arrivals, starts: list[float]
) -> None:
    simulation = ran(("a", 5, {"batch": 2, "failure": BY_THE_CLOCK}), arrivals=arrivals, lots=3)
    assert [start for _, start, _, _ in spans(simulation, "a")] == starts


def test_the_last_lots_wait_for_the_repair_of_their_server(ran: Any, spans: Any) -> None:
    repaired = {"batch": 2, "failure": Failure("time", Deterministic(5), Deterministic(7))}
    simulation = ran(("a", 5, repaired), lots=3)
    assert spans(simulation, "a")[-1][:2] == ("L00003", 12)


def test_coupons_under_test_do_not_keep_the_last_lots(ran: Any, spans: Any) -> None:
    simulation = ran(("a", 5, {"batch": 2}), ("lab", 5000, {"sample_every": 1}), lots=3)
    assert spans(simulation, "a")[-1] == ("L00003", 5, 10, 10)


def test_the_last_lots_do_not_start_in_a_planned_stop(ran: Any, spans: Any) -> None:
    simulation = ran(("a", 5, {"batch": 2, "down_windows_s": ((5, 50),)}), lots=3)
    assert spans(simulation, "a")[-1] == ("L00003", 50, 55, 55)


def test_pieces_of_a_run_change_nothing_for_the_last_lots(spans: Any) -> None:
    station = StationModel("a", Deterministic(5), batch=2, failure=BY_THE_CLOCK)
    whole, pieces = (LineSimulation(LineModel("x", EVERY_10_S, (station,)), seed=1) for _ in "12")
    whole.run(lots=5)
    for until_s in (31, 52, 1000):
        pieces.run(until_s=until_s, lots=5)
    assert spans(whole, "a") == spans(pieces, "a")


def test_the_last_lots_of_an_endless_supply_wait_for_their_time_out(ran: Any, spans: Any) -> None:
    simulation = ran(("a", 5, {"batch": 3, "batch_timeout_s": 11}), lots=4)
    assert [start for _, start, _, _ in spans(simulation, "a")] == [0, 0, 0, 16]
