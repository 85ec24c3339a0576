"""How good forecasts were: CRPS, probability integral transform, coverage, reliability.

Everything takes quantiles or draws and what was observed; who made the forecast, and when, is of no
concern here.
"""

from __future__ import annotations

from process_models.scoring.crps import crps_of_draws, crps_of_quantiles, pinball
from process_models.scoring.pit import Pit, coverage, normal_scores, pit_of
from process_models.scoring.recalibration import Recalibration, learn_recalibration
from process_models.scoring.reliability import (
    Reliability,
    brier,
    reliability,
    reliability_of_quantiles,
)

__all__ = [
    "Pit",
    "Recalibration",
    "Reliability",
    "brier",
    "coverage",
    "crps_of_draws",
    "crps_of_quantiles",
    "learn_recalibration",
    "normal_scores",
    "pinball",
    "pit_of",
    "reliability",
    "reliability_of_quantiles",
]
