"""Speed and memory of the physics: a million lots, and draws by lots."""

from __future__ import annotations

import math
import time
import tracemalloc
from dataclasses import replace

import numpy as np

from benchmarks import BenchRow
from process_models.physics import (
    LotInputs,
    ProcessParameters,
    ProcessSettings,
    draw_parameters,
    lot_structure,
    nominal_inputs,
)
from process_models.physics.draws import Constants
from process_models.physics.materials_table import compare_with_paper

__all__ = ["rows"]

_LOTS = 1_000_000
_SETTINGS = ProcessSettings()


def rows() -> list[BenchRow]:
    """A million lots against one at a time, 1,000 draws x 1,000 lots, and the table of systems."""
    together = _seconds(_lots(_LOTS), ProcessParameters())
    draws = draw_parameters(np.random.default_rng(0), 1000)
    crossed = _seconds(_lots(1000), draws)
    return [
        BenchRow(
            f"physics: structure of {_LOTS:,} lots", together, "s", "one lot at a time",
            together / _one_by_one(), "< 10 s",
        ),
        BenchRow("physics: 1,000 draws x 1,000 lots", crossed, "s", "", math.nan, "< 5 s"),
        BenchRow(
            "physics: 1,000 draws x 1,000 lots, peak", _peak_mb(draws), "MB", "", math.nan,
            "< 500 MB",
        ),
        BenchRow("physics: table of material systems", _table(), "s", "", math.nan, "< 2 s"),
    ]  # fmt: skip


def _lots(count: int) -> LotInputs:
    rng = np.random.default_rng(1)
    usual = nominal_inputs(_SETTINGS, count)
    return replace(
        usual,
        foil_thickness_um=usual.foil_thickness_um * rng.normal(1.0, 0.02, count),
        exposure_s=usual.exposure_s + rng.normal(0.0, 0.3, count),
        chamber_temperature_c=usual.chamber_temperature_c + rng.normal(0.0, 0.5, count),
        flow_stress_factor=np.exp(rng.normal(0.0, 0.07, count)),
    )


def _seconds(inputs: LotInputs, constants: Constants) -> float:
    started = time.perf_counter()
    lot_structure(_SETTINGS, inputs, constants)
    return time.perf_counter() - started


def _one_by_one(sample: int = 300) -> float:
    """Seconds that as many lots would take in a loop, from a sample."""
    inputs = _lots(1)
    started = time.perf_counter()
    for _ in range(sample):
        lot_structure(_SETTINGS, inputs, ProcessParameters())
    return (time.perf_counter() - started) / sample * _LOTS


def _peak_mb(constants: Constants) -> float:
    inputs = _lots(1000)
    tracemalloc.start()
    lot_structure(_SETTINGS, inputs, constants)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def _table() -> float:
    started = time.perf_counter()
    compare_with_paper()
    return time.perf_counter() - started
