"""Short circuits of symmetric cells: each criterion alone, and what is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.cells import CellTrace, find_symmetric_short, half_cycles


def short_of(trace: CellTrace) -> Any:
    return find_symmetric_short(trace, half_cycles(trace))


def test_a_fall_within_a_half_cycle_is_called_at_its_first_point(
    cell: Callable[..., Any],
) -> None:
    short = short_of(cell(short_at_h=9.5, remaining=0.1).stepped(1.0))
    assert (short.kind, short.rule, short.time_h) == ("hard", "voltage_fall", 9.5)


@pytest.mark.parametrize(("remaining", "kind"), [(0.2, "hard"), (0.3, "soft"), (0.7, "soft")])
def test_hard_is_below_a_quarter(cell: Callable[..., Any], remaining: float, kind: str) -> None:
    assert short_of(cell(short_at_h=12.5, remaining=remaining).stepped(1.0)).kind == kind


def test_a_fall_between_half_cycles_is_seen_in_the_resistance(cell: Callable[..., Any]) -> None:
    short = short_of(cell(short_at_h=10.0, remaining=0.5).stepped(1.0))
    assert (short.kind, short.rule, short.time_h) == ("soft", "resistance_drop", 10.0)
    assert short.after_v / short.before_v == pytest.approx(0.5, rel=0.01)


def test_noise_five_times_what_it_was_is_a_soft_short(cell: Callable[..., Any]) -> None:
    quiet = cell(noise_v=0.001).stepped(1.0)
    rng = np.random.default_rng(5)
    late = quiet.test_time_s >= 3600 * 14.5
    volts = quiet.voltage_v + np.where(late, rng.normal(0, 0.01, len(late)), 0.0)
    short = short_of(CellTrace(quiet.test_time_s, quiet.current_ma, volts, quiet.cycle))
    assert (short.kind, short.rule) == ("soft", "noise_rise")
    assert short.time_h == pytest.approx(14.5, abs=0.25)


@pytest.mark.parametrize("loss", [0.0, 0.2])
def test_a_small_fall_is_none(cell: Callable[..., Any], loss: float) -> None:
    assert short_of(cell(short_at_h=10.5, remaining=1 - loss).stepped(1.0)) is None


def test_the_noise_floor_saves_a_noisy_cell(cell: Callable[..., Any]) -> None:
    """3 mV of noise on a signal of 5 mV: 25 % alone would call nearly every cell."""
    for seed in range(20):
        assert short_of(cell(noise_v=0.003, seed=seed).stepped(2.0)) is None


def test_a_spike_is_no_level_and_a_glitch_is_no_fall(cell: Callable[..., Any]) -> None:
    trace = cell().stepped(0.5)
    volts = trace.voltage_v.copy()
    volts[130] *= 5
    volts[190] = 0.0
    assert short_of(CellTrace(trace.test_time_s, trace.current_ma, volts, trace.cycle)) is None


def test_a_record_that_stops_in_the_fall_is_called_on_its_last_point(
    cell: Callable[..., Any],
) -> None:
    trace = cell(short_at_h=9.5, remaining=0.05).stepped(0.5)
    end = int(9.5 * 60) + 1
    cut = CellTrace(*(part[:end] for part in (trace.test_time_s, trace.current_ma,
                                              trace.voltage_v, trace.cycle)))  # fmt: skip
    assert short_of(cut).time_h == 9.5


@given(
    short_at_h=st.integers(2 * 60, 18 * 60).map(lambda minutes: minutes / 60),
    remaining=st.floats(0.05, 0.6),
    gain=st.floats(0.2, 5.0),
)
def test_the_scale_of_the_voltage_changes_nothing(
    cell: Callable[..., Any], short_at_h: float, remaining: float, gain: float
) -> None:
    trace = cell(short_at_h=short_at_h, remaining=remaining).stepped(1.0)
    larger = CellTrace(trace.test_time_s, trace.current_ma, gain * trace.voltage_v, trace.cycle)
    one, other = short_of(trace), short_of(larger)
    assert (one.rule, one.point, one.kind) == (other.rule, other.point, other.kind)


@given(remaining=st.floats(0.05, 0.6), seed=st.integers(0, 50))
def test_turned_leads_change_nothing(cell: Callable[..., Any], remaining: float, seed: int) -> None:
    trace = cell(short_at_h=7.25, remaining=remaining, noise_v=1e-4, seed=seed).stepped(1.0)
    turned = CellTrace(trace.test_time_s, -trace.current_ma, -trace.voltage_v, trace.cycle)
    assert short_of(trace) == short_of(turned)
