"""A recipe run from foil to cell under draws of every constant, step by step with units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from process_models.errors import InputError
from process_models.physics import cell_figures
from process_models.physics.cell_constants import draw_cell_constants
from process_models.physics.checked import Floats
from process_models.physics.draws import ParameterDraws, draw_parameters, with_posterior
from process_models.physics.lot import LotStructure, lot_structure
from process_models.physics.lot_deposit import interlock_of, lot_loading
from process_models.physics.lot_inputs import nominal_inputs
from process_models.physics.reaction import react
from process_models.physics.recipe_parameters import ProcessSettings
from process_models.physics.rolling import line_force_n_mm, mean_pressure_mpa
from process_models.physics.surface_profile import surface_profile
from process_models.physics.vapour import ideal_gas_g_l
from process_models.physics.winding import loading_in_sheet_mg_cm2

__all__ = ["STAGES", "ChainStep", "run_chain", "run_deposit"]

STAGES = ("deposit", "reaction", "winding", "rolling", "segregation", "cell")
"""The stages of a chain, in order."""

_PROFILE_NM = np.array([250.0])  # within the enriched layer of LACSS, below its pure skin


@dataclass(frozen=True, slots=True, eq=False)
class ChainStep:
    """One number of the chain.

    Attributes
    ----------
    stage : str
        One of `STAGES`.
    quantity, unit : str
        `quantity` carries the unit in its name too.
    values : ndarray, shape (draws,)
    """

    stage: str
    quantity: str
    unit: str
    values: Floats

    def interval(self, level: float = 0.9) -> tuple[float, float, float]:
        """Median, and the central interval of `level`.

        Raises
        ------
        InputError
            When the level is not between 0 and 1.

        Examples
        --------
        >>> ChainStep("cell", "x", "1", np.arange(5.0)).interval(0.5)
        (2.0, 1.0, 3.0)
        """
        if not 0 < level < 1:
            raise InputError(f"level must lie between 0 and 1, got {level:g}")
        tail = (1.0 - level) / 2.0
        low, median, high = np.quantile(self.values, (tail, 0.5, 1.0 - tail))
        return float(median), float(low), float(high)


def run_chain(
    settings: ProcessSettings,
    draws: int = 1000,
    seed: int = 0,
    posterior: Mapping[str, Floats] | None = None,
) -> tuple[ChainStep, ...]:
    """Deposit, reaction, winding, rolling, segregation and cells of one recipe.

    The same seed takes the same constants for every recipe, so that recipes differ by what was
    done to them alone; cells scatter on top. Fitted constants in `posterior`, arrays (n,), take
    the place of their priors.

    Raises
    ------
    InputError
        When `draws` is not at least 1.

    Examples
    --------
    >>> steps = {step.quantity: step for step in run_chain(ProcessSettings(), draws=50)}
    >>> round(float(np.median(steps["thickness_um"].values)), 6)
    60.0
    """
    parameters, cells = _constants(draws, seed, posterior)
    made = lot_structure(settings, nominal_inputs(settings), parameters)
    steps = [
        *_deposit(settings, parameters),
        *_reaction(settings, made),
        *_rolled(settings, parameters, made),
    ]
    rng = np.random.default_rng((seed, 2))
    figures = cell_figures.cell_figures(settings, parameters, cells, made, rng)
    return (*steps, *_steps("cell", figures, draws))


def run_deposit(
    settings: ProcessSettings,
    draws: int = 1000,
    seed: int = 0,
    posterior: Mapping[str, Floats] | None = None,
) -> tuple[ChainStep, ...]:
    """The foil as it leaves the chamber: neither wound nor rolled, so hardly reacted.

    Raises
    ------
    InputError
        When `draws` is not at least 1.
    """
    parameters, _ = _constants(draws, seed, posterior)
    loading = lot_loading(settings, nominal_inputs(settings), parameters)
    reacted = np.minimum(parameters.in_chamber_share, 1.0)
    made = react(loading, reacted, settings.foil_thickness_um)
    reaction = {
        "completion": ("1", reacted),
        "lithium_consumed_um": ("um", made.li_consumed_um),
        "product_um": ("um", made.product_um),
    }
    return (*_deposit(settings, parameters), *_steps("reaction", reaction, draws))


def _constants(
    draws: int, seed: int, posterior: Mapping[str, Floats] | None
) -> tuple[ParameterDraws, Mapping[str, Floats]]:
    parameters = draw_parameters(np.random.default_rng((seed, 0)), draws)
    if posterior is not None:
        parameters = with_posterior(parameters, posterior, np.random.default_rng((seed, 3)))
    return parameters, draw_cell_constants(np.random.default_rng((seed, 1)), draws)


def _steps(
    stage: str, numbers: Mapping[str, tuple[str, Floats]], draws: int
) -> tuple[ChainStep, ...]:
    return tuple(
        ChainStep(stage, name, unit, np.broadcast_to(values, (draws, 1))[:, 0])
        for name, (unit, values) in numbers.items()
    )


def _deposit(settings: ProcessSettings, p: ParameterDraws) -> tuple[ChainStep, ...]:
    inputs = nominal_inputs(settings)
    loading = lot_loading(settings, inputs, p)
    seen = interlock_of(inputs, p, loading)
    numbers = {
        "loading_mg_cm2": ("mg/cm2", loading),
        "foil_temperature_c": ("C", seen.foil_temperature_c),
        "peak_foil_temperature_c": ("C", seen.peak_temperature_c),
        "adiabatic_temperature_c": ("C", seen.adiabatic_temperature_c),
    }
    if settings.exposed:
        monomer = ideal_gas_g_l(settings.chamber_temperature_c)
        numbers["vapour_monomer_g_l"] = ("g/L", monomer)
    return _steps("deposit", numbers, p.count)


def _reaction(settings: ProcessSettings, made: LotStructure) -> tuple[ChainStep, ...]:
    in_sheet = loading_in_sheet_mg_cm2(
        made.loading_mg_cm2, settings.foil_thickness_um, made.thickness_um
    )
    after = react(in_sheet, made.completion, made.thickness_um)
    numbers = {
        "completion": ("1", made.completion),
        "loading_in_sheet_mg_cm2": ("mg/cm2", in_sheet),
        "lithium_consumed_um": ("um", after.li_consumed_um),
        "product_um": ("um", after.product_um),
        "licl_mah_cm2": ("mAh/cm2", after.licl_mah_cm2),
        "li9al4_mah_cm2": ("mAh/cm2", after.li9al4_mah_cm2),
        "product_wt_percent": ("wt%", cell_figures.product_wt_percent(after)),
    }
    return _steps("reaction", numbers, in_sheet.shape[0])


def _rolled(
    settings: ProcessSettings, p: ParameterDraws, made: LotStructure
) -> tuple[ChainStep, ...]:
    wound = {"strain": ("1", made.strain), "plane_spacing_um": ("um", made.plane_spacing_um)}
    entry = np.maximum(settings.foil_thickness_um, made.thickness_um)
    rolled = {
        "thickness_um": ("um", made.thickness_um),
        "line_force_n_mm": ("N/mm", line_force_n_mm(entry, made.thickness_um, p.stress_scale)),
        "mean_pressure_mpa": ("MPa", mean_pressure_mpa(entry, made.thickness_um, p.stress_scale)),
    }
    layers = {
        "enriched_layer_nm": ("nm", made.enriched_layer_nm),
        "pure_layer_nm": ("nm", made.pure_layer_nm),
    }
    if settings.process in ("lacss", "drac"):
        modulus = np.asarray(cell_figures.mixture_modulus_gpa())
        layers["surface_modulus_gpa"] = ("GPa", modulus)
    if settings.process == "lacss":
        seen = surface_profile(_PROFILE_NM, made.enriched_layer_nm, made.pure_layer_nm)
        there = np.maximum(seen.chlorine, np.finfo(np.float64).tiny)
        layers["al_over_cl_at_250_nm"] = ("1", (seen.aluminium / there)[..., 0])
    passed = settings.thickness_um < settings.foil_thickness_um
    return (
        *_steps("winding", wound if settings.wound else {}, p.count),
        *_steps("rolling", rolled if passed else {"thickness_um": rolled["thickness_um"]}, p.count),
        *_steps("segregation", layers, p.count),
    )
