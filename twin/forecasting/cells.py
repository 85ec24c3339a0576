"""What the quality model says of the cells that lots give: in process, or under test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from process_models.physics import ProcessParameters
from process_models.physics.deposition import relative_exposure
from twin.forecasting.history import History, Key, Readings

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from process_models.quality.model import LotQuality
    from twin.monitoring.plan import ControlPlan
    from twin.recipe import Recipe

__all__ = ["CellChances", "cell_chances", "cell_draws", "cell_medians"]

_LOADING: Key = ("loading_mg_cm2", "sublimation")
_EXPOSURE: Key = ("exposure_s", "sublimation")
_PRESSURE: Key = ("rolling_pressure_mpa", "roll")
_THICKNESS: Key = ("thickness_um", "roll")
_DRAWS = 200
_LEVELS = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class CellChances:
    """Probability that a cell of the lot meets the specification; None where there is none.

    Attributes
    ----------
    ccd_ma_cm2, life_h : tuple of 3 float
        5, 50 and 95 % quantiles of a cell.
    conforming : ndarray of bool (draws,)
        Whether a cell would meet both.
    """

    ccd: float | None
    life: float | None
    ccd_ma_cm2: tuple[float, ...]
    life_h: tuple[float, ...]
    conforming: NDArray[np.bool_] = field(compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "p_ccd": self.ccd,
            "p_life": self.life,
            "ccd_ma_cm2": list(self.ccd_ma_cm2),
            "life_h": list(self.life_h),
        }


def cell_draws(
    model: QualityModel,
    recipe: Recipe,
    lot_ids: Sequence[str],
    readings: Readings,
    history: History,
    rng: np.random.Generator,
) -> LotQuality:
    """Cells that each lot may give, (draws, lots), from what was read of it and else usual."""
    return _cells(model, recipe, lot_ids, readings, history, rng, _DRAWS)


def cell_medians(
    model: QualityModel,
    recipe: Recipe,
    lot_ids: Sequence[str],
    readings: Readings,
    history: History,
) -> LotQuality:
    """Median cell of each lot under every posterior draw, (draws, lots)."""
    return _cells(model, recipe, lot_ids, readings, history, None, None)


def _cells(
    model: QualityModel,
    recipe: Recipe,
    lot_ids: Sequence[str],
    readings: Readings,
    history: History,
    rng: np.random.Generator | None,
    draws: int | None,
) -> LotQuality:
    """The absolute loading is hardly known, so a lot's loading counts relative to the usual one."""
    settings = recipe.settings
    usual = history.usual(_LOADING, 0.0)
    share = float(
        relative_exposure(
            settings.sublimation_time_s,
            ProcessParameters().lag_s,
            ProcessParameters().exposure_exponent,
        )
    )
    loading = _own(lot_ids, readings, _LOADING, usual) if usual > 0 and share > 0 else None
    return model.predict_lots(
        _own(lot_ids, readings, _EXPOSURE, settings.sublimation_time_s),
        _own(lot_ids, readings, _PRESSURE, settings.rolling_pressure_mpa),
        _own(lot_ids, readings, _THICKNESS, history.usual(_THICKNESS, settings.thickness_um)),
        loading,
        rng,
        process=recipe.process,
        draws=draws,
        **({} if loading is None else {"reference_loading_mg_cm2": usual / share}),
    )


def cell_chances(
    model: QualityModel,
    plan: ControlPlan,
    recipe: Recipe,
    lot_ids: Sequence[str],
    readings: Readings,
    history: History,
    rng: np.random.Generator,
) -> list[CellChances]:
    """Chances of the cells of each lot."""
    if not lot_ids:
        return []
    cells = cell_draws(model, recipe, lot_ids, readings, history, rng)
    ccd = _inside(plan, "ccd_ma_cm2", cells.ccd_ma_cm2)
    life = _inside(plan, "life_h", cells.life_h)
    both = np.ones(cells.ccd_ma_cm2.shape, dtype=bool)
    for one in (ccd, life):
        both &= True if one is None else one
    return [
        CellChances(
            _share(ccd, place),
            _share(life, place),
            _told(cells.ccd_ma_cm2[:, place]),
            _told(cells.life_h[:, place]),
            both[:, place],
        )
        for place in range(len(lot_ids))
    ]


def _share(inside: NDArray[np.bool_] | None, place: int) -> float | None:
    return None if inside is None else float(np.mean(inside[:, place]))


def _told(drawn: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(np.quantile(drawn, _LEVELS).tolist())


def _own(
    lot_ids: Sequence[str], readings: Readings, key: Key, otherwise: float
) -> NDArray[np.float64]:
    values = [readings.get(lot, {}).get(key) for lot in lot_ids]
    return np.array([otherwise if one is None else float(np.mean(one)) for one in values])


def _inside(
    plan: ControlPlan, characteristic: str, values: NDArray[np.float64]
) -> NDArray[np.bool_] | None:
    planned = plan.find(characteristic)
    if planned is None or (planned.lsl is None and planned.usl is None):
        return None
    low = -np.inf if planned.lsl is None else planned.lsl
    high = np.inf if planned.usl is None else planned.usl
    return np.asarray((values >= low) & (values <= high))
