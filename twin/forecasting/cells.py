"""What the quality model says of the cells that lots in process would give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.physics import ProcessParameters
from process_models.physics.deposition import relative_exposure
from twin.forecasting.history import Donors, Key, Readings

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from twin.monitoring.plan import ControlPlan
    from twin.recipe import Recipe

__all__ = ["CellChances", "cell_chances"]

_LOADING: Key = ("loading_mg_cm2", "sublimation")
_EXPOSURE: Key = ("exposure_s", "sublimation")
_PRESSURE: Key = ("rolling_pressure_mpa", "roll")
_THICKNESS: Key = ("thickness_um", "roll")
_DRAWS = 200


@dataclass(frozen=True, slots=True)
class CellChances:
    """Probability that a cell of the lot meets the specification; None where there is none."""

    ccd: float | None
    life: float | None

    def to_dict(self) -> dict[str, float | None]:
        """As JSON."""
        return {"p_ccd": self.ccd, "p_life": self.life}


def cell_chances(
    model: QualityModel, plan: ControlPlan, recipe: Recipe, lot_ids: Sequence[str],
    readings: Readings, donors: Mapping[str, Donors], rng: np.random.Generator,
) -> list[CellChances]:
    """Chances of the cells of each lot, from what was read of it and else from recent lots.

    The absolute loading is hardly known, so a lot's loading counts relative to what the line
    usually weighs.
    """
    if not lot_ids:
        return []
    settings = recipe.settings
    usual = _usual(donors, _LOADING, 0.0)
    share = float(relative_exposure(
        settings.sublimation_time_s, ProcessParameters().lag_s,
        ProcessParameters().exposure_exponent,
    ))
    loading = _own(lot_ids, readings, _LOADING, usual) if usual > 0 and share > 0 else None
    cells = model.predict_lots(
        _own(lot_ids, readings, _EXPOSURE, settings.sublimation_time_s),
        _own(lot_ids, readings, _PRESSURE, settings.rolling_pressure_mpa),
        _own(lot_ids, readings, _THICKNESS, _usual(donors, _THICKNESS, settings.thickness_um)),
        loading, rng, process=recipe.process, draws=_DRAWS,
        **({} if loading is None else {"reference_loading_mg_cm2": usual / share}),
    )
    ccd = _inside(plan, "ccd_ma_cm2", cells.ccd_ma_cm2)
    life = _inside(plan, "life_h", cells.life_h)
    return [
        CellChances(_at(ccd, place), _at(life, place)) for place in range(len(lot_ids))
    ]


def _at(chances: NDArray[np.float64] | None, place: int) -> float | None:
    return None if chances is None else float(chances[place])


def _usual(donors: Mapping[str, Donors], key: Key, otherwise: float) -> float:
    known = donors.get(key[1])
    if known is None or key not in known.values:
        return otherwise
    levels = known.level(key)
    seen = levels[~np.isnan(levels)]
    return float(np.median(seen)) if len(seen) else otherwise


def _own(
    lot_ids: Sequence[str], readings: Readings, key: Key, otherwise: float
) -> NDArray[np.float64]:
    values = [readings.get(lot, {}).get(key) for lot in lot_ids]
    return np.array([otherwise if one is None else float(np.mean(one)) for one in values])


def _inside(
    plan: ControlPlan, characteristic: str, values: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    planned = plan.find(characteristic)
    if planned is None or (planned.lsl is None and planned.usl is None):
        return None
    low = -np.inf if planned.lsl is None else planned.lsl
    high = np.inf if planned.usl is None else planned.usl
    return np.asarray(np.mean((values >= low) & (values <= high), axis=0), dtype=np.float64)
