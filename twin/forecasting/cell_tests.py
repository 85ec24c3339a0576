"""Cell tests before they are known: those that run, and those that lots in process will begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.forecasting.ahead.futures import FINISHED, Ahead
from twin.forecasting.cells import cell_draws

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from twin.forecasting.known import Known
    from twin.line import LineModel
    from twin.recipe import Recipe

__all__ = ["HOURS", "CellTestForecast", "cell_tests"]

HOURS = (100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0, 1000.0)
_FEWEST = 10
_WORTH = 0.05


@dataclass(frozen=True)
class CellTestForecast:
    """One life test.

    Attributes
    ----------
    coupon, lot_id : str
        The coupon; empty while it has not been cut. The lot that it comes from.
    state : str
        running or future.
    started_at : datetime or None
    alive_h : float
        Hours survived so far.
    probability : float
        That the lot gives a coupon at all; 1 for a running test.
    survival : tuple of (float, float)
        Hours, and the chance to outlive them, given the hours survived.
    basis : str
    """

    coupon: str
    lot_id: str
    state: str
    started_at: datetime | None
    alive_h: float
    probability: float
    survival: tuple[tuple[float, float], ...]
    basis: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "coupon": self.coupon,
            "lot_id": self.lot_id,
            "state": self.state,
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "alive_h": self.alive_h,
            "probability": self.probability,
            "survival": [{"hours": h, "probability": p} for h, p in self.survival],
            "basis": self.basis,
        }


def cell_tests(
    model: QualityModel,
    recipe: Recipe,
    line: LineModel,
    known: Known,
    ahead: Ahead,
    rng: np.random.Generator,
) -> tuple[CellTestForecast, ...]:
    """Survival of every running test, then of those that lots in process are likely to begin."""
    running = [
        lot for lot in known.state.lots if lot.coupon and lot.phase in ("queued", "in_service")
    ]
    chances = _sampled(line, known.state.finished, ahead)
    coming = [lot for lot, chance in chances.items() if chance >= _WORTH]
    parents = [lot.lot_id.rsplit("-T", 1)[0] for lot in running]
    if not (lots := [*parents, *coming]):
        return ()
    drawn = cell_draws(model, recipe, lots, known.readings, known.history, rng).life_h
    found = []
    for column, (lot, parent) in enumerate(zip(running, parents, strict=True)):
        begun = lot.phase == "in_service"
        alive_h = (known.state.as_of - lot.since).total_seconds() / 3600 if begun else 0.0
        survival, basis = _survival(drawn[:, column], alive_h)
        found.append(
            CellTestForecast(
                lot.lot_id,
                parent,
                "running",
                lot.since if begun else None,
                alive_h,
                1.0,
                survival,
                basis,
            )
        )
    for column, lot_id in enumerate(coming, len(running)):
        survival, basis = _survival(drawn[:, column], 0.0)
        found.append(
            CellTestForecast("", lot_id, "future", None, 0.0, chances[lot_id], survival, basis)
        )
    return tuple(found)


def _survival(
    life_h: NDArray[np.float64], alive_h: float
) -> tuple[tuple[tuple[float, float], ...], str]:
    """Chances to outlive hours, given those survived; the tail of the model where few draws do."""
    alive = life_h[life_h > alive_h]
    basis = "posterior of the quality model, given the hours survived"
    if len(alive) < _FEWEST:
        alive = np.append(alive, np.full(_FEWEST, alive_h * 1.1))
        basis = "it has outlived nearly every draw of the quality model: little is known"
    hours = [hour for hour in HOURS if hour > alive_h] or [alive_h + 100.0]
    return tuple((hour, float(np.mean(alive > hour))) for hour in hours), basis


def _sampled(line: LineModel, finished: int, ahead: Ahead) -> dict[str, float]:
    """Chance of each lot in process to be one of those that give a coupon."""
    laboratory = next((one for one in line.stations if one.samples), None)
    if laboratory is None or not ahead.lot_ids:
        return {}
    begun = len(ahead.lot_ids)
    leave = np.where(ahead.outcome == FINISHED, ahead.leave_s, np.inf)[:, :begun]
    rank = np.argsort(np.argsort(leave, axis=1), axis=1) + 1 + finished
    due = (rank - laboratory.first_sample) % laboratory.sample_every == 0
    due &= np.isfinite(leave)
    return dict(zip(ahead.lot_ids, due.mean(axis=0).tolist(), strict=True))
