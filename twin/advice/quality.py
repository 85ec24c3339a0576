"""What moves do to the cells, by the fitted model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.advice.loops import ControlLoop
from twin.advice.result import MoveAdvice

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from twin.monitoring.plan import ControlPlan
    from twin.recipe import Recipe

__all__ = ["predicted_quality", "within_quality"]

Floats = NDArray[np.float64]
_DRAWS = 200
_GRID = 41
_MAY_COST = 0.02  # probability of a conforming cell that a setting may cost, assumed


def predicted_quality(
    model: QualityModel | None, plan: ControlPlan, recipe: Recipe, moves: Sequence[MoveAdvice]
) -> dict[str, dict[str, float]]:
    """CCD, life and the chance of a conforming cell, if nothing is moved and if all is.

    The loading counts relative to its target, as its absolute value is hardly known.
    """
    if model is None or not moves:
        return {}
    by = {one.loop: one for one in moves}
    exposure, pressure = by.get("exposure"), by.get("pressure")
    settings = recipe.settings

    def pair(found: MoveAdvice | None, names: tuple[str, str], usual: float) -> Floats:
        values = [usual] * 2 if found is None else [getattr(found, name) for name in names]
        return np.array(values, dtype=np.float64)

    predicted = ("predicted_now", "predicted_after")
    loading = pair(exposure, predicted, 1.0) / (1.0 if exposure is None else exposure.target)
    cells = model.predict_lots(
        np.full(2, settings.sublimation_time_s),
        pair(pressure, ("now", "proposed"), settings.rolling_pressure_mpa),
        pair(pressure, predicted, settings.thickness_um),
        loading,
        process=recipe.process,
        draws=_DRAWS,
        reference_loading_mg_cm2=1.0,
    )
    good = _conforming(model, plan, cells.ccd_ma_cm2, cells.life_h)
    return {
        way: {
            "ccd_ma_cm2": float(np.median(cells.ccd_ma_cm2[:, place])),
            "life_h": float(np.median(cells.life_h[:, place])),
            "p_conforming": float(good[place]),
        }
        for place, way in enumerate(("now", "after"))
    }


def within_quality(
    model: QualityModel | None,
    plan: ControlPlan,
    recipe: Recipe,
    loop: ControlLoop,
    window: tuple[float, float],
) -> tuple[float, float]:
    """The part of a window around the recipe in which cells conform about as often as there."""
    if model is None:
        return window
    settings = recipe.settings
    usual = float(getattr(settings, loop.recipe_key))
    grid = np.unique(np.append(np.linspace(*window, _GRID), min(max(usual, window[0]), window[1])))
    exposure, pressure, thickness = (
        grid if name == loop.recipe_key else np.full(len(grid), float(getattr(settings, name)))
        for name in ("sublimation_time_s", "rolling_pressure_mpa", "thickness_um")
    )
    cells = model.predict_lots(exposure, pressure, thickness, process=recipe.process, draws=_DRAWS)
    good = _conforming(model, plan, cells.ccd_ma_cm2, cells.life_h)
    at = int(np.argmin(np.abs(grid - usual)))
    able = good >= good[at] - _MAY_COST
    low = at - int(np.argmin(np.append(able[at::-1], False))) + 1
    high = at + int(np.argmin(np.append(able[at:], False))) - 1
    return (float(grid[low]), float(grid[high])) if low < high else window


def _conforming(model: QualityModel, plan: ControlPlan, ccd: Floats, life: Floats) -> Floats:
    """Probability that a cell meets both lower limits, by lot."""
    from scipy.special import ndtr

    good = np.ones_like(ccd)
    spreads: Mapping[str, Floats] = {
        "ccd_ma_cm2": model.draws["ccd_spread"], "life_h": model.draws["life_spread"],
    }  # fmt: skip
    for name, values in (("ccd_ma_cm2", ccd), ("life_h", life)):
        planned = plan.find(name)
        if planned is not None and planned.lsl is not None and planned.lsl > 0:
            spread = float(np.mean(spreads[name]))
            good = good * ndtr(np.log(values / planned.lsl) / spread)
    return np.asarray(good.mean(axis=0))
