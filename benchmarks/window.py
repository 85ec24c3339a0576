"""The process window and the search for the next cells, on draws of the prior."""

from __future__ import annotations

import math
import time

import numpy as np

from benchmarks import BenchRow
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import FitRecord, QualityModel
from process_models.quality.acceptance import Goal
from process_models.quality.next_experiment import next_experiments
from process_models.quality.response import constants_from_normal
from process_models.quality.window import process_window

__all__ = ["rows"]

DRAWS = 1000


def rows() -> list[BenchRow]:
    """CPU seconds of a 60 x 60 x 5 window with 1,000 draws, and of three next cells."""
    model = _model()
    process_window(model, Goal(), shape=(3, 3, 2))  # compiles
    began = time.process_time()
    process_window(model, Goal())
    window_s = time.process_time() - began
    began = time.process_time()
    next_experiments(model, Goal(), cells=3)
    next_s = time.process_time() - began
    return [
        BenchRow("process window, 60 x 60 x 5, 1,000 draws", window_s, "CPU s", "", math.nan,
                 "under 2 s"),
        BenchRow("three next cells of 90", next_s, "CPU s", "", math.nan, ""),
    ]  # fmt: skip


def _model() -> QualityModel:
    z = np.random.default_rng(1).standard_normal((len(QUALITY_PARAMETERS), DRAWS))
    record = FitRecord(
        evidence_rows=0, evidence_sha256="0", seed=0, draws=DRAWS, warmup=0, r_hat_max=1.0,
        ess_min=float(DRAWS), divergences=0, longest_life_h=700.0, spans={}, prior_share={},
    )  # fmt: skip
    return QualityModel(constants_from_normal(z), record)
