"""Machines against a brute-force reading of the same rule."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from process_models.errors import NotSupported
from process_models.run_length.machine import (
    SIGNAL,
    Machine,
    combine,
    minimal,
    opposite_machine,
    window_machine,
)

BIT = np.array([False, True])


def first_signal(machine: Machine, word: tuple[int, ...]) -> int | None:
    state = 0
    for n, symbol in enumerate(word):
        state = int(machine.table[state, symbol])
        if state == SIGNAL:
            return n
    return None


def by_definition(word: tuple[int, ...], count: int, window: int) -> int | None:
    for n, symbol in enumerate(word):
        if symbol and sum(word[max(0, n - window + 1) : n + 1]) >= count:
            return n
    return None


@pytest.mark.parametrize(
    ("count", "window"), [(1, 1), (2, 2), (2, 3), (4, 5), (3, 5), (2, 6), (5, 5), (4, 4)]
)
def test_a_window_machine_signals_when_the_rule_says(count: int, window: int) -> None:
    machine = window_machine(BIT, count, window)
    for word in itertools.product((0, 1), repeat=10):
        assert first_signal(machine, word) == by_definition(word, count, window), word


@pytest.mark.parametrize(
    ("count", "window", "states"), [(1, 1, 1), (2, 3, 3), (9, 9, 9), (4, 5, 10), (8, 8, 8)]
)
def test_a_window_machine_has_as_few_states_as_histories_matter(
    count: int, window: int, states: int
) -> None:
    assert window_machine(BIT, count, window).states == states


def test_opposite_sides_one_after_the_other() -> None:
    machine = opposite_machine(np.array([True, False, False]), np.array([False, False, True]))
    for word in itertools.product((0, 1, 2), repeat=6):
        expected = next(
            (n for n in range(1, 6) if {word[n], word[n - 1]} == {0, 2}),
            None,
        )
        assert first_signal(machine, word) == expected, word


def test_combined_machines_signal_when_the_first_does() -> None:
    one, other = window_machine(BIT, 2, 3), window_machine(~BIT, 3, 3)
    both = combine(one, other)
    for word in itertools.product((0, 1), repeat=9):
        alone = [first_signal(machine, word) for machine in (one, other)]
        expected = min((n for n in alone if n is not None), default=None)
        assert first_signal(both, word) == expected, word


def test_combining_with_itself_adds_no_state() -> None:
    machine = window_machine(BIT, 4, 5)
    assert combine(machine, machine).states == machine.states


def test_a_rule_that_another_one_contains_adds_no_state() -> None:
    strict, weak = window_machine(BIT, 3, 3), window_machine(BIT, 2, 3)
    assert combine(strict, weak).states == weak.states


def test_states_that_cannot_be_told_apart_are_merged() -> None:
    doubled = Machine(np.array([[1, SIGNAL], [2, SIGNAL], [0, SIGNAL]]))
    assert minimal(doubled).table.tolist() == [[0, SIGNAL]]


def test_minimal_keeps_the_start_first() -> None:
    machine = Machine(np.array([[0, 1], [0, 2], [0, SIGNAL]]))
    assert minimal(machine).table.tolist() == machine.table.tolist()


def test_a_window_with_too_many_histories_is_refused() -> None:
    with pytest.raises(NotSupported, match="a rule of 20 of 40 points has too many histories"):
        window_machine(BIT, 20, 40)
