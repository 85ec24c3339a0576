"""The two loops: which setting steers which output, within which limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.physics import ProcessSettings, lot_structure, nominal_inputs
from process_models.physics.draws import draw_parameters
from twin.diagnosis.readings import Key

if TYPE_CHECKING:
    from twin.monitoring.plan import ControlPlan

__all__ = ["LOOPS", "ControlLoop", "gain_draws", "window_of"]

Floats = NDArray[np.float64]
_DRAWS = 400
_NUDGE = 0.01


@dataclass(frozen=True, slots=True)
class ControlLoop:
    """A setting and what it steers.

    Attributes
    ----------
    setting, output : (str, str)
        Characteristic and station.
    recipe_key : str
        The setting in a recipe.
    largest_move_share : float
        Of the recipe's value, from lot to lot.
    window_share : float
        Of the recipe's value either way, where the plan has no specification of the setting.
    doubt : float
        How far the physics of the loop may be off, standard deviation of ln; the paper says
        nothing of rolling pressure.
    scaled : bool
        Whether the output counts relative to what the line usually shows, as its absolute value is
        hardly known.
    """

    setting: Key
    output: Key
    recipe_key: str
    largest_move_share: float
    window_share: float
    doubt: float
    scaled: bool


LOOPS: Mapping[str, ControlLoop] = MappingProxyType({
    "exposure": ControlLoop(
        ("exposure_s", "sublimation"), ("loading_mg_cm2", "sublimation"), "sublimation_time_s",
        0.01, 0.05, 0.2, scaled=True,
    ),
    "pressure": ControlLoop(
        ("rolling_pressure_mpa", "roll"), ("thickness_um", "roll"), "rolling_pressure_mpa",
        0.01, 0.08, 0.5, scaled=False,
    ),
})  # fmt: skip
"""The loops of the reference line; limits are assumed."""


def gain_draws(loop: ControlLoop, settings: ProcessSettings, usual_output: float) -> Floats:
    """Change of the output with the setting under draws of the constants, (draws,)."""
    rng = np.random.default_rng(41)
    constants = draw_parameters(rng, _DRAWS)
    before = float(getattr(settings, loop.recipe_key))
    inputs = nominal_inputs(settings, 2)
    name = loop.setting[0]
    nudged = np.array([before * (1 - _NUDGE), before * (1 + _NUDGE)])
    made = lot_structure(settings, replace(inputs, **{name: nudged}), constants)
    output = np.asarray(getattr(made, loop.output[0]))
    gains = (output[:, 1] - output[:, 0]) / (2 * _NUDGE * before)
    if loop.scaled:
        gains = gains / output.mean(axis=1) * usual_output
    return np.asarray(gains * np.exp(loop.doubt * rng.standard_normal(_DRAWS)))


def window_of(
    loop: ControlLoop, settings: ProcessSettings, plan: ControlPlan
) -> tuple[float, float]:
    """Within the plan's specification of the setting, else so far from the recipe."""
    value = float(getattr(settings, loop.recipe_key))
    planned = plan.find(*loop.setting)
    low, high = value * (1 - loop.window_share), value * (1 + loop.window_share)
    if planned is not None and planned.lsl is not None:
        low = planned.lsl
    if planned is not None and planned.usl is not None:
        high = planned.usl
    return low, high
