"""Simulated traces of symmetric cells; none is a real test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from process_models.cells import CellTrace


@dataclass(frozen=True)
class SimulatedCell:
    """A symmetric cell of constant resistance with a nucleation spike and a short on request.

    `short_at_h` hours into the test |V| falls to `remaining` of what it was, for good.
    """

    resistance_ohm_cm2: float = 50.0
    noise_v: float = 0.0
    spacing_s: float = 60.0
    half_cycle_s: float = 3600.0
    rest_points: int = 0
    area_cm2: float = 1.0
    short_at_h: float = np.inf
    remaining: float = 0.1
    seed: int = 1

    def stepped(self, highest_ma_cm2: float, step_ma_cm2: float = 0.1) -> CellTrace:
        """CCD test: one cycle a step, the last one at `highest_ma_cm2`."""
        steps = round(highest_ma_cm2 / step_ma_cm2)
        return self.cycled([step_ma_cm2 * (1 + step) for step in range(steps)])

    def cycled(self, densities_ma_cm2: list[float]) -> CellTrace:
        """One cycle at each current density."""
        rng = np.random.default_rng(self.seed)
        points = round(self.half_cycle_s / self.spacing_s)
        after_s = self.spacing_s * np.arange(points)
        shape = 1 + 0.1 * (1 - np.exp(-after_s / 900)) + 0.4 * np.exp(-after_s / 20)
        current, voltage, cycle = [], [], []
        for number, density in enumerate(densities_ma_cm2, start=1):
            for sign in (1, -1):
                current += [np.full(points, sign * density), np.zeros(self.rest_points)]
                volts = sign * density * self.resistance_ohm_cm2 / 1000 * shape
                voltage += [volts, np.zeros(self.rest_points)]
                cycle.append(np.full(points + self.rest_points, number))
        time_s = self.spacing_s * np.arange(sum(len(part) for part in current))
        volts = np.concatenate(voltage)
        volts[time_s >= 3600 * self.short_at_h] *= self.remaining
        volts += rng.normal(0, self.noise_v, len(volts))
        current_ma = self.area_cm2 * np.concatenate(current)
        return CellTrace(time_s, current_ma, volts, np.concatenate(cycle))


@pytest.fixture(scope="session")
def cell() -> Callable[..., SimulatedCell]:
    return SimulatedCell
