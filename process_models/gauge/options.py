"""How a gauge study is to be worked out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from process_models.errors import InputError

__all__ = ["GaugeOptions"]

Interaction = Literal["auto", "keep", "drop"]


@dataclass(frozen=True, kw_only=True)
class GaugeOptions:
    """Options that every study of repeatability and reproducibility shares.

    Attributes
    ----------
    tolerance : float or None
        Width of the specification, in units of the measurement.
    interaction : str
        `keep`, `drop`, or `auto`: dropped when its p value is `interaction_alpha` or more.
    interaction_alpha : float
    study_multiplier : float
        Standard deviations in a study variation: 6 (5.15 in older manuals).
    confidence : float
        Of all intervals.

    Raises
    ------
    InputError
        When an option is outside its range or not one of its words.
    """

    tolerance: float | None = None
    interaction: Interaction = "auto"
    interaction_alpha: float = 0.05
    study_multiplier: float = 6.0
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.interaction not in get_args(Interaction):
            known = ", ".join(get_args(Interaction))
            raise InputError(f"interaction must be one of {known}, got {self.interaction!r}")
        positive = (("tolerance", self.tolerance), ("study-multiplier", self.study_multiplier))
        for name, value in positive:
            if value is not None and not (math.isfinite(value) and value > 0):
                raise InputError(f"{name} must be above 0, got {value:g}")
        for name, value in (("confidence", self.confidence), ("alpha", self.interaction_alpha)):
            if not 0 < value < 1:
                raise InputError(f"{name} must be above 0 and below 1, got {value:g}")
