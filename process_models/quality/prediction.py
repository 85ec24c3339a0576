"""What the quality model says of one recipe, in the form of `lacss quality predict`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Estimate", "QualityPrediction"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Median and interval of one cell's result; None where evidence does not reach.

    Attributes
    ----------
    median, low, high : float or None
    level : float
        Probability of the interval, 0 to 1.
    """

    median: float | None
    low: float | None
    high: float | None
    level: float

    def to_dict(self) -> dict[str, float | None]:
        """As JSON."""
        return {"median": self.median, "low": self.low, "high": self.high, "level": self.level}


@dataclass(frozen=True, slots=True)
class QualityPrediction:
    """CCD, life and structure of cells from one recipe, and what the answer rests on.

    Attributes
    ----------
    ccd_ma_cm2, life_h : Estimate
        Of a new cell, cell-to-cell spread included.
    survival : tuple of (float, float)
        Hours, and probability that a new cell lives longer.
    structure : mapping of str to float
    evidence_rows : int
        Rows that the regression learned from.
    prior_share : mapping of str to float
        Per input, 0 (all evidence) to 1 (all prior).
    extrapolated : tuple of str
        Inputs outside what the evidence spans.
    faults : tuple of str
        Why the fit may not be trusted; empty when it converged.
    """

    ccd_ma_cm2: Estimate
    life_h: Estimate
    survival: tuple[tuple[float, float], ...]
    structure: Mapping[str, float]
    evidence_rows: int
    prior_share: Mapping[str, float]
    extrapolated: tuple[str, ...]
    faults: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of `lacss quality predict`."""
        survival = [{"hours": hours, "probability": p} for hours, p in self.survival]
        return {
            "ccd_ma_cm2": self.ccd_ma_cm2.to_dict(),
            "life_h": {**self.life_h.to_dict(), "survival": survival},
            "structure": dict(self.structure),
            "basis": {
                "evidence_rows": self.evidence_rows,
                "prior_share": dict(self.prior_share),
                "extrapolated": list(self.extrapolated),
                "converged": not self.faults,
            },
        }
