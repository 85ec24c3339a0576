"""Advice as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from twin.forecasting.interval import Interval

__all__ = ["Advice", "Benefit", "MoveAdvice"]


@dataclass(frozen=True, slots=True)
class Benefit:
    """Deviation from the target (root mean square) over `lots` lots, simulated on `paths` lines.

    Attributes
    ----------
    deviation_without, deviation_with, less_deviation : Interval
        Doing nothing, following the advice, and the paired difference.
    p_better : float
    """

    lots: int
    paths: int
    deviation_without: Interval
    deviation_with: Interval
    less_deviation: Interval
    p_better: float


@dataclass(frozen=True, slots=True)
class MoveAdvice:
    """One setting for the next lot.

    Attributes
    ----------
    loop : str
        exposure or pressure.
    setting, unit, output, output_unit : str
        Characteristics and their units.
    now, proposed : float
        Setting of the last lots, and for the next one.
    low, high, largest_move : float
        Limits of the setting.
    limited_by : str
        move, window, deadband or empty.
    target, predicted_now, predicted_after : float
        Of the output: aimed at, expected if nothing is moved, and if it is.
    effect, effect_sd, prior_share : float
        Change of the output with the setting, and how much of what is known of it is prior.
    p_stable : float
        Probability that the loop settles.
    reasons : tuple of str
        Why it should not be followed now; empty when it may.
    """

    loop: str
    setting: str
    unit: str
    output: str
    output_unit: str
    now: float
    proposed: float
    low: float
    high: float
    largest_move: float
    limited_by: str
    target: float
    predicted_now: float
    predicted_after: float
    effect: float
    effect_sd: float
    prior_share: float
    p_stable: float
    benefit: Benefit | None
    lots: int
    reasons: tuple[str, ...]

    @property
    def follow(self) -> bool:
        """Whether there is nothing against it and something to move."""
        return not self.reasons and self.proposed != self.now

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        plain = asdict(self)
        plain["reasons"] = list(self.reasons)
        return plain | {"follow": self.follow}


@dataclass(frozen=True, slots=True)
class Advice:
    """What to set for the next lot.

    Attributes
    ----------
    quality : dict
        CCD, life and the probability of a conforming cell if nothing is moved and if all is, by
        the fitted model; empty without one.
    """

    as_of: datetime
    moves: tuple[MoveAdvice, ...]
    quality: dict[str, dict[str, float]]
    messages: tuple[str, ...]
    provenance: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "as_of": self.as_of.isoformat(),
            "moves": [one.to_dict() for one in self.moves],
            "quality": self.quality,
            "messages": list(self.messages),
            "provenance": self.provenance,
        }
