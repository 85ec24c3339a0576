"""Which change explains a pattern of measurements: evidence for effects of unknown size and onset.

Lots pass stations, and at each some characteristics are read. In control they scatter together
(`PatternNoise`, from Phase I); a cause adds effects to some of them from its onset on. Effects have
priors (`EffectPrior`), and everything unknown is integrated out, so that causes can be compared by
how well each predicts what was seen. What the causes are is told next door, in `twin.diagnosis`.
"""

from __future__ import annotations

from process_models.diagnosis.effects import EffectPrior, log_evidence
from process_models.diagnosis.noise import PatternNoise, fit_noise
from process_models.diagnosis.pattern import Pattern, Scores, shape_of

__all__ = [
    "EffectPrior",
    "Pattern",
    "PatternNoise",
    "Scores",
    "fit_noise",
    "log_evidence",
    "shape_of",
]
