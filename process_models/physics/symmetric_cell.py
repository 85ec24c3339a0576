"""Simulated symmetric-cell tests: the stepped CCD test, and cycling until a short circuit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from process_models.errors import InputError
from process_models.physics.checked import Floats, above_zero, not_negative
from process_models.physics.trace import ShortKind, SimulatedShort, SimulatedTrace

__all__ = ["CellElectrics", "ccd_trace", "cycling_trace"]

_PEAK, _PEAK_S = 0.12, 240.0  # assumed: rise at the start of a half-cycle, and how fast it fades
_LEFT = {"soft": 0.5, "hard": 0.05}  # assumed share of the voltage that a short leaves
_NOISIER = 6.0  # assumed: noise after a short over that before
_MOST_POINTS = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CellElectrics:
    """What a cycler sees of a sound cell; all values assumed.

    Attributes
    ----------
    asr_ohm_cm2 : float
        Voltage over current density; 50 gives the usual 5 mV at 0.1 mA/cm2.
    growth_per_h : float
        Relative growth of it.
    noise_v : float
        Standard deviation of one reading.
    sample_s : float
        Time between readings.

    Raises
    ------
    InputError
        When a number is not possible.
    """

    asr_ohm_cm2: float = 50.0
    growth_per_h: float = 2e-4
    noise_v: float = 2e-4
    sample_s: float = 60.0

    def __post_init__(self) -> None:
        above_zero("asr_ohm_cm2", self.asr_ohm_cm2)
        above_zero("sample_s", self.sample_s)
        not_negative("growth_per_h", self.growth_per_h)
        not_negative("noise_v", self.noise_v)


def ccd_trace(
    ccd_ma_cm2: float,
    rng: np.random.Generator,
    *,
    step_ma_cm2: float = 0.1,
    half_cycle_s: float = 3600.0,
    short: ShortKind = "hard",
    electrics: CellElectrics | None = None,
) -> SimulatedTrace:
    """A cell that is plated and stripped at currents rising by a step until it shorts.

    The first step at or above `ccd_ma_cm2` shorts, somewhere in its two half-cycles; the record
    runs to the end of that step.

    Parameters
    ----------
    ccd_ma_cm2 : float
        True critical current density.
    rng : Generator
        Of the moment of the short and of the noise.
    step_ma_cm2, half_cycle_s : float
        Protocol; the half-cycle time of the paper is not known, an hour is assumed.
    short : {"soft", "hard"}
    electrics : CellElectrics, optional

    Examples
    --------
    >>> seen = ccd_trace(0.25, np.random.default_rng(1))
    >>> seen.short.current_ma_cm2.__round__(1), seen.provenance
    (0.3, 'simulated')
    """
    cell = electrics or CellElectrics()
    step = float(above_zero("step_ma_cm2", step_ma_cm2))
    half_s = float(above_zero("half_cycle_s", half_cycle_s))
    steps = max(1, math.ceil(float(above_zero("ccd_ma_cm2", ccd_ma_cm2)) / step - 1e-9))
    when_s = 2 * half_s * (steps - 1 + float(rng.uniform(0.05, 0.95)))
    _readings(steps, half_s, cell)
    currents = step * np.arange(1, steps + 1, dtype=np.float64)
    return _trace(
        "ccd", currents, half_s, SimulatedShort(_kind(short), when_s, steps * step), cell, rng
    )


def cycling_trace(
    life_h: float,
    rng: np.random.Generator,
    *,
    current_ma_cm2: float = 0.5,
    capacity_mah_cm2: float = 0.5,
    end_h: float | None = None,
    short: ShortKind = "hard",
    electrics: CellElectrics | None = None,
) -> SimulatedTrace:
    """A cell that is cycled at one current until it shorts, or until the record ends.

    Parameters
    ----------
    life_h : float
        True time to the short circuit.
    rng : Generator
        Of the noise.
    current_ma_cm2, capacity_mah_cm2 : float
        Protocol; a half-cycle takes their ratio in hours.
    end_h : float, optional
        End of the record; a life beyond it is right-censored. By default the cycle after life.
    short : {"soft", "hard"}
    electrics : CellElectrics, optional

    Examples
    --------
    >>> cycling_trace(30.0, np.random.default_rng(1), end_h=20.0).short is None
    True
    """
    cell = electrics or CellElectrics()
    current = float(above_zero("current_ma_cm2", current_ma_cm2))
    half_s = 3600.0 * float(above_zero("capacity_mah_cm2", capacity_mah_cm2)) / current
    life_s = 3600.0 * float(above_zero("life_h", life_h))
    cycles = math.floor(life_s / (2 * half_s)) + 2
    ends_s = math.inf if end_h is None else 3600.0 * float(above_zero("end_h", end_h))
    if math.isfinite(ends_s):
        cycles = max(1, min(cycles, math.ceil(ends_s / (2 * half_s))))
    happened = SimulatedShort(_kind(short), life_s, current) if life_s < ends_s else None
    _readings(cycles, half_s, cell)
    made = _trace("symmetric", np.full(cycles, current), half_s, happened, cell, rng)
    return _until(made, ends_s)


def _readings(cycles: int, half_s: float, cell: CellElectrics) -> int:
    """Readings of a half-cycle, refused before anything large is made."""
    each = max(2, math.floor(half_s / cell.sample_s))
    if 2 * each * cycles > _MOST_POINTS:
        raise InputError(
            f"sample_s must leave at most {_MOST_POINTS} readings,"
            f" got {2 * each * cycles} with {cell.sample_s:g} s"
        )
    return each


def _kind(short: str) -> ShortKind:
    if short == "soft":
        return "soft"
    if short == "hard":
        return "hard"
    raise InputError(f"short must be soft or hard, got {short!r}")


def _trace(
    test: str,
    currents: Floats,
    half_s: float,
    short: SimulatedShort | None,
    cell: CellElectrics,
    rng: np.random.Generator,
) -> SimulatedTrace:
    """Two half-cycles at each of `currents`, the second of the other sign."""
    each = _readings(currents.size, half_s, cell)
    inside = np.arange(1, each + 1) * (half_s / each)
    halves = 2 * currents.size
    time = (np.arange(halves)[:, None] * half_s + inside).ravel()
    signed = np.repeat(np.repeat(currents, 2) * np.tile([1.0, -1.0], currents.size), each)
    ohm = cell.asr_ohm_cm2 * (1.0 + cell.growth_per_h * time / 3600.0) / 1000.0
    peak = np.tile(1.0 + _PEAK * np.exp(-inside / _PEAK_S), halves)
    after = time >= short.time_s if short is not None else np.zeros(time.shape, dtype=bool)
    left = np.where(after, _LEFT[short.kind] if short is not None else 1.0, 1.0)
    noise = cell.noise_v * np.where(after, _NOISIER, 1.0) * rng.standard_normal(time.size)
    cycle = np.repeat(np.arange(1, currents.size + 1), 2 * each)
    return SimulatedTrace(test, time, signed, signed * ohm * peak * left + noise, cycle, short)


def _until(trace: SimulatedTrace, end_s: float) -> SimulatedTrace:
    kept = trace.time_s <= end_s
    if not kept.any():
        raise InputError(f"end_h must leave a reading, got {end_s / 3600.0:g}")
    return SimulatedTrace(
        trace.test,
        trace.time_s[kept],
        trace.current_ma_cm2[kept],
        trace.voltage_v[kept],
        trace.cycle[kept],
        trace.short,
        trace.area_cm2,
    )
