"""Lots of several recipes: which lot has which, where it goes and how long it takes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from process_models.errors import InputError
from twin.distributions import Deterministic, Lognormal
from twin.event_table import events
from twin.line import Arrivals, LineModel, Mix, Rework, StationModel
from twin.line_recipe import check_visits, line_for_recipe
from twin.recipe import Recipe
from twin.records import lots, visits
from twin.simulation import LineSimulation, LotInProcess

Ran = Callable[..., LineSimulation]
Spans = Callable[[LineSimulation, str], list[tuple[str, float, float, float]]]

A, B = Recipe(name="A"), Recipe(name="B", sublimation_time_s=60)
BARE = Recipe(name="bare", process="bare", sublimation_time_s=0)
AB = Mix((A, B), order=(0, 1))
SHARES = Mix((A, B), shares=(0.7, 0.3))


def recipes(simulation: LineSimulation) -> list[str]:
    return list(lots(simulation.records)["recipe"])


def test_a_sequence_is_repeated(ran: Ran) -> None:
    assert recipes(ran(("a", 1, {}), mix=Mix((A, B), order=(0, 0, 1)), lots=5)) == list("AABAA")


def test_every_event_of_a_lot_bears_its_recipe(ran: Ran) -> None:
    simulation = ran(("a", 1, {}), ("b", 1, {}), mix=AB, lots=2)
    table = events(simulation.records)
    assert set(zip(table["lot"], table["recipe"], strict=True)) == {
        ("L00001", "A"),
        ("L00002", "B"),
    }
    assert set(visits(simulation.records)["recipe"]) == {"A", "B"}


def test_the_exposure_is_that_of_the_recipe(ran: Ran, spans: Spans) -> None:
    simulation = ran(("a", 100, {"exposure_s": 40}), mix=AB, lots=3)
    assert [row[2] - row[1] for row in spans(simulation, "a")] == [100, 120, 100]


def test_a_batch_takes_as_long_as_its_longest_exposure(ran: Ran, spans: Spans) -> None:
    simulation = ran(("a", 100, {"exposure_s": 40, "batch": 2}), mix=AB, lots=2)
    assert [row[2] for row in spans(simulation, "a")] == [120, 120]


def test_a_service_is_never_below_nought(ran: Ran, spans: Spans) -> None:
    simulation = ran(("a", 5, {"exposure_s": 40}), mix=Mix((BARE,), order=(0,)), lots=2)
    assert [row[2] for row in spans(simulation, "a")] == [0, 0]


def test_lots_leave_out_what_their_recipe_skips(ran: Ran, spans: Spans) -> None:
    simulation = ran(
        ("a", 1, {}), ("b", 5, {"skipped_by": ("bare",)}), ("c", 5, {"skipped_by": ("bare",)}),
        ("d", 1, {}), mix=Mix((A, BARE), order=(0, 1)), lots=3,
    )  # fmt: skip
    assert [row[0] for row in spans(simulation, "b")] == ["L00001", "L00003"]
    assert [row[:2] for row in spans(simulation, "d")] == [
        ("L00002", 2), ("L00001", 11), ("L00003", 16),
    ]  # fmt: skip


def test_a_line_of_one_recipe_is_the_same_as_a_mix_of_it() -> None:
    station = StationModel("a", Lognormal(100, 0.3), exposure_s=40)
    line = LineModel("x", Arrivals("saturated"), (station,))
    fitted = line_for_recipe(line, B)
    mixed = LineModel("x", Arrivals("saturated"), (station,), mix=Mix((B,), order=(0,)))
    rows = []
    for one in (fitted, mixed):
        simulation = LineSimulation(one, seed=1)
        simulation.run(lots=200)
        rows.append(simulation.records.visit_rows.tolist())
        assert set(recipes(simulation)) == {"B"}
    assert rows[0] == rows[1]


def test_a_recipe_of_the_command_takes_the_place_of_the_mix() -> None:
    line = LineModel("x", Arrivals("saturated"), (StationModel("a", Deterministic(1)),), mix=SHARES)
    simulation = LineSimulation(line_for_recipe(line, B), seed=1)
    simulation.run(lots=5)
    assert recipes(simulation) == ["B"] * 5


def test_shares_are_drawn(ran: Ran) -> None:
    drawn = recipes(ran(("a", 1, {}), mix=SHARES, lots=300, seed=3))
    share = drawn.count("B") / 300
    assert share == pytest.approx(0.3, abs=4 * math.sqrt(0.3 * 0.7 / 300))


def by_number(simulation: LineSimulation) -> dict[str, str]:
    table = lots(simulation.records)
    return dict(zip(table["lot"], table["recipe"], strict=True))


def test_nothing_else_changes_who_has_which_recipe(ran: Ran) -> None:
    one = by_number(ran(("a", 1, {}), mix=SHARES, lots=200))
    other = by_number(ran(("z", 9, {"scrap_probability": 0.2, "servers": 3}), mix=SHARES, lots=200))
    assert one == other


def test_a_line_that_goes_on_from_a_lot_gives_the_next_the_same_recipes() -> None:
    line = LineModel("x", Arrivals("saturated"), (StationModel("a", Deterministic(1)),), mix=SHARES)
    whole = LineSimulation(line, seed=4)
    whole.run(lots=60)
    rest = LineSimulation(line, seed=4, initial=[LotInProcess("L00030", "a", "in_service")])
    rest.run(lots=20)
    expected = by_number(whole)
    assert {lot: expected[lot] for lot in by_number(rest)} == by_number(rest)
    assert len(by_number(rest)) == 21


def test_the_recipe_of_a_lot_in_process_may_be_told(ran: Ran) -> None:
    initial = [LotInProcess("L00001", "a", recipe="B"), LotInProcess("odd", "a")]
    none_come = Arrivals("schedule")
    simulation = ran(("a", 1, {}), mix=AB, initial=initial, arrivals=none_come, until_s=9)
    assert by_number(simulation) == {"L00001": "B", "odd": "A"}
    wrong = [LotInProcess("L00001", "a", recipe="C")]
    with pytest.raises(InputError, match=r"recipe must be one of the mix \(A, B\), got 'C'"):
        ran(("a", 1, {}), mix=AB, initial=wrong, arrivals=none_come, until_s=9)


def test_coupons_have_the_recipe_of_their_lot(ran: Ran) -> None:
    simulation = ran(("a", 1, {}), ("t", 1, {"sample_every": 1}), mix=AB, until_s=2.5)
    found = by_number(simulation)
    assert (found["L00001-T1"], found["L00002-T1"]) == ("A", "B")


def station(name: str, **more: Any) -> StationModel:
    return StationModel(name, Deterministic(1), **more)


@pytest.mark.parametrize(
    ("stations", "words"),
    [
        (
            (station("a", skipped_by=("bare",)), station("b")),
            "station 'a': skipped_by must not name 'bare' of recipe 'bare'",
        ),
        ((station("a"), station("b", skipped_by=("bare",))), "station 'b': skipped_by must not"),
        (
            (
                station("a"),
                station("m", skipped_by=("bare",)),
                station("b", rework=Rework(0.1, "m")),
            ),
            "station 'b': rework.to must be a station that recipe 'bare' visits, got 'm'",
        ),
    ],
)  # fmt: skip
def test_recipes_that_the_line_cannot_make(stations: tuple[StationModel, ...], words: str) -> None:
    line = LineModel("x", Arrivals("saturated"), stations, mix=Mix((A, BARE), order=(0, 1)))
    with pytest.raises(InputError, match=words):
        check_visits(line)
