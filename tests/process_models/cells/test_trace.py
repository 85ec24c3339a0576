"""Traces: what is refused, and the charge that was moved."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.cells import CellTrace
from process_models.errors import InputError

TIME = np.array([0.0, 10.0, 20.0])
ONES = np.ones(3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"voltage_v": np.array([1.0, np.nan, 1.0])}, "row 2: voltage_v must be a finite number"),
        ({"current_ma": np.array([1.0, 1.0, np.inf])}, "row 3: current_ma must be a finite number"),
        ({"test_time_s": np.array([0.0, 5.0, 4.0])}, "row 3: test_time_s must not fall, got 4.0"),
        ({"cycle": np.array([1, 2, 1])}, "row 3: cycle must not fall, got 1 after 2"),
        ({"cycle": np.array([-1, 1, 1])}, "row 1: cycle must be at least 0, got -1"),
        ({"voltage_v": np.ones(2)}, "voltage_v must have 3 rows as test_time_s, got 2"),
    ],
)
def test_a_bad_point_is_named(change: dict[str, np.ndarray], message: str) -> None:
    columns = {"test_time_s": TIME, "current_ma": ONES, "voltage_v": ONES, **change}
    with pytest.raises(InputError, match=message):
        CellTrace(**columns)  # type: ignore[arg-type]


def test_a_single_point_is_no_trace() -> None:
    with pytest.raises(InputError, match="at least 2 rows, got 1"):
        CellTrace(np.zeros(1), np.ones(1), np.ones(1))


def test_charge_counts_both_directions() -> None:
    time = np.array([0.0, 1800.0, 3600.0, 5400.0, 7200.0])
    trace = CellTrace(time, np.array([2.0, 2.0, -2.0, -2.0, -2.0]), np.zeros(5))
    np.testing.assert_allclose(trace.charge_mah, [0, 1, 2, 3, 4])


def test_a_current_holds_until_the_instrument_switches() -> None:
    """Rest, then 4 mA for one hour: no charge is given to the rest before the switch."""
    time = np.array([0.0, 3600.0, 7200.0, 10800.0])
    trace = CellTrace(time, np.array([0.0, 4.0, 0.0, 0.0]), np.zeros(4))
    np.testing.assert_allclose(trace.charge_mah, [0, 0, 4, 4])


def test_a_slowly_falling_current_is_a_trapezoid() -> None:
    time = np.arange(101) * 36.0
    trace = CellTrace(time, np.linspace(2, 1, 101), np.zeros(101))
    assert trace.charge_mah[-1] == pytest.approx(1.5)
