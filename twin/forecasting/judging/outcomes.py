"""What was told, beside what happened."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from process_models.scoring import Pit, crps_of_quantiles, pit_of
from twin.forecasting.interval import QUANTILES
from twin.forecasting.judging.told import PERIOD_QUANTITIES, Told

if TYPE_CHECKING:
    from twin.monitoring.lots import Lot

__all__ = ["Judged", "judged"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One distribution and what came of it.

    Attributes
    ----------
    observed : float
        In the unit of the quantity.
    pit : Pit
    crps : float
        Squared error of a probability.
    """

    told: Told
    observed: float
    pit: Pit
    crps: float


def judged(
    told: Sequence[Told], lots: Sequence[Lot], until: datetime, *, sheets: int = 1
) -> list[Judged]:
    """Pair what was told with what became of the lots.

    Parameters
    ----------
    lots : sequence of Lot
        From `twin.monitoring.lots.lots_table`, as known at `until`.
    until : datetime
        Periods that end later are left out.
    sheets : int
        Of a lot.
    """
    became = {lot.lot_id: lot for lot in lots}
    made = _Made(lots, sheets)
    found = []
    for one in told:
        value = (
            made.value(one, until) if one.until is not None else _of_lot(one, became.get(one.key))
        )
        if value is not None:
            found.append(_judge(one, value))
    return found


def _judge(told: Told, value: float) -> Judged:
    if len(told.quantiles) == 1:
        chance = told.quantiles[0]
        span = Pit(1 - chance, 1.0) if value else Pit(0.0, 1 - chance)
        return Judged(told, value, span, (chance - value) ** 2)
    return Judged(
        told,
        value,
        pit_of(told.quantiles, value),
        crps_of_quantiles(told.quantiles, QUANTILES, value),
    )


def _of_lot(told: Told, lot: Lot | None) -> float | None:
    if lot is None or lot.state == "in_process":
        return None
    if told.quantity == "conforming":
        return None if lot.conforming is None else float(lot.conforming)
    if lot.state != "finished":
        return None
    if told.quantity == "finish" and lot.finished_at is not None:
        return (lot.finished_at - told.made_at).total_seconds()
    return lot.yield_share if told.quantity == "lot_yield" else None


class _Made:
    """Lots finished, good ones and good sheets between two times."""

    def __init__(self, lots: Sequence[Lot], sheets: int) -> None:
        done = sorted(
            (lot.finished_at, bool(lot.conforming), lot.yield_share or 0.0)
            for lot in lots
            if lot.state == "finished" and lot.finished_at is not None
        )
        self._at = [at for at, _, _ in done]
        self._sums: list[tuple[float, float, float]] = [(0.0, 0.0, 0.0)]
        for _, good, share in done:
            lots_, goods, area = self._sums[-1]
            self._sums.append((lots_ + 1, goods + good, area + share * sheets))

    def value(self, told: Told, until: datetime) -> float | None:
        if told.until is None or told.until > until:
            return None
        name = told.quantity.rsplit("_", 1)[0]
        first, last = bisect_right(self._at, told.made_at), bisect_right(self._at, told.until)
        place = PERIOD_QUANTITIES.index(name)
        return self._sums[last][place] - self._sums[first][place]
