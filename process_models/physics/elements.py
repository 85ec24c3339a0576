"""Moles of lithium, aluminium and chlorine before and after the reaction: nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from process_models.physics.checked import Floats
from process_models.physics.reaction import ReactionProducts

__all__ = ["Elements", "elements_after", "elements_before"]


@dataclass(frozen=True, slots=True)
class Elements:
    """Moles per cm2 of each element; arrays of one shape."""

    lithium: Floats
    aluminium: Floats
    chlorine: Floats


def elements_before(made: ReactionProducts) -> Elements:
    """What was there: the lithium at hand, and the deposit as AlCl3.

    Examples
    --------
    >>> from process_models.physics.reaction import react
    >>> made = react(0.25, 0.9, 60.0)
    >>> before, after = elements_before(made), elements_after(made)
    >>> bool(np.isclose(before.lithium, after.lithium, rtol=1e-12))
    True
    """
    return Elements(
        lithium=made.li_at_hand_mol_cm2,
        aluminium=made.alcl3_mol_cm2,
        chlorine=np.asarray(3.0 * made.alcl3_mol_cm2),
    )


def elements_after(made: ReactionProducts) -> Elements:
    """What is there: metal left, Li9Al4, LiCl and AlCl3 that did not react."""
    return Elements(
        lithium=np.asarray(made.li_left_mol_cm2 + 9.0 * made.li9al4_mol_cm2 + made.licl_mol_cm2),
        aluminium=np.asarray(made.alcl3_left_mol_cm2 + 4.0 * made.li9al4_mol_cm2),
        chlorine=np.asarray(3.0 * made.alcl3_left_mol_cm2 + made.licl_mol_cm2),
    )
