"""The common causes of variation of a real line, one random stream for each.

A process gives one value a lot, in the order in which lots come to its station; so the values do
not depend on how the lots are cut into chunks. All sizes are assumed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from zlib import crc32

import numpy as np

__all__ = ["GAUGES", "Autoregressive", "Depletion", "Gauge", "Variation", "spawn"]


def spawn(seed: int, purpose: str) -> np.random.Generator:
    """A generator that depends on seed and purpose only.

    Examples
    --------
    >>> spawn(1, "foil").random() == spawn(1, "foil").random() != spawn(1, "tension").random()
    True
    """
    key = (crc32(purpose.encode()),)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


class Autoregressive:
    """AR(1) around 0 with standard deviation `sd` and lag-one correlation `phi`.

    Examples
    --------
    >>> noise = Autoregressive(np.random.default_rng(1), sd=2.0, phi=0.6)
    >>> values = [noise.step() for _ in range(20_000)]
    >>> round(float(np.std(values)), 1), round(float(np.corrcoef(values[1:], values[:-1])[0, 1]), 1)
    (2.0, 0.6)
    """

    def __init__(self, rng: np.random.Generator, sd: float, phi: float = 0.0) -> None:
        self._rng = rng
        self._phi = phi
        self._innovation_sd = sd * math.sqrt(1.0 - phi**2)
        self._value = sd * rng.standard_normal()

    def step(self) -> float:
        """The next value."""
        self._value = self._phi * self._value + self._innovation_sd * self._rng.standard_normal()
        return self._value


class Depletion:
    """Sawtooth of the vapour: each lot takes a share, and the charge is renewed now and then.

    Examples
    --------
    >>> charge = Depletion(per_lot=0.01, lots=3)
    >>> [charge.step() for _ in range(5)]
    [0.0, 0.01, 0.02, 0.0, 0.01]
    """

    def __init__(self, per_lot: float, lots: int) -> None:
        self._per_lot = per_lot
        self._lots = lots
        self._taken = 0

    def step(self) -> float:
        """Share of the charge that is gone when the next lot comes."""
        share = self._per_lot * (self._taken % self._lots)
        self._taken += 1
        return share


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge: name, standard deviations of its repeatability and of its bias, resolution."""

    name: str
    noise: float
    bias_sd: float = 0.0
    resolution: float = 0.0

    def read(self, true: float, bias: float, rng: np.random.Generator) -> float:
        """One reading of `true`."""
        value = true + bias + self.noise * rng.standard_normal()
        return round(value / self.resolution) * self.resolution if self.resolution else value


GAUGES: Mapping[str, Gauge] = MappingProxyType({
    "foil_thickness_um": Gauge("eddy-1", 0.5, 0.2, 0.01),
    "chamber_temperature_c": Gauge("tc-1", 0.05, 0.05, 0.01),
    "foil_temperature_c": Gauge("pyro-1", 0.1, 0.1, 0.01),
    "exposure_s": Gauge("timer-1", 0.01, 0.0, 0.01),
    "loading_mg_cm2": Gauge("balance-1", 0.001, 0.0, 0.0001),
    "h2o_ppm": Gauge("hygro-1", 0.002, 0.0, 0.0001),
    "o2_ppm": Gauge("oxy-1", 0.002, 0.0, 0.0001),
    "winding_tension_n": Gauge("load-1", 0.01, 0.005, 0.001),
    "rolling_pressure_mpa": Gauge("load-2", 0.1, 0.1, 0.01),
    "roll_temperature_c": Gauge("tc-2", 0.05, 0.05, 0.01),
    "thickness_um": Gauge("laser-1", 0.5, 0.15, 0.01),
    "areal_capacity_mah_cm2": Gauge("cycler-1", 0.08, 0.03, 0.001),
    "asr_ohm_cm2": Gauge("eis-1", 0.2, 0.0, 0.01),
})
"""Gauges by characteristic, in the characteristic's unit."""


class Variation:
    """All common causes of one plant.

    Parameters
    ----------
    seed : int
        Of the plant; every process has a stream of its own below it.
    """

    def __init__(self, seed: int) -> None:
        def ar(purpose: str, sd: float, phi: float = 0.0) -> Autoregressive:
            return Autoregressive(spawn(seed, purpose), sd, phi)

        self.foil_share = ar("foil", 0.02, 0.2)
        self.chamber_k = ar("chamber", 0.5)
        self.exposure_s = ar("exposure", 0.3)
        self.h2o_ppm = ar("h2o", 0.006)
        self.o2_ppm = ar("o2", 0.006)
        self.tension_share = ar("tension", 0.03)
        self.flow_stress = ar("flow stress", 0.03)
        self.pressure_share = ar("pressure", 0.01)
        self.roll_k = ar("roll temperature", 0.4, 0.15)
        self.depletion = Depletion(0.004, 8)
        self.sheet = spawn(seed, "sheet")
        self.gauges = spawn(seed, "gauges")
        self.cells = spawn(seed, "cells")
        biases = spawn(seed, "bias")
        self.bias = {
            name: gauge.bias_sd * biases.standard_normal() for name, gauge in GAUGES.items()
        }

    def reading(self, characteristic: str, true: float, drift: float = 0.0) -> float:
        """What the gauge of `characteristic` shows for a true value."""
        gauge = GAUGES[characteristic]
        return gauge.read(true, self.bias[characteristic] + drift, self.gauges)
