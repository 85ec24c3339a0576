"""Labels of cell tests whose answer is known by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.cells import CellTrace, label_trace
from process_models.errors import InputError


def cut(trace: CellTrace, points: int) -> CellTrace:
    return CellTrace(
        trace.test_time_s[:points], trace.current_ma[:points], trace.voltage_v[:points],
        None if trace.cycle is None else trace.cycle[:points],
    )  # fmt: skip


def test_a_stepped_test_that_shorts(cell: Callable[..., Any]) -> None:
    """Steps of 0.1 for 1 h each way on 2 cm2; short half an hour into the second half of 0.5."""
    trace = cell(area_cm2=2.0, short_at_h=9.5).stepped(0.8)
    label = label_trace(trace, area_cm2=2.0, test="ccd")
    assert label.ccd_failed_at_ma_cm2 == 0.5
    assert label.ccd_last_survived_ma_cm2 == 0.4
    assert (label.censoring, label.life_h, label.cycles) == ("exact", 9.5, 4)
    assert label.cumulative_capacity_mah_cm2 == pytest.approx(2 * (0.1 + 0.2 + 0.3 + 0.4) + 0.75)
    assert label.to_dict()["short"] == {"kind": "hard", "time_h": 9.5, "rule": "voltage_fall"}


def test_a_short_in_the_first_half_cycle_of_a_step(cell: Callable[..., Any]) -> None:
    label = label_trace(cell(short_at_h=8.25).stepped(0.8), area_cm2=1, test="ccd")
    assert (label.ccd_failed_at_ma_cm2, label.ccd_last_survived_ma_cm2) == (0.5, 0.4)


def test_a_short_in_the_first_step_has_survived_none(cell: Callable[..., Any]) -> None:
    label = label_trace(cell(short_at_h=0.5).stepped(0.8), area_cm2=1, test="ccd")
    assert (label.ccd_failed_at_ma_cm2, label.ccd_last_survived_ma_cm2) == (0.1, None)
    assert label.cycles == 0


def test_a_test_that_ends_is_right_censored(cell: Callable[..., Any]) -> None:
    label = label_trace(cell().stepped(0.8), area_cm2=1, test="ccd")
    assert (label.ccd_failed_at_ma_cm2, label.ccd_last_survived_ma_cm2) == (None, 0.8)
    assert (label.censoring, label.short, label.cycles) == ("right", None, 8)
    assert label.life_h == pytest.approx(16 - 1 / 60)


def test_a_step_that_was_broken_off_is_not_survived(cell: Callable[..., Any]) -> None:
    label = label_trace(cut(cell().stepped(0.8), 16 * 60 - 30), area_cm2=1, test="ccd")
    assert (label.ccd_last_survived_ma_cm2, label.cycles) == (0.7, 7)


def test_a_life_test(cell: Callable[..., Any]) -> None:
    """0.5 mA/cm2 in half-cycles of 1 h; the short comes in cycle 81."""
    trace = cell(short_at_h=160.5, noise_v=5e-4).cycled([0.5] * 100)
    label = label_trace(trace, area_cm2=1, test="symmetric")
    assert (label.ccd_failed_at_ma_cm2, label.ccd_last_survived_ma_cm2) == (None, None)
    assert (label.life_h, label.cycles, label.censoring) == (160.5, 80, "exact")
    assert label.cumulative_capacity_mah_cm2 == pytest.approx(80.25)


def test_cycles_are_counted_without_a_column(cell: Callable[..., Any]) -> None:
    trace = cell(short_at_h=9.5).stepped(0.8)
    bare = CellTrace(trace.test_time_s, trace.current_ma, trace.voltage_v)
    with_column, without = (label_trace(t, area_cm2=1, test="ccd") for t in (trace, bare))
    assert with_column == without


def test_other_steps_keep_their_density() -> None:
    time = 60.0 * np.arange(240)
    current = np.repeat([0.25, -0.25, 0.5, -0.5], 60)
    label = label_trace(CellTrace(time, current, current / 20), area_cm2=1, test="ccd",
                        step_ma_cm2=0.25)  # fmt: skip
    assert label.ccd_last_survived_ma_cm2 == 0.5
    odd = label_trace(CellTrace(time, 1.37 * current, current / 20), area_cm2=1, test="ccd")
    assert odd.ccd_last_survived_ma_cm2 == pytest.approx(0.685)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"area_cm2": 0.0, "test": "ccd"}, "area_cm2 must be above 0, got 0.0"),
        ({"area_cm2": float("nan"), "test": "ccd"}, "area_cm2 must be above 0, got nan"),
        ({"area_cm2": 1.0, "test": "ccd", "step_ma_cm2": -1.0}, "step_ma_cm2 must be above 0"),
        ({"area_cm2": 1.0, "test": "half"}, "test must be one of ccd, symmetric, full, got 'half'"),
    ],
)
def test_bad_options_are_named(
    cell: Callable[..., Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        label_trace(cell().stepped(0.2), **options)


def test_every_short_is_found_at_its_step_with_noise(
    cell: Callable[..., Any], rounds: Callable[[int, int], int]
) -> None:
    """Noise 1 mV, seeds 0...; falls of at least 50 % from 0.5 mA/cm2 on, hour within a point."""
    rng = np.random.default_rng(8)
    for seed in range(rounds(30, 1000)):
        step = int(rng.integers(5, 25))
        at_h = 2 * (step - 1) + float(rng.integers(10, 110)) / 60
        if abs(at_h % 1 - 0.5) > 0.4:
            continue
        remaining = float(rng.uniform(0.0, 0.5))
        trace = cell(noise_v=0.001, short_at_h=at_h, remaining=remaining, seed=seed).stepped(3.0)
        label = label_trace(trace, area_cm2=1, test="ccd")
        assert label.ccd_failed_at_ma_cm2 == pytest.approx(step / 10)
        assert label.life_h == pytest.approx(at_h, abs=2 / 60)
