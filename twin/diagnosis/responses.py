"""What a cause does to everything measured, played through the physics with uncertain constants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from process_models.diagnosis import EffectPrior
from process_models.physics import LotInputs, ProcessSettings, lot_structure, nominal_inputs
from process_models.physics.draws import ParameterDraws, draw_parameters
from twin.diagnosis.baseline import Baseline
from twin.diagnosis.causes import PhysicalCause

__all__ = ["Channel", "Effects", "effects_of"]

Floats = NDArray[np.float64]

_DRAWS = 64
_STEP = 0.3  # of ln size: narrow, so that no size passes for no change at all
_DISCREPANCY = 0.1  # the physics may be off by so much of an effect
_FOLLOWING = (0.4, 0.8)  # median and sd of ln: oxygen comes in with the water, assumed
_NEGLIGIBLE = 0.15  # standard deviations
_PRODUCT: Mapping[str, str] = {
    "foil_temperature_c": "sublimation", "loading_mg_cm2": "sublimation",
    "thickness_um": "roll", "areal_capacity_mah_cm2": "inspect",
}  # fmt: skip
_SCALED = ("loading_mg_cm2", "areal_capacity_mah_cm2")


@dataclass(frozen=True, slots=True)
class Channel:
    """A characteristic that a cause moves, and the station whose passing decides for a lot."""

    column: int
    station: str


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """What a cause does: on which channels, and what is believed of its size there."""

    channels: tuple[Channel, ...]
    prior: EffectPrior


def effects_of(cause: PhysicalCause, base: Baseline, settings: ProcessSettings) -> Effects | None:
    """Effects of a cause in standard deviations of Phase I; None where nothing measured moves.

    Sizes are spread evenly on a logarithmic scale. At each, the constants of the process are
    drawn from what is believed of them, and mean and spread of the effects are taken from those
    draws: what the physics are unsure of is left for the data to tell.
    """
    span = float(np.log(cause.high / cause.low))
    sizes = np.geomspace(cause.low, cause.high, int(np.ceil(span / _STEP)) + 1)
    signed = np.concatenate([sign * sizes for sign in cause.signs])
    moved = _direct(cause, base, signed) | _indirect(cause, base, settings, signed)
    moved = {
        channel: draws for channel, draws in moved.items()
        if np.max(np.abs(draws)) > _NEGLIGIBLE
    }  # fmt: skip
    if not moved:
        return None
    stacked = np.stack(list(moved.values()), axis=-1)  # (draws, sizes, k)
    means = stacked.mean(axis=0)
    centred = stacked - means
    spread = np.einsum("dja,djb->jab", centred, centred) / _DRAWS
    between = means[:, :, None] * means[:, None, :] * (_STEP / 2.0) ** 2
    own = np.zeros_like(spread)
    k = means.shape[1]
    own[:, np.arange(k), np.arange(k)] = (_DISCREPANCY * means) ** 2
    weights = np.full(len(signed), 1.0 / len(signed))
    return Effects(tuple(moved), EffectPrior(weights, means, spread + between + own))


def _direct(cause: PhysicalCause, base: Baseline, sizes: Floats) -> dict[Channel, Floats]:
    """Drivers that are measured themselves."""
    found = {}
    following = _following()
    for number, driver in enumerate(cause.drivers):
        place = base.place((driver.name, driver.station))
        if place is None:
            continue
        unit = base.centre[place] if driver.relative else 1.0
        share = following if number and driver.name != cause.drivers[0].name else np.ones(_DRAWS)
        found[Channel(place, driver.station)] = (
            share[:, None] * sizes[None, :] * unit / base.sd[place]
        )
    return found


def _indirect(
    cause: PhysicalCause, base: Baseline, settings: ProcessSettings, sizes: Floats
) -> dict[Channel, Floats]:
    """What the physics make of it."""
    driver = cause.drivers[0]
    if driver.name not in {one.name for one in fields(LotInputs)}:
        return {}
    found = {}
    usual, made = _played(settings, _moved(cause, settings, sizes))
    for name, station in _PRODUCT.items():
        place = base.place((name, station))
        if place is None:
            continue
        before, after = usual[name], made[name]
        change = after - before
        if name in _SCALED:
            change = change / before * base.centre[place]
        found[Channel(place, driver.station)] = change / base.sd[place]
    return found


def _moved(cause: PhysicalCause, settings: ProcessSettings, sizes: Floats) -> LotInputs:
    inputs = nominal_inputs(settings, len(sizes))
    for number, driver in enumerate(dict.fromkeys(one.name for one in cause.drivers)):
        before = getattr(inputs, driver)
        share = _FOLLOWING[0] if number else 1.0
        relative = cause.drivers[0].relative
        after = before * (1.0 + sizes) if relative else before + share * sizes
        inputs = replace(inputs, **{driver: after})
    return inputs


def _played(
    settings: ProcessSettings, inputs: LotInputs
) -> tuple[Mapping[str, Floats], Mapping[str, Floats]]:
    constants = _constants()
    usual = lot_structure(settings, nominal_inputs(settings), constants)
    made = lot_structure(settings, inputs, constants)
    return (
        {name: np.asarray(getattr(usual, name)) for name in _PRODUCT},
        {name: np.asarray(getattr(made, name)) for name in _PRODUCT},
    )


@lru_cache(maxsize=1)
def _constants() -> ParameterDraws:
    return draw_parameters(np.random.default_rng(20), _DRAWS)


@lru_cache(maxsize=1)
def _following() -> Floats:
    median, spread = _FOLLOWING
    normal = np.random.default_rng(21).standard_normal(_DRAWS)
    return np.asarray(median * np.exp(spread * normal))
