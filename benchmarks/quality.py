"""Speed of the quality model: a full fit, and predictions for many lots."""

from __future__ import annotations

import math
import time

import numpy as np

from benchmarks import BenchRow
from process_models.quality import QualityModel, fit
from twin.evidence import reference_evidence

__all__ = ["rows"]

_LOTS, _DRAWS = 100_000, 50


def rows() -> list[BenchRow]:
    """A full fit with compilation, 1,000 lots under 500 draws, and 100,000 lots."""
    started = time.perf_counter()
    model = fit(reference_evidence())
    fitted = time.perf_counter() - started
    return [
        BenchRow("quality: full fit, compilation included", fitted, "s", "", math.nan, "< 60 s"),
        BenchRow(
            "quality: 1,000 lots x 500 draws", _lots(model, 1000, 500), "s", "", math.nan, "< 1 s"
        ),
        _against_a_loop(model),
    ]


def _lots(model: QualityModel, lots: int, draws: int) -> float:
    """Seconds for one prediction of so many lots."""
    rng = np.random.default_rng(0)
    time_s = rng.normal(40.0, 0.3, lots)
    pressure, thickness = rng.normal(36.0, 0.5, lots), rng.normal(60.0, 1.0, lots)
    started = time.perf_counter()
    model.predict_lots(time_s, pressure, thickness, rng=rng, draws=draws)
    return time.perf_counter() - started


def _against_a_loop(model: QualityModel) -> BenchRow:
    sample = 200
    started = time.perf_counter()
    for _ in range(sample):
        _lots(model, 1, _DRAWS)
    alone = (time.perf_counter() - started) / sample * _LOTS
    together = _lots(model, _LOTS, _DRAWS)
    name = f"quality: {_LOTS:,} lots x {_DRAWS} draws"
    return BenchRow(name, together, "s", "one lot at a time", together / alone, "< 5 s")
