"""How a trace is cut into half-cycles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.cells import CellTrace, half_cycles


def trace(current: list[float], cycle: list[int] | None = None) -> CellTrace:
    size = np.array(current)
    return CellTrace(
        60.0 * np.arange(len(size)), size, size / 10, None if cycle is None else np.array(cycle)
    )


def test_directions_and_levels_begin_half_cycles() -> None:
    found = half_cycles(trace([1, 1, -1, -1, 2, 2, -2, -2]))
    assert [(half.start, half.stop, half.current_ma) for half in found] == [
        (0, 2, 1.0), (2, 4, -1.0), (4, 6, 2.0), (6, 8, -2.0),
    ]  # fmt: skip
    assert [half.cycle for half in found] == [1, 1, 2, 2]


def test_rests_are_no_half_cycles() -> None:
    found = half_cycles(trace([0, 1, 1, 0, 0, -1, -1, 0]))
    assert [(half.start, half.stop) for half in found] == [(1, 3), (5, 7)]


def test_levels_can_be_left_out() -> None:
    tapering = trace([2, 2, 1.5, 1.0, -2, -2])
    assert len(half_cycles(tapering)) > 2
    assert len(half_cycles(tapering, by_level=False)) == 2


def test_a_new_cycle_in_the_same_direction_is_another_half_cycle() -> None:
    found = half_cycles(trace([1, 1, 1, 1], cycle=[1, 1, 2, 2]))
    assert [half.cycle for half in found] == [1, 2]


def test_a_trace_without_current_has_none() -> None:
    assert half_cycles(trace([0, 0, 0])) == ()


@pytest.mark.parametrize(("points", "ended"), [(60, True), (59, True), (30, False), (1, False)])
def test_the_last_half_cycle_has_ended_if_it_is_as_long(points: int, ended: bool) -> None:
    found = half_cycles(trace([1.0] * 60 + [-1.0] * points))
    assert [half.ended for half in found] == [True, ended]


def test_a_rest_behind_it_ends_the_last_half_cycle() -> None:
    assert half_cycles(trace([1.0] * 60 + [-1.0] * 10 + [0.0]))[-1].ended


def test_cycles_are_those_of_the_record(cell: Callable[..., Any]) -> None:
    found = half_cycles(cell(rest_points=3).stepped(0.5))
    assert [half.cycle for half in found] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert all(half.ended for half in found)
