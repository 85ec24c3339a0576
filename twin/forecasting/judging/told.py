"""What a forecast said that can be judged later: one distribution each, as quantiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from process_models.errors import InputError
from twin.forecasting.interval import QUANTILES
from twin.forecasting.result import Forecast

__all__ = ["LOT_QUANTITIES", "PERIOD_QUANTITIES", "Told", "told_of"]

LOT_QUANTITIES = ("finish", "lot_yield", "conforming")
PERIOD_QUANTITIES = ("finished_lots", "good_lots", "good_sheets")


@dataclass(frozen=True, slots=True)
class Told:
    """One distribution.

    Attributes
    ----------
    quantity : str
        finish (seconds from `made_at`), lot_yield, conforming (a probability), or finished_lots,
        good_lots, good_sheets with `_shift`, `_day` or `_week` behind.
    key : str
        The lot, or the period.
    station : str
        Where the lot was.
    made_at : datetime
    until : datetime or None
        End of the period.
    quantiles : tuple of float
        At `interval.QUANTILES`; the probability alone where it is one.

    Raises
    ------
    InputError
        When the quantiles are neither one nor as many as the levels, or fall.
    """

    quantity: str
    key: str
    station: str
    made_at: datetime
    until: datetime | None
    quantiles: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.quantiles) not in (1, len(QUANTILES)):
            raise InputError(
                f"quantiles of {self.quantity} must be 1 or {len(QUANTILES)}, "
                f"got {len(self.quantiles)}"
            )
        if any(b < a for a, b in zip(self.quantiles, self.quantiles[1:], strict=False)):
            raise InputError(f"quantiles of {self.quantity} of {self.key!r} must not fall")

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "quantity": self.quantity,
            "key": self.key,
            "station": self.station,
            "made_at": self.made_at.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "quantiles": [float(f"{one:.6g}") for one in self.quantiles],
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Told:
        """What `to_dict` gave."""
        until = kept["until"]
        return cls(
            kept["quantity"],
            kept["key"],
            kept["station"],
            datetime.fromisoformat(kept["made_at"]),
            datetime.fromisoformat(until) if until else None,
            tuple(kept["quantiles"]),
        )


def told_of(made: Forecast) -> tuple[Told, ...]:
    """Everything in a forecast that can be judged; yields that are known already are left out."""
    found = []
    for lot in made.lots:
        if lot.finish is not None and lot.finish.quantiles_s:
            found.append(
                Told("finish", lot.lot_id, lot.station, made.as_of, None, lot.finish.quantiles_s)
            )
        if lot.yield_ is not None and lot.yield_.quantiles and not lot.decided:
            found.append(
                Told("lot_yield", lot.lot_id, lot.station, made.as_of, None, lot.yield_.quantiles)
            )
        if lot.p_conforming is not None and not lot.decided:
            found.append(
                Told("conforming", lot.lot_id, lot.station, made.as_of, None, (lot.p_conforming,))
            )
    for period in made.periods:
        for name in PERIOD_QUANTITIES:
            interval = getattr(period, name)
            if interval is not None and interval.quantiles:
                found.append(
                    Told(
                        f"{name}_{period.name}",
                        period.name,
                        "",
                        made.as_of,
                        period.end,
                        interval.quantiles,
                    )
                )
    return tuple(found)
