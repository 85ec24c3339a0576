"""Short circuits of full cells, judged by what they do to a charge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from process_models.cells.half_cycles import HalfCycle
from process_models.cells.noise import point_noise_v
from process_models.cells.short import Short, kind_of
from process_models.cells.trace import CellTrace

__all__ = ["find_full_cell_short"]

CHARGE_FALL_V, FALL_SIGMAS = 0.1, 6.0
EXCESS, EARLIER = 0.30, 6
LASTING = 3


def find_full_cell_short(trace: CellTrace, halves: Sequence[HalfCycle]) -> Short | None:
    """The first charge in which the voltage falls for good, or that takes far too much charge.

    Charging is the direction of positive current. Rates may change, so a charge is too large when
    it is beyond everything that the cell has taken or given before.
    """
    moved_mah: list[float] = []
    for number, half in enumerate(halves):
        charge_mah = trace.charge_mah[half.start : half.stop] - trace.charge_mah[half.start]
        if half.current_ma > 0:
            fall = _fall(trace, half)
            if fall is not None:
                return _short(trace, number, fall, "charge_fall", half)
            limit = (1 + EXCESS) * max(moved_mah, default=np.inf)
            if len(moved_mah) >= EARLIER and charge_mah[-1] > limit:
                point = half.start + int(np.argmax(charge_mah > limit))
                return _short(trace, number, point, "efficiency_drop", half)
        moved_mah.append(float(charge_mah[-1]))
    return None


def _fall(trace: CellTrace, half: HalfCycle) -> int | None:
    """First point from which the voltage stays lower, by the limit, than it was in this charge."""
    voltage_v = trace.voltage_v[half.start : half.stop]
    steady = trace.current_ma[half.start : half.stop] > 0.95 * half.current_ma
    level_v = np.maximum.accumulate(np.where(steady, voltage_v, -np.inf))
    limit_v = max(CHARGE_FALL_V, FALL_SIGMAS * point_noise_v(voltage_v))
    low = steady & (voltage_v < level_v - limit_v)
    runs = np.convolve(low, np.ones(LASTING), "valid") if len(low) >= LASTING else np.zeros(0)
    found = np.flatnonzero(runs == LASTING)
    return half.start + int(found[0]) if len(found) else None


def _short(trace: CellTrace, number: int, point: int, rule: str, half: HalfCycle) -> Short:
    before_v = float(np.max(np.abs(trace.voltage_v[half.start : point + 1])))
    after_v = float(np.median(np.abs(trace.voltage_v[point : half.stop])))
    time_h = float(trace.test_time_s[point]) / 3600
    return Short(kind_of(before_v, after_v), time_h, rule, point, number, before_v, after_v)
