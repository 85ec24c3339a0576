"""Speed of the quality model: fits, and predictions for many lots."""

from __future__ import annotations

import math
import time

import numpy as np

from benchmarks import BenchRow
from process_models.quality import QualityModel, fit
from process_models.quality.lot_summary import summarise_lots
from twin.evidence import reference_evidence

__all__ = ["rows"]

_LOTS, _DRAWS = 100_000, 50
_MANY = 1_000_000


def rows() -> list[BenchRow]:
    """A full fit with compilation, the next one, and lots by the thousand and the million."""
    first, model = _fit(0)
    again, _ = _fit(1)
    return [
        BenchRow(
            "quality: full fit, compilation included", first, "s", "compiled before",
            first / again, "< 60 s",
        ),
        BenchRow(
            "quality: 1,000 lots x 500 draws", _lots(model, 1000, 500), "s", "", math.nan, "< 1 s"
        ),
        _against_a_loop(model),
        _summaries(model),
    ]  # fmt: skip


def _fit(seed: int) -> tuple[float, QualityModel]:
    started = time.perf_counter()
    model = fit(reference_evidence(), seed=seed)
    return time.perf_counter() - started, model


def _inputs(lots: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(40.0, 0.3, lots), rng.normal(36.0, 0.5, lots), rng.normal(60.0, 1.0, lots)


def _lots(model: QualityModel, lots: int, draws: int) -> float:
    """Seconds for one prediction of so many lots."""
    inputs = _inputs(lots)
    started = time.perf_counter()
    model.predict_lots(*inputs, rng=np.random.default_rng(1), draws=draws)
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


def _summaries(model: QualityModel) -> BenchRow:
    """Interval and survival of every lot under all draws; interpolated, the error in the name."""
    inputs = _inputs(_MANY)
    started = time.perf_counter()
    summary = summarise_lots(model, *inputs)
    spent = time.perf_counter() - started
    draws = len(model.draws["ccd_spread"])
    name = (
        f"quality: {_MANY:,} lots x {draws:,} draws summarised, interpolation within"
        f" {summary.interpolation_error:.1e}"
    )
    return BenchRow(name, spent, "s", "", math.nan, "< 10 s")
