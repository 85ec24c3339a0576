"""Forecasts against what happened, continuously: coverage, CRPS against baselines, reliability.

`told` takes out of a forecast what can be judged, `outcomes` pairs it with what became of the lots,
`verdict` counts, `baselines` are what a user would have without the twin, `keeping` stores what was
told beside the store, and `learning` lets later forecasts learn from it.
"""

from __future__ import annotations

from twin.forecasting.judging.keeping import keep_told, kept_told
from twin.forecasting.judging.learning import learned_recalibrations
from twin.forecasting.judging.outcomes import Judged, judged
from twin.forecasting.judging.told import Told, told_of
from twin.forecasting.judging.verdict import QuantityVerdict, Verdict, verdict

__all__ = [
    "Judged",
    "QuantityVerdict",
    "Told",
    "Verdict",
    "judged",
    "keep_told",
    "kept_told",
    "learned_recalibrations",
    "told_of",
    "verdict",
]
