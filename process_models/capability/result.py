"""What a capability study gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from process_models.capability.between_within import BetweenWithin
from process_models.capability.bootstrap import Bootstrap
from process_models.capability.freedom import Freedom
from process_models.capability.parts import Parts
from process_models.capability.specification import Index, Specification

__all__ = ["CapabilityResult"]


@dataclass(frozen=True)
class CapabilityResult:
    """Capability of one characteristic.

    Attributes
    ----------
    n, mean : int, float
    sigma_within, sigma_overall : float
        In the unit of the values.
    freedom_within : Freedom
        Degrees of freedom behind the intervals of sigma within.
    spec : Specification
    confidence : float
        Of the intervals.
    indices : mapping of str to Index
        cp, cpl, cpu, cpk, pp, ppl, ppu, ppk, cpm; empty where a limit or target is missing.
        Of a distribution that is not normal only pp, ppl, ppu and ppk exist.
    ppm : mapping
        Parts per million out of specification: observed, expected within, expected overall.
    distribution : mapping
        Name, parameters and goodness of fit.
    in_control : bool
        Whether no point of the chart of the same data is beyond its limits.
    between_within : BetweenWithin or None
        When asked for.
    drawn : Bootstrap or None
        Of the fitted distribution, when it is not normal.
    """

    n: int
    mean: float
    sigma_within: float
    sigma_overall: float
    freedom_within: Freedom
    spec: Specification
    confidence: float
    indices: Mapping[str, Index]
    ppm: Mapping[str, Parts]
    distribution: Mapping[str, Any]
    in_control: bool
    between_within: BetweenWithin | None = None
    drawn: Bootstrap | None = None

    def to_dict(self) -> dict[str, Any]:
        """The result as plain JSON data."""
        return {
            "n": self.n,
            "mean": self.mean,
            "sigma_within": self.sigma_within,
            "sigma_overall": self.sigma_overall,
            "degrees_of_freedom": {
                "within": self.freedom_within.degrees,
                "overall": float(self.n - 1),
            },
            "lsl": self.spec.lsl,
            "usl": self.spec.usl,
            "target": self.spec.target,
            "natural_boundaries": {"lsl": self.spec.lsl_natural, "usl": self.spec.usl_natural},
            "confidence": self.confidence,
            "indices": {name: index.to_dict() for name, index in self.indices.items()},
            "ppm": {name: dict(parts) for name, parts in self.ppm.items()},
            "distribution": dict(self.distribution),
            "in_control": self.in_control,
            **({} if self.between_within is None else self.between_within.to_dict()),
        }
