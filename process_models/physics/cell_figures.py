"""What the cells of a sheet show, as the paper reports it: one number a figure, for every draw."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from process_models.materials import LI9AL4_CM3_MOL, LI_G_MOL, LICL_CM3_MOL
from process_models.physics.cell import lot_cells
from process_models.physics.checked import Floats
from process_models.physics.draws import ParameterDraws
from process_models.physics.full_cell import (
    ONE_C_MA_CM2,
    areal_capacity_at_rate_mah_cm2,
    cycle_hours,
    gitt_polarisation_v,
    rate_capacity_mah_g,
    retention,
)
from process_models.physics.impedance import aged_interface_ohm_cm2, pellet_ohm_cm2
from process_models.physics.lot import LotStructure
from process_models.physics.lot_inputs import nominal_inputs
from process_models.physics.reaction import ReactionProducts
from process_models.physics.recipe_parameters import ProcessSettings
from process_models.physics.sheet import n_p_ratio

__all__ = ["RATES", "cell_figures", "mixture_modulus_gpa", "product_wt_percent"]

RATES: tuple[float, ...] = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""C rates of the paper, 1 C = 1.07 mA/cm2."""

_POSITIVE = {"cycling": 1.78, "rate": 1.07}  # [paper] loadings, mAh/cm2
_FULL_CELL_MA_CM2 = 0.89  # [paper] 0.5 C of 1.78 mAh/cm2
_PLATING = (0.1, 2.0)  # [paper] current and capacity of the plating test
_CYCLES_BEFORE_RETURN = 30  # assumed: five cycles at each of six rates
_PROTECTS = 0.8  # assumed: share of the ageing that a full cover prevents
_LI9AL4_GPA, _LICL_GPA = 62.4, 49.9  # [literature] cited by the paper

Numbers = dict[str, tuple[str, Floats]]


def cell_figures(
    settings: ProcessSettings,
    parameters: ParameterDraws,
    constants: Mapping[str, Floats],
    made: LotStructure,
    rng: np.random.Generator,
) -> Numbers:
    """Figures by name, each with its unit and an array of shape (draws, 1).

    Parameters
    ----------
    settings : ProcessSettings
    parameters : ParameterDraws
    constants : mapping
        Draws of `process_models.physics.cell_constants.CELL_PRIORS`.
    made : LotStructure
        Of one lot under the draws.
    rng : Generator
        Of the scatter of cells.
    """
    tests = lot_cells(settings, nominal_inputs(settings), made, parameters, rng)
    faster = lot_cells(settings, nominal_inputs(settings), made, parameters, rng, 1.0)
    plated = lot_cells(settings, nominal_inputs(settings), made, parameters, rng, *_PLATING)
    capacity = made.areal_capacity_mah_cm2
    numbers: Numbers = {
        "areal_capacity_mah_cm2": ("mAh/cm2", capacity),
        "np_ratio_cycling": ("1", n_p_ratio(capacity, _POSITIVE["cycling"])),
        "np_ratio_rate": ("1", n_p_ratio(capacity, _POSITIVE["rate"])),
        "asr_ohm_cm2": ("ohm cm2", made.asr_ohm_cm2),
        "ccd_ma_cm2": ("mA/cm2", tests.ccd_ma_cm2),
        "life_0_5_h": ("h", tests.life_h),
        "life_1_0_h": ("h", faster.life_h),
        "plating_survival_h": ("h", plated.life_h),
    }
    numbers |= _interface(settings, parameters, constants, made)
    return numbers | _full(settings, parameters, constants, made, rng)


def _covered(settings: ProcessSettings, p: ParameterDraws, made: LotStructure) -> Floats:
    """Share of the surface that reacted product protects (assumed form), 0 to 1."""
    if settings.process not in ("lacss", "drac"):
        return np.zeros_like(made.loading_mg_cm2)
    reacted = np.minimum(made.completion / made.reference_completion, 1.0)
    layer = made.loading_mg_cm2 / p.m40_mg_cm2 * reacted
    there = np.expm1(-layer / p.coverage_scale) / np.expm1(-1.0 / p.coverage_scale)
    return np.asarray(np.clip(there, 0.0, 1.0))


def _interface(
    settings: ProcessSettings, p: ParameterDraws, c: Mapping[str, Floats], made: LotStructure
) -> Numbers:
    covered = _covered(settings, p, made)
    bare, under = c["exchange_bare_ma_cm2"], c["exchange_covered_ma_cm2"]
    exchange = bare + (under - bare) * covered
    interfaces = np.maximum(made.asr_ohm_cm2 - pellet_ohm_cm2(), 0.0)
    aged = aged_interface_ohm_cm2(interfaces, 10, c["interface_growth"], _PROTECTS * covered)
    slow = 0.05 * ONE_C_MA_CM2
    return {
        "asr_after_10_ohm_cm2": ("ohm cm2", aged + pellet_ohm_cm2()),
        "asr_growth_ohm_cm2": ("ohm cm2", aged - interfaces),
        "exchange_current_ma_cm2": ("mA/cm2", exchange),
        "gitt_polarisation_v": ("V", gitt_polarisation_v(slow, aged / 2, exchange)),
    }


def _full(
    settings: ProcessSettings,
    p: ParameterDraws,
    c: Mapping[str, Floats],
    made: LotStructure,
    rng: np.random.Generator,
) -> Numbers:
    if settings.process not in ("lacss", "bare"):
        return {}
    law = (c["rate_capacity_mah_g"], c["rate_time_h"], c["rate_exponent"])
    numbers: Numbers = {}
    by_rate = {rate: rate_capacity_mah_g(rate, *law) for rate in RATES}
    first = by_rate[0.05] * (1.0 + c["first_cycle_excess"])
    if settings.process == "lacss":  # of bare lithium only that it is lower is known
        numbers |= {f"rate_{rate:g}c_mah_g": ("mAh/g", by_rate[rate]) for rate in RATES}
        numbers["rate_0.05c_mah_g"] = ("mAh/g", first)
        numbers |= _fade(by_rate, first, c)
    inputs = nominal_inputs(settings)
    capacity = 1.30  # [paper] of a cycle; lot_cells takes one protocol for all draws
    life = lot_cells(settings, inputs, made, p, rng, _FULL_CELL_MA_CM2, capacity).life_h
    numbers["full_cell_cycles_to_short"] = (
        "cycles",
        life / cycle_hours(capacity, _FULL_CELL_MA_CM2),
    )
    return numbers


def _fade(by_rate: Mapping[float, Floats], first: Floats, c: Mapping[str, Floats]) -> Numbers:
    fade = (c["fade_in_300"], c["fade_exponent"])
    fresh = areal_capacity_at_rate_mah_cm2(_POSITIVE["cycling"], by_rate[0.5], first)
    left = retention(300, *fade)
    back = retention(_CYCLES_BEFORE_RETURN, *fade)
    later = retention(_CYCLES_BEFORE_RETURN + 70, *fade)
    return {
        "full_cell_capacity_mah_cm2": ("mAh/cm2", fresh),
        "full_cell_capacity_after_300_mah_cm2": ("mAh/cm2", fresh * left),
        "full_cell_retention_percent": ("%", 100.0 * left),
        "return_0.1c_mah_g": ("mAh/g", by_rate[0.1] * back),
        "return_0.1c_after_70_mah_g": ("mAh/g", by_rate[0.1] * later),
    }


def product_wt_percent(after: ReactionProducts) -> Floats:
    """Mass of the products in the sheet over that of the sheet, %.

    Examples
    --------
    >>> from process_models.physics.reaction import react
    >>> round(float(product_wt_percent(react(0.15, 1.0, 60.0))), 1)
    5.7
    """
    lithium_mg = 1000.0 * after.li_left_mol_cm2 * LI_G_MOL
    whole = after.product_mg_cm2 + lithium_mg
    safe = np.where(whole > 0, whole, 1.0)
    return np.asarray(100.0 * after.product_mg_cm2 / safe)


def mixture_modulus_gpa() -> float:
    """Young's modulus of pure product by the rule of mixtures (Voigt), an upper bound, GPa.

    Examples
    --------
    >>> round(mixture_modulus_gpa(), 1)
    54.3
    """
    alloy = LI9AL4_CM3_MOL / (LI9AL4_CM3_MOL + 12 * LICL_CM3_MOL)
    return alloy * _LI9AL4_GPA + (1.0 - alloy) * _LICL_GPA
