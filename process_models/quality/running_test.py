"""The survival forecast of a life test that is still running, from its trace so far.

Two things are known of a cell that has lived `t0` hours. Draws of the model that would have let it
die are less likely, and no death before `t0` counts: S(t | alive at t0), each draw weighted by its
probability to be alive. And its resistance: where it falls steadily, it reaches the loss by which a
soft short is called at a time that the line through it foretells; whichever comes first ends the
test. That a falling resistance foretells a short is assumed, not yet shown by evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.cells import CellTrace, find_symmetric_short, half_cycles
from process_models.errors import InputError
from process_models.physics.cell import ln_life_h
from process_models.quality.model import QualityModel, check_protocol
from process_models.quality.response import features, median_ln_ccd

__all__ = ["RunningTest", "Survival", "running_test", "survival_forecast"]

Floats = NDArray[np.float64]
LOSS, BEND = 0.30, 0.5
"""Loss of resistance that is called a short, and how far trends bend: sd of a slope ahead, as a
share of the slope so far (assumed)."""
_FEWEST = 6
_HOURS = (10.0, 25.0, 50.0, 100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0, 1000.0)


@dataclass(frozen=True, slots=True)
class RunningTest:
    """What the trace of a cell that still lives says.

    Attributes
    ----------
    alive_h : float
        Hours survived.
    current_ma_cm2, capacity_mah_cm2 : float
        Of its half-cycles.
    resistance_ohm_cm2 : float
        |V/i| of the last half-cycles, per area.
    loss_per_h, loss_sd_per_h : float
        Fall of the resistance an hour as a share of what it was at first, and its standard error;
        0 with too few half-cycles.
    lost : float
        Share of the resistance that is lost already, along the line.
    half_cycles : int
    """

    alive_h: float
    current_ma_cm2: float
    capacity_mah_cm2: float
    resistance_ohm_cm2: float
    loss_per_h: float
    loss_sd_per_h: float
    lost: float
    half_cycles: int


@dataclass(frozen=True, slots=True)
class Survival:
    """P(the test goes on at least so many hours from its start), by the two reasons.

    Attributes
    ----------
    hours, probability : tuple of float
    by_model, by_trend : tuple of float
        Their product is `probability`.
    before : tuple of float
        What the model said before the test began.
    median_h : float or None
        None where the chance to outlive the last hour asked is above a half.
    basis : str
    """

    hours: tuple[float, ...]
    probability: tuple[float, ...]
    by_model: tuple[float, ...]
    by_trend: tuple[float, ...]
    before: tuple[float, ...]
    median_h: float | None
    basis: str = "posterior given survival so far (evidence); trend of resistance (assumed)"

    def to_dict(self) -> dict[str, Any]:
        """The forecast as JSON."""
        columns = (self.hours, self.probability, self.by_model, self.by_trend, self.before)
        names = ("hours", "probability", "by_model", "by_trend", "before")
        rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        return {"survival": rows, "median_h": self.median_h, "basis": self.basis}


def running_test(trace: CellTrace, *, area_cm2: float) -> RunningTest:
    """Read a running life test.

    Raises
    ------
    InputError
        When the area is not above 0, no half-cycle has ended, or the cell has shorted already.
    """
    if not 0 < area_cm2 < math.inf:
        raise InputError(f"area_cm2 must be above 0, got {area_cm2!r}")
    halves = half_cycles(trace)
    ended = [half for half in halves if half.ended]
    if not ended:
        raise InputError("a running test needs a half-cycle that has ended, got none")
    short = find_symmetric_short(trace, halves)
    if short is not None:
        raise InputError(f"the cell has shorted already, at {short.time_h:g} h: {short.rule}")
    size = np.abs(trace.voltage_v)
    resistance = np.array(
        [np.median(size[h.start : h.stop]) / abs(h.current_ma) * 1000 * area_cm2 for h in ended]
    )
    middle_h = np.array(
        [(trace.test_time_s[h.start] + trace.test_time_s[h.stop - 1]) / 7200 for h in ended]
    )
    slope, error, lost = _trend(middle_h, resistance)
    density = float(np.median([abs(half.current_ma) for half in ended])) / area_cm2
    charges = [
        trace.charge_mah[min(h.stop, len(size) - 1)] - trace.charge_mah[h.start] for h in ended
    ]
    return RunningTest(
        alive_h=trace.end_h,
        current_ma_cm2=density,
        capacity_mah_cm2=float(np.median(charges)) / area_cm2,
        resistance_ohm_cm2=float(np.median(resistance[-3:])),
        loss_per_h=-slope,
        loss_sd_per_h=error,
        lost=lost,
        half_cycles=len(ended),
    )


def _trend(hours: Floats, resistance: Floats) -> tuple[float, float, float]:
    """Slope an hour and its standard error, and the loss along the line; shares of the first."""
    if len(hours) < _FEWEST:
        return 0.0, 0.0, 0.0
    from scipy.stats import linregress

    relative = resistance / np.median(resistance[:3])
    fitted = linregress(hours, relative)
    fallen = float(fitted.slope) * float(hours[-1] - hours[0])
    error = float(np.nan_to_num(fitted.stderr))  # none of a perfectly straight line
    return float(fitted.slope), error, max(0.0, -fallen)


def survival_forecast(
    model: QualityModel,
    test: RunningTest,
    *,
    sublimation_time_s: float,
    rolling_pressure_mpa: float,
    thickness_um: float,
    process: str = "lacss",
    hours: Sequence[float] = _HOURS,
) -> Survival:
    """How long a running cell will last.

    Parameters
    ----------
    hours : sequence of float
        From the start of the test, ascending; those that are past have probability 1.

    Returns
    -------
    Survival
    """
    check_protocol(test.current_ma_cm2, test.capacity_mah_cm2)
    cell = features(process, sublimation_time_s, rolling_pressure_mpa, thickness_um)
    ccd = np.asarray(median_ln_ccd(cell, model.draws))
    life = np.asarray(ln_life_h(ccd, test.current_ma_cm2, test.capacity_mah_cm2, model.draws))
    spread = model.draws["life_spread"]
    asked = tuple(float(hour) for hour in hours)
    before = tuple(_alive(hour, life, spread) for hour in asked)
    now = _alive(test.alive_h, life, spread)
    by_model = tuple(
        1.0 if hour <= test.alive_h else before[n] / max(now, 1e-12) for n, hour in enumerate(asked)
    )
    by_trend = tuple(_trend_holds(test, hour) for hour in asked)
    both = tuple(a * b for a, b in zip(by_model, by_trend, strict=True))
    return Survival(asked, both, by_model, by_trend, before, _median(asked, both))


def _alive(hour: float, ln_life: Floats, spread: Floats) -> float:
    """P(T > hour) over the draws; every draw counts by its chance, so that ratios condition."""
    from scipy.special import ndtr

    if hour <= 0:
        return 1.0
    return float(np.mean(ndtr((ln_life - math.log(hour)) / spread)))


def _trend_holds(test: RunningTest, hour: float) -> float:
    """P(the resistance has not lost `LOSS` by then), by the normal law of the slope."""
    from scipy.special import ndtr

    ahead_h = hour - test.alive_h
    if ahead_h <= 0 or test.half_cycles < _FEWEST:
        return 1.0
    needed = (LOSS - test.lost) / ahead_h
    sd = math.hypot(test.loss_sd_per_h, BEND * test.loss_per_h)
    if sd == 0:
        return float(test.loss_per_h < needed)
    return float(ndtr((needed - test.loss_per_h) / sd))


def _median(hours: Sequence[float], probability: Sequence[float]) -> float | None:
    below = next((n for n, p in enumerate(probability) if p < 0.5), None)
    if below is None:
        return None
    if below == 0:
        return hours[0]
    h0, h1, p0, p1 = hours[below - 1], hours[below], probability[below - 1], probability[below]
    return h0 + (h1 - h0) * (p0 - 0.5) / (p0 - p1)
