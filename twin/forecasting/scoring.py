"""Forecasts against what happened: the share that their intervals covered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from twin.forecasting.result import Forecast

if TYPE_CHECKING:
    from twin.monitoring.lots import Lot

__all__ = ["Coverage", "Score", "score"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of so many intervals held; `share` is None where there was nothing to compare."""

    held: int
    compared: int

    @classmethod
    def of(cls, held: Iterable[bool]) -> Coverage:
        """Count what held."""
        found = list(held)
        return cls(sum(found), len(found))

    @property
    def share(self) -> float | None:
        """Covered share, 0 to 1."""
        return self.held / self.compared if self.compared else None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"share": self.share, "held": self.held, "compared": self.compared}


@dataclass(frozen=True, slots=True)
class Score:
    """What intervals of `level` covered.

    Attributes
    ----------
    forecasts : int
        Made at different times.
    finish, lot_yield : Coverage
        Over lots.
    good_lots : Coverage
        Over forecasts whose horizon has passed.
    conforming : float or None
        Brier score of `p_conforming`, 0 is best.
    """

    level: float
    forecasts: int
    finish: Coverage
    lot_yield: Coverage
    good_lots: Coverage
    conforming: float | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "level": self.level,
            "forecasts": self.forecasts,
            "finish": self.finish.to_dict(),
            "yield": self.lot_yield.to_dict(),
            "good_lots": self.good_lots.to_dict(),
            "brier_conforming": self.conforming,
        }


def score(forecasts: Sequence[Forecast], lots: Sequence[Lot], until: datetime) -> Score:
    """Compare forecasts with what became of the lots up to `until`.

    Parameters
    ----------
    forecasts : sequence of Forecast
        All of one level.
    lots : sequence of Lot
        From `twin.monitoring.lots.lots_table`, as known at `until`.
    """
    became = {lot.lot_id: lot for lot in lots}
    pairs = [
        (told, became[told.lot_id])
        for one in forecasts
        for told in one.lots
        if told.lot_id in became
    ]
    finish = Coverage.of(
        told.finish.covers(lot.finished_at)
        for told, lot in pairs
        if told.finish and lot.finished_at and lot.state == "finished"
    )
    shares = Coverage.of(
        told.yield_.covers(lot.yield_share)
        for told, lot in pairs
        if told.yield_ and lot.yield_share is not None and lot.state == "finished"
    )
    misses = [
        (told.p_conforming - float(lot.conforming)) ** 2
        for told, lot in pairs
        if told.p_conforming is not None
        and lot.conforming is not None
        and lot.state != "in_process"
    ]
    return Score(
        level=forecasts[0].level if forecasts else 0.9,
        forecasts=len(forecasts),
        finish=finish,
        lot_yield=shares,
        good_lots=Coverage.of(_good_lots(forecasts, lots, until)),
        conforming=sum(misses) / len(misses) if misses else None,
    )


def _good_lots(
    forecasts: Sequence[Forecast], lots: Sequence[Lot], until: datetime
) -> Iterable[bool]:
    for told in forecasts:
        end = told.as_of + timedelta(hours=told.horizon_h)
        if end > until or told.line.good_lots is None:
            continue
        good = sum(
            1
            for lot in lots
            if lot.state == "finished"
            and lot.conforming
            and lot.finished_at
            and told.as_of < lot.finished_at <= end
        )
        yield told.line.good_lots.covers(float(good))
