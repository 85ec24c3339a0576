"""Lines that lock are told by who waits for whom; features that free a place keep a line going."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from process_models.errors import InputError
from twin.distributions import Deterministic
from twin.line import (
    Arrivals,
    Failure,
    Hold,
    Maintenance,
    MaxWait,
    Mix,
    Operators,
    People,
    Rework,
    Setup,
)
from twin.recipe import Recipe
from twin.simulation import LineSimulation

Ran = Callable[..., LineSimulation]

ALWAYS = Rework(0.999, "a")
LOCKED = r"deadlocked at 10 s: (a for b; b for a|b for a; a for b); a larger buffer before one"
MIX = Mix((Recipe(name="A"), Recipe(name="B")), order=(0, 1))


def ring(a: dict[str, Any] | None = None, b: dict[str, Any] | None = None) -> tuple[Any, ...]:
    """b sends its lots back to a, and neither has a waiting place: locked at 10."""
    return (
        ("a", 5, {"buffer": 0, **(a or {})}),
        ("b", 5, {"buffer": 0, "rework": ALWAYS, **(b or {})}),
    )


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"maintenance": (Maintenance("m", Deterministic(1), every_s=1000),)},
        {"failure": Failure("time", Deterministic(1000), Deterministic(1))},
        {"operators": Operators("p")},
        {"max_wait": MaxWait(3, "flag")},
    ],
    ids=["plain", "clocked", "failing", "operated", "flagged"],
)
def test_a_ring_of_finished_lots_is_found_at_once(ran: Ran, more: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=LOCKED):
        ran(*ring(more, more), people=(People("p", 2),), lots=3)


def test_a_ring_is_found_where_there_are_set_ups(ran: Ran) -> None:
    with pytest.raises(InputError, match="deadlocked at 13 s"):
        ran(*ring({"setup": Setup(Deterministic(3))}), mix=MIX, lots=3)


def test_lots_on_hold_lock_nothing(ran: Ran) -> None:
    simulation = ran(*ring({"hold": Hold(1, Deterministic(2))}), until_s=100)
    assert len(simulation.inside) > 2  # lots that wait aside keep no place


def test_lots_that_leave_a_queue_free_a_ring(ran: Ran) -> None:
    stations = (
        ("a", 5, {"buffer": 0}),
        ("b", 20, {"buffer": 1, "rework": ALWAYS, "max_wait": MaxWait(12)}),
    )
    simulation = ran(*stations, until_s=200)
    assert simulation.scrapped > 3
    assert simulation.now_s == 200


def test_without_that_the_same_ring_locks(ran: Ran) -> None:
    stations = (("a", 5, {"buffer": 0}), ("b", 20, {"buffer": 1, "rework": ALWAYS}))
    with pytest.raises(InputError, match="deadlocked at 25 s"):
        ran(*stations, until_s=200)


def test_a_server_that_is_maintained_is_no_end_of_the_line(ran: Ran) -> None:
    job = Maintenance("long", Deterministic(500), every_lots=1)
    simulation = ran(("a", 5, {"batch": 2, "maintenance": (job,)}), lots=5)
    assert simulation.finished == 5
    assert simulation.now_s == 5 + 500 + 5 + 500 + 5


def test_nobody_to_come_and_nobody_there_is_a_standstill(ran: Ran) -> None:
    with pytest.raises(
        InputError, match="the line stands still at 0 s with 1 lots in it, held at a"
    ):
        ran(
            ("a", 5, {"operators": Operators("p", 2)}),
            arrivals=Arrivals("all_at_start"), people=(People("p", 1),), lots=1,
        )  # fmt: skip
