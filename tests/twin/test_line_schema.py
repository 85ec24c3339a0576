"""The parts of a line as data: what they refuse, and the little that they work out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from process_models.errors import InputError
from twin.distributions import Deterministic, Exponential
from twin.line import (
    Alarm,
    Arrivals,
    Calendar,
    Group,
    Hold,
    LineModel,
    Maintenance,
    MaxWait,
    Mix,
    People,
    StationModel,
)
from twin.line_calendar import united_stops
from twin.recipe import Recipe

A, B = Recipe(name="A"), Recipe(name="B", process="drac", sublimation_time_s=25)
MINUTE = Deterministic(60)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Mix((A, A), order=(0,)), "recipes of a mix must differ, got 'A' twice"),
        (lambda: Mix((A,)), "a mix needs an order or shares, and not both"),
        (lambda: Mix((A,), (0,), (1.0,)), "a mix needs an order or shares, and not both"),
        (lambda: Mix((A,), (0, 1)), "order must be places in 1 recipes, got (0, 1)"),
        (lambda: Mix((A, B), (), (1.0,)), "shares must be 2, one a recipe, got (1.0,)"),
        (lambda: Mix((A, B), (), (1.2, -0.2)), "shares must add up to 1, got 1"),
        (lambda: Hold(-0.1, MINUTE), "probability must be from 0 to 1, got -0.1"),
        (lambda: MaxWait(0), "limit_s must be above 0, got 0"),
        (lambda: MaxWait(5, "scrap", "a"), "to goes with action rework only, got scrap and 'a'"),
        (lambda: Maintenance("m", MINUTE), "needs exactly one of every_lots, every_work_s"),
        (lambda: Maintenance("m", MINUTE, every_lots=0), "every_lots must be above 0, got 0"),
        (lambda: Maintenance("m", MINUTE, every_s=50), "every_s must be longer than it takes"),
        (lambda: Alarm("ewma", MINUTE, lam=1.5), "lambda must be above 0 and at most 1, got 1.5"),
        (lambda: Alarm("cusum", MINUTE, h=0), "h must be above 0, got 0"),
        (lambda: Alarm("cusum", MINUTE, k=-1), "k must be at least 0, got -1"),
        (lambda: Group(2, off_size=3), "off_size must be from 0 to size 2, got 3"),
        (lambda: People("p", 3, (Group(2),)), "size must be that of the groups, 2, got 3"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        make()


def test_a_condition_may_be_negative_and_the_level_with_it() -> None:
    assert Maintenance("m", Exponential(5), above=-3).above == -3


def test_shares_decide_by_where_the_number_falls() -> None:
    mix = Mix((A, B), shares=(0.25, 0.75))
    assert [mix.place_of(1, drawn) for drawn in (0.0, 0.2499, 0.25, 0.9999)] == [0, 0, 1, 1]


def test_a_number_at_the_very_end_has_a_recipe() -> None:
    tenths = Mix(tuple(Recipe(name=f"R{n}") for n in range(10)), shares=(0.1,) * 10)
    assert tenths.place_of(1, 1 - 2**-53) == 9


def test_an_order_goes_by_the_number_alone() -> None:
    mix = Mix((A, B), order=(0, 1, 1))
    assert [mix.place_of(number) for number in range(1, 8)] == [0, 1, 1, 0, 1, 1, 0]


def test_how_many_have_a_skill() -> None:
    pool = People("p", 5, (Group(2, ("x",)), Group(3, ("x", "y"))))
    assert [pool.skilled(skill) for skill in ("", "x", "y", "z")] == [5, 5, 3, 0]
    assert People("p", 5).skilled("x") == 0


def test_what_a_recipe_changes_at_a_station() -> None:
    plain = StationModel("a", MINUTE)
    furnace = StationModel("b", MINUTE, exposure_s=40, skipped_by=("drac",))
    assert [one.longer_s(B) for one in (plain, furnace)] == [0, -15]
    assert [one.visited_by(B) for one in (plain, furnace)] == [True, False]
    assert furnace.visited_by(A)


def test_stops_of_two_plans_are_one() -> None:
    calendar = Calendar(10, 5).stops(0)
    stops = united_stops(iter([(8.0, 11.0), (15.0, 16.0)]), calendar)
    assert [next(stops) for _ in range(2)] == [(8, 16), (25, 30)]


def test_a_calendar_begins_with_the_stop_that_is_in_force() -> None:
    assert next(Calendar(10, 5).stops(12)) == (10, 15)
    assert next(Calendar(10, 5).stops(15)) == (25, 30)
    assert next(Calendar(10, 5, start_s=100).stops(0)) == (5, 10)


def test_the_mean_service_of_a_mix_is_over_the_recipes_that_come() -> None:
    longer, bare = Recipe(name="C", sublimation_time_s=80), Recipe(name="D", process="bare")
    furnace = StationModel("b", MINUTE, exposure_s=40, skipped_by=("bare",))
    plain = StationModel("a", MINUTE, skipped_by=("bare",))
    mix = Mix((A, longer, bare), order=(0, 0, 0, 1, 2, 2))
    line = LineModel("x", Arrivals("saturated"), (plain, furnace), mix=mix)
    assert line.mean_service_s(plain) == 60
    assert line.mean_service_s(furnace) == (3 * 60 + 100) / 4
    assert LineModel("x", Arrivals("saturated"), (furnace,)).mean_service_s(furnace) == 60
