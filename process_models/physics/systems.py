"""The material systems of the paper, each a named process that runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from process_models.errors import InputError
from process_models.physics.chain import ChainStep, run_chain, run_deposit
from process_models.physics.checked import Floats
from process_models.physics.melts import separates
from process_models.physics.recipe_parameters import ProcessSettings

__all__ = ["SYSTEMS", "MaterialSystem", "run_system", "system"]


@dataclass(frozen=True, slots=True)
class MaterialSystem:
    """A material of the paper and how it is made.

    Attributes
    ----------
    name, title : str
    settings : ProcessSettings or None
        None for a melt.
    rolled : bool
        False when the foil is taken as it leaves the chamber.
    melt : str
        Alloying metal, or empty.
    """

    name: str
    title: str
    settings: ProcessSettings | None = None
    rolled: bool = True
    melt: str = ""


def _lacss(time_s: float) -> ProcessSettings:
    return ProcessSettings(sublimation_time_s=time_s)


_ALL = (
    MaterialSystem("bare_li", "bare Li", ProcessSettings(
        process="bare", sublimation_time_s=0.0, winding_turns=1.0, thickness_um=100.0)),
    MaterialSystem("deposited_foil", "AlCl3-deposited foil", _lacss(40.0), rolled=False),
    MaterialSystem("l_lacss", "L-LACSS, 20 s", _lacss(20.0)),
    MaterialSystem("lacss", "LACSS, 40 s", _lacss(40.0)),
    MaterialSystem("h_lacss", "H-LACSS, 60 s", _lacss(60.0)),
    MaterialSystem("drac_li", "DRAC-Li, not wound", ProcessSettings(
        process="drac", winding_turns=1.0)),
    MaterialSystem("coarse_powder", "coarse powder", ProcessSettings(
        process="coarse_powder")),
    MaterialSystem("li_al_melt", "Li-Al melt, 1.9 at%", melt="Al"),
    MaterialSystem("li_in_melt", "Li-In melt, 1.9 at%", melt="In"),
    MaterialSystem("li_sn_melt", "Li-Sn melt, 1.9 at%", melt="Sn"),
    MaterialSystem("li_mg_melt", "Li-Mg melt, 1.9 at%", melt="Mg"),
)  # fmt: skip

SYSTEMS: Mapping[str, MaterialSystem] = MappingProxyType({one.name: one for one in _ALL})
"""By name, in the order of the table."""


def system(name: str) -> MaterialSystem:
    """The system of this name.

    Raises
    ------
    InputError
        When there is none.
    """
    if name not in SYSTEMS:
        raise InputError(f"system must be one of {', '.join(SYSTEMS)}, got {name!r}")
    return SYSTEMS[name]


def run_system(
    chosen: MaterialSystem,
    draws: int = 1000,
    seed: int = 0,
    posterior: Mapping[str, Floats] | None = None,
) -> tuple[ChainStep, ...]:
    """Run a system under `draws` of the priors, and of what was fitted.

    Parameters
    ----------
    chosen : MaterialSystem
    draws, seed : int
    posterior : mapping of str to ndarray, shape (n,), optional
        Draws of fitted constants, which take the place of their priors.

    Returns
    -------
    tuple of ChainStep
        For a melt the one step `separates`, 1 for yes.

    Raises
    ------
    InputError
        When `draws` is not at least 1.

    Examples
    --------
    >>> [float(run_system(system(f"li_{m}_melt"), 1)[0].values[0]) for m in ("al", "in")]
    [1.0, 0.0]
    """
    if draws < 1:
        raise InputError(f"draws must be at least 1, got {draws}")
    if chosen.settings is None:
        yes = float(separates(chosen.melt))
        return (ChainStep("segregation", "separates", "yes=1", np.full(draws, yes)),)
    run = run_chain if chosen.rolled else run_deposit
    return run(chosen.settings, draws, seed, posterior)
