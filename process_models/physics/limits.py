"""Why there is no prediction: what physics does not allow of a recipe that can be written down."""

from __future__ import annotations

import numpy as np

from process_models.materials import ATMOSPHERE_KPA, LITHIUM_MELTING_C
from process_models.physics.draws import Constants
from process_models.physics.lot_deposit import lot_interlock, lot_loading
from process_models.physics.lot_inputs import nominal_inputs
from process_models.physics.reaction import react
from process_models.physics.recipe_parameters import ProcessParameters, ProcessSettings
from process_models.physics.rolling import mean_pressure_mpa
from process_models.physics.vapour import ideal_gas_g_l, vapour_pressure_kpa

__all__ = ["limits"]

_STRENGTH_SPAN = 10.0  # reported flow stresses differ five- to tenfold
_LEAST_DRAFT = 0.01  # less is no pass, so its pressure says nothing
_THINNEST = 0.02  # share of the foil below which the rolling law is not solved
_VAPOUR_SLACK = 1.02


def limits(settings: ProcessSettings, parameters: Constants | None = None) -> tuple[str, ...]:
    """Reasons why these settings cannot make a sheet, one line each; empty when they can.

    Judged at the prior medians unless constants are given; with draws, a reason holds when it
    holds for more than half of them.

    Parameters
    ----------
    settings : ProcessSettings
    parameters : ProcessParameters or ParameterDraws, optional

    Examples
    --------
    >>> limits(ProcessSettings())
    ()
    >>> limits(ProcessSettings(process="drac", thickness_um=120.0))
    ('thickness_um 120 is above the incoming foil, 100 um: rolling only makes thinner',)
    """
    constants = ProcessParameters() if parameters is None else parameters
    found = [*_rolling(settings)]
    if settings.exposed and settings.sublimation_time_s > 0:
        found += _vapour(settings)
        found += _foil(settings, constants)
    return tuple(found)


def _rolling(settings: ProcessSettings) -> list[str]:
    target, foil = settings.thickness_um, settings.foil_thickness_um
    if target > foil:
        return [
            f"thickness_um {target:g} is above the incoming foil, {foil:g} um:"
            " rolling only makes thinner"
        ]
    if target < _THINNEST * foil:
        return [
            f"thickness_um {target:g} is below {_THINNEST:.0%} of the incoming foil,"
            f" {foil:g} um: no single pass rolls that far"
        ]
    if target > foil * (1.0 - _LEAST_DRAFT):
        return []
    usual = float(mean_pressure_mpa(foil, target))
    harder = settings.rolling_pressure_mpa / usual
    if 1.0 / _STRENGTH_SPAN <= harder <= _STRENGTH_SPAN:
        return []
    which = "stronger" if harder > 1 else "weaker"
    times = harder if harder > 1 else 1.0 / harder
    return [
        f"rolling_pressure_mpa {settings.rolling_pressure_mpa:g} does not go with {foil:g} to"
        f" {target:g} um: lithium would have to be {times:.0f} times {which} than the"
        f" {usual:.0f} MPa of the flow law"
    ]


def _vapour(settings: ProcessSettings) -> list[str]:
    most = float(ideal_gas_g_l(settings.chamber_temperature_c, ATMOSPHERE_KPA, 1.0))
    warm = float(vapour_pressure_kpa(settings.chamber_temperature_c) / vapour_pressure_kpa(178.0))
    there = settings.vapour_g_l * min(warm, 1.0)
    if there <= most * _VAPOUR_SLACK:
        return []
    return [
        f"vapour_g_l {settings.vapour_g_l:g} is more than one atmosphere of Al2Cl6 holds at"
        f" {settings.chamber_temperature_c:g} C, {most:.1f} g/L"
    ]


def _foil(settings: ProcessSettings, constants: Constants) -> list[str]:
    inputs = nominal_inputs(settings)
    loading = lot_loading(settings, inputs, constants)
    seen = lot_interlock(settings, inputs, constants)
    found = []
    if np.mean(seen.melts) > 0.5:
        hot = float(np.median(seen.peak_temperature_c))
        found.append(
            f"the foil would melt: it would reach {hot:.1f} C,"
            f" lithium melts at {LITHIUM_MELTING_C:g} C"
        )
    needed = react(loading).li_consumed_um
    if np.mean(needed > settings.foil_thickness_um) > 0.5:
        found.append(
            f"more AlCl3 than lithium: {float(np.median(loading)):.3g} mg/cm2 would take"
            f" {float(np.median(needed)):.0f} um of a {settings.foil_thickness_um:g} um foil"
        )
    return found
