"""What cells will do: a Bayesian regression of CCD and life on tiny, censored evidence.

The laws themselves live next door in `process_models.physics.cell`. Reading evidence and keeping
a fitted model on disk is `twin`'s work.
"""

from __future__ import annotations

from process_models.quality.evidence import COLUMNS, OWN_LABORATORY, EvidenceRow
from process_models.quality.fitting import fit
from process_models.quality.model import LotQuality, QualityModel
from process_models.quality.optimum import Optimum
from process_models.quality.prediction import Estimate, QualityPrediction
from process_models.quality.prior_share import ALLOWED
from process_models.quality.record import MODEL_VERSION, FitRecord

__all__ = [
    "ALLOWED",
    "COLUMNS",
    "MODEL_VERSION",
    "OWN_LABORATORY",
    "Estimate",
    "EvidenceRow",
    "FitRecord",
    "LotQuality",
    "Optimum",
    "QualityModel",
    "QualityPrediction",
    "fit",
]
