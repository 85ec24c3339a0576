"""What another recipe does to the cells: two recipes under the same draws of what is believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.physics import lot_structure, nominal_inputs
from process_models.physics.draws import draw_parameters
from twin.recipe import Recipe

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from twin.monitoring.plan import ControlPlan

__all__ = ["RecipeQuality", "recipe_quality"]

Floats = NDArray[np.float64]
_DRAWS = 400
_MADE = ("loading_mg_cm2", "thickness_um", "areal_capacity_mah_cm2", "foil_temperature_c")


@dataclass(frozen=True, slots=True)
class RecipeQuality:
    """Both recipes, figure by figure.

    Attributes
    ----------
    values : dict of str to (ndarray, ndarray)
        The recipe now and the other, one value a draw, the same draws for both.
    conforming : ndarray (draws, 2)
        Probability that a cell meets the specification of CCD and life, under each draw.
    modelled : bool
        Whether a model says so; without one every cell does.
    """

    values: dict[str, tuple[Floats, Floats]]
    conforming: Floats
    modelled: bool = True


def recipe_quality(
    before: Recipe, after: Recipe, plan: ControlPlan, model: QualityModel | None, seed: int
) -> RecipeQuality:
    """Structure from the physics, CCD and life from the fitted model where there is one."""
    values: dict[str, tuple[Floats, Floats]] = {}
    constants = draw_parameters(np.random.default_rng((seed, 31)), _DRAWS)
    made = [
        lot_structure(one.settings, nominal_inputs(one.settings), constants)
        for one in (before, after)
    ]
    for name in _MADE:
        values[name] = tuple(np.asarray(getattr(one, name))[:, 0] for one in made)  # type: ignore[assignment]
    if model is None:
        return RecipeQuality(values, np.ones((1, 2)), modelled=False)
    exposure, pressure, thickness = (
        np.array([getattr(one, name) for one in (before, after)], dtype=np.float64)
        for name in ("sublimation_time_s", "rolling_pressure_mpa", "thickness_um")
    )
    cells = model.predict_lots(exposure, pressure, thickness, process=before.process, draws=_DRAWS)
    values["ccd_ma_cm2"] = (cells.ccd_ma_cm2[:, 0], cells.ccd_ma_cm2[:, 1])
    values["life_h"] = (cells.life_h[:, 0], cells.life_h[:, 1])
    spread = np.resize(model.draws["ccd_spread"], len(cells.ccd_ma_cm2))[:, None]
    life_spread = np.resize(model.draws["life_spread"], len(cells.life_h))[:, None]
    good = _above(plan, "ccd_ma_cm2", cells.ccd_ma_cm2, spread)
    good = good * _above(plan, "life_h", cells.life_h, life_spread)
    return RecipeQuality(values, good)


def _above(plan: ControlPlan, name: str, medians: Floats, sd_ln: Floats) -> Floats:
    """Probability of a cell above the lower limit, from the median and spread of its logarithm."""
    from scipy.special import ndtr

    planned = plan.find(name)
    if planned is None or planned.lsl is None or planned.lsl <= 0:
        return np.ones_like(medians)
    return np.asarray(ndtr(np.log(medians / planned.lsl) / sd_ln))
