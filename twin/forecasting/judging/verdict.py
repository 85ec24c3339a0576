"""How good the forecasts were, quantity by quantity."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from process_models.scoring import Reliability, coverage, reliability, reliability_of_quantiles
from twin.forecasting.judging.outcomes import Judged

__all__ = ["LEVELS", "QuantityVerdict", "Verdict", "verdict"]

LEVELS = (0.5, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class QuantityVerdict:
    """One quantity.

    Attributes
    ----------
    n, forecasts : int
        Distributions judged, and the times at which they were made.
    coverage : mapping of float to float
        Share that the central intervals of 50, 80, 90 and 95 % held.
    coverage_sd : float
        Standard error of the 90 % coverage, the lots of one forecast taken together.
    crps : float
        Mean, in the unit of the quantity; Brier score of a probability.
    baselines : mapping of str to float
        Mean CRPS of what a user would have without the twin, over the same cases.
    skill : float or None
        1 - crps over that of the best baseline.
    reliability : Reliability
    """

    quantity: str
    n: int
    forecasts: int
    coverage: Mapping[float, float]
    coverage_sd: float
    crps: float
    baselines: Mapping[str, float]
    skill: float | None
    reliability: Reliability

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "quantity": self.quantity,
            "n": self.n,
            "forecasts": self.forecasts,
            "coverage": {f"{level:g}": share for level, share in self.coverage.items()},
            "coverage_sd": self.coverage_sd,
            "crps": self.crps,
            "baselines": dict(self.baselines),
            "skill": self.skill,
            "reliability": self.reliability.to_dict(),
        }


@dataclass(frozen=True)
class Verdict:
    """All quantities, in the order in which they were told."""

    quantities: tuple[QuantityVerdict, ...]

    def find(self, quantity: str) -> QuantityVerdict | None:
        """That of one quantity; None where nothing was judged."""
        return next((one for one in self.quantities if one.quantity == quantity), None)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"quantities": [one.to_dict() for one in self.quantities]}


def verdict(
    judged: Sequence[Judged], baselines: Mapping[str, Mapping[int, float]] | None = None
) -> Verdict:
    """Count what was judged.

    Parameters
    ----------
    baselines : mapping of str to mapping of int to float, optional
        By name: CRPS of a baseline for the places in `judged` that it has one for.
    """
    names = list(dict.fromkeys(one.told.quantity for one in judged))
    return Verdict(tuple(_of(name, judged, baselines or {}) for name in names))


def _of(
    name: str, judged: Sequence[Judged], baselines: Mapping[str, Mapping[int, float]]
) -> QuantityVerdict:
    places = [place for place, one in enumerate(judged) if one.told.quantity == name]
    own = [judged[place] for place in places]
    pits = [one.pit for one in own]
    held = {level: coverage(pits, level) or 0.0 for level in LEVELS}
    means = {}
    best = None
    for baseline, scores in baselines.items():
        common = [place for place in places if place in scores]
        if common:
            means[baseline] = float(np.mean([scores[place] for place in common]))
            mine = float(np.mean([judged[place].crps for place in common]))
            skill = 1 - mine / means[baseline] if means[baseline] > 0 else 0.0
            best = skill if best is None else min(best, skill)
    probability = name == "conforming"
    return QuantityVerdict(
        name,
        len(own),
        len({one.told.made_at for one in own}),
        held,
        _clustered(own),
        float(np.mean([one.crps for one in own])),
        means,
        best,
        reliability([one.told.quantiles[0] for one in own], [one.observed for one in own])
        if probability
        else reliability_of_quantiles(pits),
    )


def _clustered(own: Sequence[Judged]) -> float:
    """Standard error of the 90 % coverage over forecasts, not over lots."""
    by_time: dict[object, list[float]] = {}
    for one in own:
        by_time.setdefault(one.told.made_at, []).append(one.pit.inside(0.9))
    mean = sum(map(sum, by_time.values())) / len(own)
    square = sum(sum(value - mean for value in part) ** 2 for part in by_time.values())
    return math.sqrt(square) / len(own)
