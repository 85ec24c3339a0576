"""What a diagnosis says: ranking, evidence, onset, lots to hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

__all__ = ["Diagnosis", "Evidence", "Onset", "RankedCause", "TouchedLot"]


@dataclass(frozen=True, slots=True)
class RankedCause:
    """A cause and its probability."""

    cause: str
    probability: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one characteristic says for the likeliest cause, against all others.

    Attributes
    ----------
    log_bayes_factor : float
        Natural logarithm; above 0 it speaks for the cause.
    words : str
        The same in words.
    shift_sd : float
        How far the lots after the change lie from Phase I on average, in standard deviations.
    """

    characteristic: str
    station: str
    log_bayes_factor: float
    words: str
    shift_sd: float


@dataclass(frozen=True, slots=True)
class Onset:
    """When it began: median, and the interval of probability `level`."""

    at: datetime
    low: datetime
    high: datetime
    level: float = 0.9


@dataclass(frozen=True, slots=True)
class TouchedLot:
    """A lot that the likeliest cause has touched, with what probability, and its foil roll."""

    lot_id: str
    probability: float
    foil_roll: str = ""
    coupons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Which causes may lie behind one alert.

    Attributes
    ----------
    ranking : tuple of RankedCause
        The likeliest first; probabilities add up to 1.
    evidence : tuple of Evidence
        The most telling first; empty when it was not asked for.
    onset : Onset or None
        Of the likeliest cause; None where nothing has changed.
    lots : tuple of TouchedLot
        By probability.
    action : str
        `hold` where the product is touched, `measure again` where only a gauge is, `none`.
    lots_judged : int
        Number of lots that it rests on.
    known_to : datetime
        Newest reading used.
    """

    alert_id: int
    ranking: tuple[RankedCause, ...]
    evidence: tuple[Evidence, ...]
    onset: Onset | None
    lots: tuple[TouchedLot, ...]
    action: str
    lots_judged: int
    known_to: datetime
    provenance: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data; times are ISO 8601."""
        plain = asdict(self)
        plain["diagnosis"] = plain.pop("ranking")
        plain["known_to"] = self.known_to.isoformat()
        if self.onset is not None:
            for name in ("at", "low", "high"):
                plain["onset"][name] = getattr(self.onset, name).isoformat()
        for lot in plain["lots"]:
            lot["coupons"] = list(lot["coupons"])
        return plain

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Diagnosis:
        """The diagnosis that `to_dict` wrote."""
        onset = plain["onset"]
        return cls(
            alert_id=plain["alert_id"],
            ranking=tuple(RankedCause(**one) for one in plain["diagnosis"]),
            evidence=tuple(Evidence(**one) for one in plain["evidence"]),
            onset=None if onset is None else Onset(**{**onset, **_times(onset)}),
            lots=tuple(
                TouchedLot(**{**one, "coupons": tuple(one["coupons"])}) for one in plain["lots"]
            ),
            action=plain["action"],
            lots_judged=plain["lots_judged"],
            known_to=datetime.fromisoformat(plain["known_to"]),
            provenance=plain.get("provenance", ""),
        )


def _times(onset: Mapping[str, Any]) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(onset[name]) for name in ("at", "low", "high")}
