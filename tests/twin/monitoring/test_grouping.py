"""Alerts that belong together, and stops that mute: pure functions with answers by hand."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from twin.monitoring.grouping import Member, grouped
from twin.monitoring.muting import Stop, muted_by, stops_of


def member(number: int, at: int, station: str = "roll", lot: str = "", cause: str = "") -> Member:
    return Member(number, f"f{number}", at, station, lot, cause)


def together(members: list[Member], within: int = 100) -> set[frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, key in grouped(members, within, 0).items():
        groups.setdefault(key, set()).add(number)
    return {frozenset(group) for group in groups.values()}


def test_the_same_station_soon_after() -> None:
    found = together([member(1, 0), member(2, 100), member(3, 101), member(4, 50, "wind")])
    assert found == {frozenset({1, 2}), frozenset({3}), frozenset({4})}


def test_the_same_lot_or_cause_at_another_station() -> None:
    first = member(1, 0, lot="L1", cause="wear")
    others = [member(2, 5, "wind", lot="L1"), member(3, 6, "inspect", cause="wear")]
    assert together([first, *others, member(4, 7, "cool")]) == {
        frozenset({1, 2, 3}), frozenset({4}),
    }  # fmt: skip


def test_a_busy_shift_is_no_chain() -> None:
    assert together([member(i, 60 * i) for i in range(6)]) == {
        frozenset({0, 1}), frozenset({2, 3}), frozenset({4, 5}),
    }  # fmt: skip


def test_earlier_ones_keep_their_group_and_may_lead() -> None:
    leader = member(1, 10)
    led = replace(leader, key=leader.own_key)
    assert grouped([led, member(2, 50)], 100, 40) == {2: leader.own_key}
    assert grouped([replace(leader, key="another"), member(2, 50)], 100, 40) != {2: leader.own_key}


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from("abc")), max_size=20))
def test_the_order_in_which_they_are_given_does_not_matter(places: list[tuple[int, str]]) -> None:
    members = [member(i, at, station) for i, (at, station) in enumerate(places)]
    shuffled = list(members)
    random.Random(1).shuffle(shuffled)
    assert grouped(members, 100, 0) == grouped(shuffled, 100, 0)


def test_a_station_of_two_machines_stands_when_both_do() -> None:
    events = [(1, 0, "down"), (3, 0, "maintenance_start"), (5, 0, "up"), (9, 0, "maintenance_end")]
    assert stops_of("roll", events, servers=2) == (Stop(3, 5, "roll is maintained"),)
    assert stops_of("roll", events) == (Stop(1, 9, "roll is down"),)


def test_an_end_without_a_beginning_counts_for_nothing() -> None:
    assert stops_of("roll", [(1, 0, "up"), (2, 0, "down")]) == (Stop(2, None, "roll is down"),)


def test_a_run_that_began_before_the_stop_is_told() -> None:
    stop = Stop(10, 20, "roll is down")
    assert muted_by(10, 19, [stop]) == "roll is down"
    assert muted_by(9, 15, [stop]) == muted_by(15, 20, [stop]) == ""
    assert muted_by(15, 99, [replace(stop, end_us=None)]) == "roll is down"


@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from(["down", "up"])), max_size=12))
def test_stops_do_not_overlap_and_any_order_gives_the_same(steps: list[tuple[int, str]]) -> None:
    events = [(at, 0, kind) for at, kind in steps]
    stops = stops_of("roll", events)
    assert stops == stops_of("roll", events[::-1])
    for early, late in pairwise(stops):
        assert early.end_us is not None
        assert early.end_us <= late.start_us
