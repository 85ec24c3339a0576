"""People with skills and shifts, and people who wait for themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from process_models.errors import InputError
from twin.distributions import Deterministic
from twin.line import Arrivals, Calendar, Failure, Group, Operators, People
from twin.line_model.crew import Crew
from twin.line_model.environment import LineEnvironment
from twin.line_model.skilled_crew import SkilledCrew, crew_of
from twin.simulation import LineSimulation

Ran = Callable[..., LineSimulation]
Spans = Callable[[LineSimulation, str], list[tuple[str, float, float, float]]]


def pool(*groups: Group) -> People:
    return People("p", sum(group.size for group in groups), groups)


def needs(skill: str = "", needed: int = 1) -> dict[str, Any]:
    return {"operators": Operators("p", needed, skill)}


class Book:
    """Who was granted people, in order."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def to(self, name: str) -> Callable[[], None]:
        return lambda: self.log.append(name)


def skilled(*groups: Group) -> tuple[SkilledCrew, LineEnvironment]:
    env = LineEnvironment()
    crew = crew_of(pool(*groups), env)
    assert isinstance(crew, SkilledCrew)
    return crew, env


ROLLER, WINDER, BOTH = Group(1, ("roll",)), Group(1, ("wind",)), Group(1, ("roll", "wind"))


def test_people_without_groups_are_a_plain_crew() -> None:
    assert type(crew_of(People("p", 2), LineEnvironment())) is Crew


def test_only_those_who_can_are_taken() -> None:
    crew, _ = skilled(ROLLER, WINDER)
    assert crew.take(1, "roll")
    assert not crew.take(1, "roll")
    assert crew.take(1, "wind")
    crew.give_back(1, "roll")
    assert crew.present == [1, 0]


def test_those_with_the_fewest_skills_go_first() -> None:
    crew, _ = skilled(BOTH, ROLLER)
    assert crew.take(1, "roll")
    assert crew.present == [1, 0]
    assert crew.take(1, "wind")
    assert crew.present == [0, 0]


def test_whoever_asked_before_goes_first_among_those_who_need_the_same_people() -> None:
    crew, _ = skilled(ROLLER, WINDER)
    book = Book()
    assert crew.take(1, "roll")
    crew.ask(1, book.to("first roll"), "roll")
    crew.ask(1, book.to("second roll"), "roll")
    crew.ask(1, book.to("wind"), "wind")
    assert book.log == ["wind"]
    crew.give_back(1, "roll")
    assert book.log == ["wind", "first roll"]


def test_people_are_kept_for_who_waits_for_more() -> None:
    crew, _ = skilled(Group(2, ("roll",)))
    book = Book()
    assert crew.take(1, "roll")
    crew.ask(2, book.to("two"), "roll")
    crew.ask(1, book.to("one"), "roll")
    assert not crew.take(1)
    crew.give_back(1, "roll")
    assert book.log == ["two"]


def test_no_skill_asked_for_is_anybody() -> None:
    crew, _ = skilled(ROLLER, WINDER)
    assert crew.take(2)
    crew.give_back(2)
    assert crew.present == [1, 1]


def test_the_size_of_a_pool_is_that_of_its_groups() -> None:
    with pytest.raises(InputError, match="size must be that of the groups, 1, got 2"):
        People("p", 2, (ROLLER,))
    with pytest.raises(InputError, match="off_size must be from 0 to size 1, got 2"):
        Group(1, off_size=2)


def test_stations_share_those_who_can_do_both(ran: Ran, spans: Spans) -> None:
    simulation = ran(
        ("roll", 10, needs("roll")), ("wind", 4, needs("wind")),
        people=(pool(BOTH),), arrivals=Arrivals("schedule", times_s=(0, 0)), until_s=99,
    )  # fmt: skip
    # At 10 the lot that goes on asks first, then the empty server for the next one.
    assert [row[1] for row in spans(simulation, "roll")] == [0, 14]
    assert [row[1] for row in spans(simulation, "wind")] == [10, 24]


def test_stations_with_people_of_their_own_do_not_wait_for_others(ran: Ran, spans: Spans) -> None:
    simulation = ran(
        ("roll", 10, needs("roll")), ("wind", 4, needs("wind")),
        people=(pool(ROLLER, WINDER),), lots=2,
    )  # fmt: skip
    assert [row[1] for row in spans(simulation, "wind")] == [10, 20]


def test_fewer_people_at_night(ran: Ran, spans: Spans) -> None:
    night = pool(Group(2, calendar=Calendar(20, 30), off_size=1))
    simulation = ran(("a", 8, {**needs(), "servers": 2}), people=(night,), until_s=70)
    # Two by day (0-20 and 50-70); one by night; whoever is at work at 20 finishes first.
    assert [row[1] for row in spans(simulation, "a")] == [
        0, 0, 8, 8, 16, 16, 24, 32, 40, 48, 50, 56, 58, 64, 66,
    ]  # fmt: skip


def test_nobody_at_night_stops_what_needs_people(ran: Ran, spans: Spans) -> None:
    day = pool(Group(1, calendar=Calendar(20, 30, start_s=10)))
    simulation = ran(("a", 8, needs()), people=(day,), until_s=80)
    assert [row[1] for row in spans(simulation, "a")] == [10, 18, 26, 60, 68, 76]


def test_a_run_of_lots_ends_though_shifts_go_on(ran: Ran) -> None:
    day = pool(Group(1, calendar=Calendar(20, 30)))
    simulation = ran(("a", 8, needs()), people=(day,), lots=4)
    assert simulation.now_s == 58


def test_people_at_work_from_before_are_missed() -> None:
    crew, _ = skilled(ROLLER, BOTH)
    crew.at_work(3, "roll")
    assert crew.present == [-1, 0]
    crew.give_back(1, "roll")
    assert not crew.take(1, "roll")


def failing(pool_name: str = "p") -> dict[str, Any]:
    return {
        "failure": Failure("operation", Deterministic(5), Deterministic(4)),
        "repair_crew": pool_name,
    }


@pytest.mark.parametrize(
    "people", [People("p", 2), pool(Group(2, ("roll",)))], ids=["plain", "skilled"]
)
def test_people_who_all_stay_at_failed_servers_are_a_deadlock(ran: Ran, people: People) -> None:
    with pytest.raises(InputError, match=r"deadlocked at 5 s: a for repair by p, whose 2 all stay"):
        ran(("a", 10, {**needs(), **failing(), "servers": 2}), people=(people,), lots=2)


def test_somebody_left_over_repairs_them_all(ran: Ran, spans: Spans) -> None:
    simulation = ran(
        ("a", 8, {**needs(), **failing(), "servers": 2}), people=(People("p", 3),), lots=2
    )
    # Both fail at 5; one is repaired 5-9, the other 9-13; 3 s of work are left.
    assert [row[2] for row in spans(simulation, "a")] == [12, 16]
