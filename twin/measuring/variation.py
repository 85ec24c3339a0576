"""The common causes of variation of a real line, one random stream for each.

A process gives one value a lot, in the order in which lots come to its station; so the values do
not depend on how the lots are cut into chunks. Their sizes are those of a `ProcessVariation`.
"""

from __future__ import annotations

import math
from zlib import crc32

import numpy as np

from twin.measuring.gauge import GAUGES
from twin.measuring.process_variation import ProcessVariation

__all__ = ["Autoregressive", "Variation", "spawn"]


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


class Variation:
    """All common causes of one plant.

    Parameters
    ----------
    seed : int
        Of the plant; every process has a stream of its own below it.
    process : ProcessVariation, optional
        How much it varies; default as the reference line.
    """

    def __init__(self, seed: int, process: ProcessVariation | None = None) -> None:
        self.process = size = process or ProcessVariation()

        def ar(purpose: str, sd: float, phi: float = 0.0) -> Autoregressive:
            return Autoregressive(spawn(seed, purpose), sd, phi)

        self.foil_share = ar(
            "foil", size.foil_thickness_sd_share, size.foil_thickness_correlation
        )
        self.chamber_k = ar("chamber", size.chamber_temperature_sd_k)
        self.exposure_s = ar("exposure", size.exposure_sd_s)
        self.h2o_ppm = ar("h2o", size.h2o_sd_ppm)
        self.o2_ppm = ar("o2", size.o2_sd_ppm)
        self.tension_share = ar("tension", size.winding_tension_sd_share)
        self.flow_stress = ar("flow stress", size.flow_stress_sd_ln)
        self.pressure_share = ar("pressure", size.rolling_pressure_sd_share)
        self.roll_k = ar(
            "roll temperature", size.roll_temperature_sd_k, size.roll_temperature_correlation
        )
        self.sheet = spawn(seed, "sheet")
        self.gauges = spawn(seed, "gauges")
        self.cells = spawn(seed, "cells")
        self.bias = self._biases(spawn(seed, "bias"))

    def _biases(self, rng: np.random.Generator) -> dict[str, float]:
        """One draw for each gauge, also where its bias is known: the others stay as they are."""
        found = {}
        for name in GAUGES:
            gauge, drawn = self.process.gauge(name), rng.standard_normal()
            found[name] = gauge.bias_sd * drawn if gauge.bias is None else gauge.bias
        return found

    def reading(self, characteristic: str, true: float, drift: float = 0.0) -> float:
        """What the gauge of `characteristic` shows for a true value."""
        gauge = self.process.gauge(characteristic)
        return gauge.read(true, self.bias[characteristic] + drift, self.gauges)
