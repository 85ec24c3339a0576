"""Batches that do not wait for ever, lots on hold, and lots that have waited too long."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from twin.distributions import Deterministic, Exponential
from twin.kpi import final_yield, first_pass_yield, station_kpis
from twin.line import Arrivals, Hold, MaxWait, Operators, People
from twin.records import lots, visits
from twin.simulation import LineSimulation

Ran = Callable[..., LineSimulation]
Spans = Callable[[LineSimulation, str], list[tuple[str, float, float, float]]]
Happened = Callable[..., list[tuple[Any, ...]]]


def schedule(*times: float) -> Arrivals:
    return Arrivals("schedule", times_s=times)


def starts(spans: Spans, simulation: LineSimulation, station: str) -> list[float]:
    return [row[1] for row in spans(simulation, station)]


# --- batches with a time-out -------------------------------------------------------------------

FURNACE = ("a", 10.0, {"batch": 3, "batch_timeout_s": 5.0})


def test_a_batch_starts_when_the_first_lot_has_waited_long_enough(ran: Ran, spans: Spans) -> None:
    simulation = ran(FURNACE, arrivals=schedule(0, 1, 20, 21, 22), until_s=60)
    assert starts(spans, simulation, "a") == [5, 5, 22, 22, 22]


def test_an_overdue_batch_starts_when_a_server_is_free(ran: Ran, spans: Spans) -> None:
    simulation = ran(FURNACE, arrivals=schedule(0, 1, 2, 3, 13), until_s=60)
    # Three start at 2; the fourth is overdue from 8 and starts at 12; the fifth at 22.
    assert starts(spans, simulation, "a") == [2, 2, 2, 12, 22]


def test_each_first_lot_has_its_own_time(ran: Ran, spans: Spans) -> None:
    two = ("a", 10.0, {"batch": 3, "batch_timeout_s": 5.0, "servers": 2})
    simulation = ran(two, arrivals=schedule(0, 4, 6, 7, 8), until_s=60)
    assert starts(spans, simulation, "a") == [5, 5, 8, 8, 8]


def test_the_last_lots_wait_for_their_time_too(ran: Ran, spans: Spans) -> None:
    simulation = ran(FURNACE, arrivals=schedule(0), lots=1)
    assert starts(spans, simulation, "a") == [5]


def test_a_batch_in_time_does_not_wait(ran: Ran, spans: Spans) -> None:
    assert starts(spans, ran(FURNACE, lots=6), "a") == [0, 0, 0, 10, 10, 10]


def test_an_overdue_batch_waits_for_operators_and_shifts(ran: Ran, spans: Spans) -> None:
    options = {"batch": 3, "batch_timeout_s": 5.0, "operators": Operators("p")}
    simulation = ran(
        ("a", 10, {**options, "down_windows_s": ((0, 8),)}),
        arrivals=schedule(0), people=(People("p", 1),), until_s=60,
    )  # fmt: skip
    assert starts(spans, simulation, "a") == [8]


# --- hold --------------------------------------------------------------------------------------


def held(seconds: float = 4.0, probability: float = 1.0) -> dict[str, Any]:
    return {"hold": Hold(probability, Deterministic(seconds))}


def test_a_lot_on_hold_frees_its_server(ran: Ran, spans: Spans, happened: Happened) -> None:
    simulation = ran(("a", 10, held(25)), ("b", 1, {}), lots=2)
    assert spans(simulation, "a") == [("L00001", 0, 10, 10), ("L00002", 10, 20, 20)]
    assert starts(spans, simulation, "b") == [35, 45]
    assert happened(simulation, "hold", "release") == [
        (10, "hold", "L00001"), (20, "hold", "L00002"),
        (35, "release", "L00001"), (45, "release", "L00002"),
    ]  # fmt: skip


def test_the_events_of_a_lot_stay_in_order(ran: Ran, happened: Happened) -> None:
    kinds = ("arrive", "start", "finish", "depart", "hold", "release")
    simulation = ran(("a", 10, held()), ("b", 1, {}), arrivals=schedule(0), until_s=99)
    assert [row[1] for row in happened(simulation, *kinds)] == [
        "arrive", "start", "finish", "depart", "hold", "release", "arrive", "start", "finish",
        "depart",
    ]  # fmt: skip


def test_a_released_lot_waits_aside_for_a_place_and_is_then_transferred(
    ran: Ran, spans: Spans
) -> None:
    simulation = ran(
        ("a", 1, {**held(3), "transfer_s": 2}), ("b", 10, {"buffer": 0}),
        arrivals=schedule(0, 0), until_s=99,
    )  # fmt: skip
    # Lot 1: held 1-4, on its way 4-6, in b 6-16. Lot 2: released at 5, goes at 16, there at 18.
    assert spans(simulation, "b") == [("L00001", 6, 16, 16), ("L00002", 18, 28, 28)]
    assert spans(simulation, "a")[1] == ("L00002", 1, 2, 2)


def test_those_aside_wait_in_turn_with_the_blocked(ran: Ran, spans: Spans) -> None:
    simulation = ran(
        ("a", 1, held(3, 0.5)), ("b", 10, {"buffer": 0}), arrivals=schedule(0, 0, 0, 0), until_s=99
    )
    order = [lot for lot, *_ in spans(simulation, "b")]
    assert sorted(order) == ["L00001", "L00002", "L00003", "L00004"]
    assert order != sorted(order)  # seed 1 holds some and not all


def test_a_lot_held_at_the_end_leaves_the_line_when_it_is_released(
    ran: Ran, happened: Happened
) -> None:
    simulation = ran(("a", 10, held()), lots=2)
    assert list(lots(simulation.records)["leave_s"]) == [14, 24]
    assert simulation.now_s == 24
    assert happened(simulation, "depart")[1:3] == [
        (14, "depart", "L00001"),
        (20, "depart", "L00002"),
    ]


def test_a_constant_number_of_lots_counts_those_on_hold(ran: Ran, spans: Spans) -> None:
    simulation = ran(("a", 10, held(90)), arrivals=Arrivals("conwip", wip=1), until_s=250)
    assert starts(spans, simulation, "a") == [0, 100, 200]


def test_only_lots_that_go_on_are_held(ran: Ran, happened: Happened) -> None:
    simulation = ran(("a", 10, {**held(), "scrap_probability": 1.0}), lots=3)
    assert not happened(simulation, "hold")
    assert simulation.scrapped == 3


def test_a_hold_leaves_all_other_numbers_as_they_were(ran: Ran) -> None:
    def rows(options: dict[str, Any]) -> list[float]:
        simulation = ran(("a", 10, {"scrap_probability": 0.3, **options}), lots=40)
        return [row[7] for row in simulation.records.visit_rows.tolist()]

    assert rows({}) == rows(held(0.5, 0.5))


def test_an_incomplete_batch_waits_for_lots_on_hold(ran: Ran, spans: Spans) -> None:
    simulation = ran(("a", 1, held(50)), ("b", 10, {"batch": 2}), lots=3)
    # Released at 51, 52 and 53; the third has nobody to wait for any more.
    assert starts(spans, simulation, "b") == [52, 52, 62]


@pytest.mark.parametrize("seed", [3, 4])
def test_the_share_of_lots_on_hold(ran: Ran, happened: Happened, seed: int) -> None:
    simulation = ran(("a", 1, held(0.5, 0.2)), lots=2000, seed=seed)
    share = len(happened(simulation, "hold")) / 2000
    assert share == pytest.approx(0.2, abs=4 * math.sqrt(0.2 * 0.8 / 2000))


# --- waiting too long --------------------------------------------------------------------------


def limited(seconds: float, action: Any = "scrap", to: str = "", **more: Any) -> dict[str, Any]:
    return {"max_wait": MaxWait(seconds, action, to, **more)}


def test_a_lot_is_scrapped_at_the_limit(ran: Ran, spans: Spans, happened: Happened) -> None:
    simulation = ran(("a", 1, {}), ("b", 10, limited(5)), lots=4)
    assert happened(simulation, "scrap") == [
        (7, "scrap", "L00002"), (8, "scrap", "L00003"), (9, "scrap", "L00004"),
    ]  # fmt: skip
    assert [row[:3] for row in spans(simulation, "b")][:1] == [("L00001", 1, 11)]
    assert final_yield(simulation.records, 0, 20) == 0.25
    assert (simulation.finished, simulation.scrapped) == (1, 3)


def test_its_visit_has_no_start_and_its_wait_counts_until_it_left(ran: Ran) -> None:
    simulation = ran(("a", 1, {}), ("b", 10, limited(5)), lots=2)
    table = visits(simulation.records)
    gone = table[(table["lot"] == "L00002") & (table["station"] == "b")].iloc[0]
    assert (gone["arrive_s"], gone["depart_s"], gone["route"]) == (2, 7, "scrap")
    assert math.isnan(gone["start_s"])
    assert math.isnan(gone["finish_s"])
    found = station_kpis(simulation.records, simulation.line, 0, 11)["b"]
    assert found.mean_queue == pytest.approx(5 / 11)
    assert (found.finished, found.quality) == (1, 1)


def test_its_place_is_free_at_once(ran: Ran, spans: Spans) -> None:
    simulation = ran(("a", 1, {}), ("b", 10, {**limited(5), "buffer": 1}), lots=3)
    # Lot 3 is blocked from 3 to 7, when lot 2 leaves the queue, and waits until 11 < 12.
    assert spans(simulation, "a")[2] == ("L00003", 2, 3, 7)
    assert [row[:2] for row in spans(simulation, "b")][1] == ("L00003", 11)


def test_a_lot_that_starts_in_time_stays(ran: Ran, spans: Spans) -> None:
    simulation = ran(("a", 8, {}), ("b", 10, limited(3)), lots=2)
    assert starts(spans, simulation, "b") == [8, 18]


def test_a_lot_is_sent_back_and_counts_as_reworked(ran: Ran, spans: Spans) -> None:
    simulation = ran(("a", 4, {}), ("b", 10, limited(5, "rework", "a")), lots=2)
    # Lot 2 waits 8-13, is polished again 13-17, and starts at 17.
    assert [row[:3] for row in spans(simulation, "a")] == [
        ("L00001", 0, 4), ("L00002", 4, 8), ("L00002", 13, 17),
    ]  # fmt: skip
    assert starts(spans, simulation, "b")[:2] == [4, 17]
    assert list(visits(simulation.records)["route"]) == [
        "next",
        "next",
        "rework",
        "next",
        "next",
        "next",
    ]
    assert first_pass_yield(simulation.records, 0, 99) == 0.5


def test_sent_back_it_waits_aside_for_a_place(ran: Ran, spans: Spans) -> None:
    simulation = ran(
        ("o", 1, {}), ("a", 30, {"buffer": 0}), ("b", 40, limited(5, "rework", "a")),
        arrivals=schedule(0, 0, 0), until_s=400,
    )  # fmt: skip
    # b takes lot 1 at 31; lot 2 waits there 61-66; a has lot 3 until 91, then lot 2 again. b takes
    # lot 3 at 91; lot 2 waits there once more, 121-126.
    found = [row[:2] for row in spans(simulation, "a")]
    assert found == [("L00001", 1), ("L00002", 31), ("L00003", 61), ("L00002", 91), ("L00002", 126)]
    assert simulation.finished == 3


def test_a_flagged_lot_goes_on(ran: Ran, spans: Spans) -> None:
    simulation = ran(("a", 1, {}), ("b", 10, limited(5, "flag")), lots=3)
    assert starts(spans, simulation, "b") == [1, 11, 21]
    assert list(lots(simulation.records)["flagged"]) == [False, True, True]
    assert simulation.records.flags == ((2, 1, 7.0), (3, 1, 8.0))


def test_the_time_since_the_finish_counts_what_it_was_blocked(ran: Ran, spans: Spans) -> None:
    options = {**limited(8, since="finish"), "buffer": 0}
    simulation = ran(("a", 1, {}), ("b", 10, options), lots=3)
    # Lot 2 is blocked 2-11, over the limit of 10 when it comes; lot 3 of 12 is in time.
    assert [row[:3] for row in spans(simulation, "b")][:2] == [
        ("L00001", 1, 11), ("L00003", 12, 22),
    ]  # fmt: skip
    assert simulation.scrapped == 1


def test_a_lot_flagged_on_arrival_is_flagged_once(ran: Ran) -> None:
    options = {**limited(8, "flag", since="finish"), "buffer": 0}
    simulation = ran(("a", 1, {}), ("b", 10, options), lots=3)
    assert simulation.records.flags == ((2, 1, 11.0), (3, 1, 21.0))


def test_a_planned_stop_lets_lots_wait_too_long(ran: Ran) -> None:
    options = {**limited(5), "down_windows_s": ((0, 30),)}
    simulation = ran(("a", 10, options), arrivals=schedule(3, 27), until_s=99)
    assert (simulation.finished, simulation.scrapped) == (1, 1)


def test_a_constant_number_is_kept_when_lots_are_scrapped_in_the_queue(ran: Ran) -> None:
    simulation = ran(("a", 10, limited(3)), arrivals=Arrivals("conwip", wip=2), until_s=20)
    # One at a time in service; whoever waits is replaced every 3 s.
    assert len(simulation.inside) == 2
    assert simulation.scrapped == 6


def test_impatient_lots_against_theory(ran: Ran) -> None:
    """M/M/1 + D with limit t: the share lost is that of the workload process in closed form."""
    from twin.line import LineModel, StationModel

    arrive, serve, limit = 1 / 10.0, 1 / 8.0, 12.0
    station = StationModel("a", Exponential(8), max_wait=MaxWait(limit))
    line = LineModel("q", Arrivals("renewal", Exponential(10)), (station,))
    lost = []
    for replication in range(20):
        simulation = LineSimulation(line, seed=7, replication=replication)
        simulation.run(until_s=40_000)
        left = simulation.finished + simulation.scrapped
        lost.append(simulation.scrapped / left)
    # Offered wait has density p0 a e^-(m-a)x up to t and p0 a e^(a t) e^-(m x) beyond it.
    below = arrive / (serve - arrive) * (1 - math.exp(-(serve - arrive) * limit))
    beyond = arrive / serve * math.exp(-(serve - arrive) * limit)
    expected = beyond / (1 + below + beyond)
    error = (sum((one - expected) ** 2 for one in lost) / 19 / 20) ** 0.5
    assert sum(lost) / 20 == pytest.approx(expected, abs=4 * error)
