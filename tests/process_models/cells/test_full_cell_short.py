"""Short circuits of full cells, seen in their charges."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.cells import CellTrace, label_trace


def full_cell(cycles: int = 10, points: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Charges from 3.0 to 4.2 V and discharges back, 1 mA, one hour each."""
    up = np.linspace(3.0, 4.2, points)
    voltage = np.tile(np.concatenate([up, up[::-1]]), cycles)
    current = np.tile(np.repeat([1.0, -1.0], points), cycles)
    return 60.0 * np.arange(len(voltage)), current, voltage


def test_a_cell_that_cycles_is_right_censored() -> None:
    label = label_trace(CellTrace(*full_cell()), area_cm2=1, test="full")
    assert (label.short, label.cycles, label.censoring) == (None, 10, "right")


@pytest.mark.parametrize(("loss_v", "kind"), [(0.5, "soft"), (3.6, "hard")])
def test_a_voltage_that_falls_while_it_charges(loss_v: float, kind: str) -> None:
    time, current, voltage = full_cell()
    voltage[8 * 60 + 30 : 9 * 60] -= loss_v
    label = label_trace(CellTrace(time, current, voltage), area_cm2=1, test="full")
    assert label.short is not None
    assert (label.short.rule, label.short.kind, label.life_h) == ("charge_fall", kind, 8.5)
    assert label.cycles == 4


def test_a_charge_that_does_not_end() -> None:
    _, current, voltage = full_cell(5)
    long = np.full(120, 1.0), np.linspace(3.0, 4.0, 120)
    current, voltage = np.concatenate([current, long[0]]), np.concatenate([voltage, long[1]])
    trace = CellTrace(60.0 * np.arange(len(current)), current, voltage)
    label = label_trace(trace, area_cm2=1, test="full")
    assert label.short is not None
    assert label.short.rule == "efficiency_drop"
    assert label.life_h == pytest.approx(10 + 1.3, abs=0.05)


def test_another_rate_is_no_short() -> None:
    """Slow charges after fast ones take more, but not more than was taken at first."""
    slow, fast = full_cell(2), full_cell(4, points=20)
    parts = [np.concatenate([slow[n], fast[n], slow[n]]) for n in (1, 2)]
    trace = CellTrace(60.0 * np.arange(len(parts[0])), *parts)
    assert label_trace(trace, area_cm2=1, test="full").short is None
