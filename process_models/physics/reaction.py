"""21 Li + 4 AlCl3 -> Li9Al4 + 12 LiCl: what is consumed, what is made, what ties up lithium."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.materials import (
    ALCL3_G_MOL,
    ALCL3_SOLID_G_CM3,
    FARADAY_MAH_MOL,
    LI9AL4_CM3_MOL,
    LI9AL4_G_MOL,
    LI_CM3_MOL,
    LICL_CM3_MOL,
    LICL_G_MOL,
)
from process_models.physics.checked import Floats, Number, not_negative, share

__all__ = ["ReactionProducts", "react"]

_CM_TO_UM = 1e4
_LI_PER_ALCL3 = 21.0 / 4.0


@dataclass(frozen=True, slots=True)
class ReactionProducts:
    """What reacted, per cm2; arrays of the broadcast shape of the inputs.

    Attributes
    ----------
    alcl3_reacted_mol_cm2, alcl3_left_mol_cm2 : ndarray
        AlCl3 that reacted and that did not, for want of time or of lithium.
    li_consumed_mol_cm2, li_left_mol_cm2 : ndarray
        Lithium metal used, and left; infinite where the lithium at hand is not limited.
    li9al4_mol_cm2, licl_mol_cm2 : ndarray
        Products made.
    lithium_limited : ndarray of bool
        Where more AlCl3 would have reacted, had there been lithium for it.
    """

    alcl3_reacted_mol_cm2: Floats
    alcl3_left_mol_cm2: Floats
    li_consumed_mol_cm2: Floats
    li_left_mol_cm2: Floats
    li9al4_mol_cm2: Floats
    licl_mol_cm2: Floats
    lithium_limited: NDArray[np.bool_]

    @property
    def alcl3_mol_cm2(self) -> Floats:
        """AlCl3 before the reaction."""
        return np.asarray(self.alcl3_reacted_mol_cm2 + self.alcl3_left_mol_cm2)

    @property
    def li_at_hand_mol_cm2(self) -> Floats:
        """Lithium before the reaction."""
        return np.asarray(self.li_consumed_mol_cm2 + self.li_left_mol_cm2)

    @property
    def li_consumed_um(self) -> Floats:
        """Thickness of lithium used; 0.51 um per 0.1 mg/cm2 AlCl3."""
        return np.asarray(self.li_consumed_mol_cm2 * LI_CM3_MOL * _CM_TO_UM)

    @property
    def product_um(self) -> Floats:
        """Thickness of dense product; 0.71 um per 0.1 mg/cm2 AlCl3."""
        volume = self.li9al4_mol_cm2 * LI9AL4_CM3_MOL + self.licl_mol_cm2 * LICL_CM3_MOL
        return np.asarray(volume * _CM_TO_UM)

    @property
    def alcl3_left_um(self) -> Floats:
        """Thickness of solid AlCl3 that did not react."""
        volume = self.alcl3_left_mol_cm2 * ALCL3_G_MOL / ALCL3_SOLID_G_CM3
        return np.asarray(volume * _CM_TO_UM)

    @property
    def thickness_change_um(self) -> Floats:
        """Product less lithium used, solid deposit not counted; +0.20 um per 0.1 mg/cm2 AlCl3."""
        return np.asarray(self.product_um - self.li_consumed_um)

    @property
    def product_mg_cm2(self) -> Floats:
        """Mass of Li9Al4 and LiCl."""
        mass = self.li9al4_mol_cm2 * LI9AL4_G_MOL + self.licl_mol_cm2 * LICL_G_MOL
        return np.asarray(1000.0 * mass)

    @property
    def licl_mah_cm2(self) -> Floats:
        """Capacity tied up in LiCl; 0.060 mAh/cm2 per 0.1 mg/cm2 AlCl3."""
        return np.asarray(self.licl_mol_cm2 * FARADAY_MAH_MOL)

    @property
    def li9al4_mah_cm2(self) -> Floats:
        """Capacity held in Li9Al4; 0.045 mAh/cm2 per 0.1 mg/cm2 AlCl3."""
        return np.asarray(9.0 * self.li9al4_mol_cm2 * FARADAY_MAH_MOL)


def react(
    loading_mg_cm2: Number, completion: Number = 1.0, lithium_um: Number = np.inf
) -> ReactionProducts:
    """What `loading_mg_cm2` of AlCl3 makes with a foil of `lithium_um`.

    Parameters
    ----------
    loading_mg_cm2 : float or array
        AlCl3 on the foil, not negative.
    completion : float or array
        Share of it that has reacted, 0 to 1.
    lithium_um : float or array
        Lithium at hand; the reaction stops when it is used up. Infinite by default.

    Raises
    ------
    InputError
        When a number is not possible.

    Examples
    --------
    >>> made = react(0.1)
    >>> round(float(made.li_consumed_um), 2), round(float(made.product_um), 2)
    (0.51, 0.71)
    >>> round(float(made.licl_mah_cm2), 3), round(float(made.li9al4_mah_cm2), 3)
    (0.06, 0.045)
    """
    alcl3 = not_negative("loading_mg_cm2", loading_mg_cm2) / 1000.0 / ALCL3_G_MOL
    lithium = not_negative("lithium_um", lithium_um, infinite=True)
    at_hand = lithium / _CM_TO_UM / LI_CM3_MOL
    wanted = alcl3 * share("completion", completion)
    limited = wanted * _LI_PER_ALCL3 > at_hand
    reacted = np.where(limited, at_hand / _LI_PER_ALCL3, wanted)
    consumed = np.where(limited, at_hand, wanted * _LI_PER_ALCL3)
    return ReactionProducts(
        alcl3_reacted_mol_cm2=reacted,
        alcl3_left_mol_cm2=np.asarray(alcl3 - reacted),
        li_consumed_mol_cm2=consumed,
        li_left_mol_cm2=np.asarray(at_hand - consumed),
        li9al4_mol_cm2=np.asarray(reacted / 4.0),
        licl_mol_cm2=np.asarray(reacted * 3.0),
        lithium_limited=np.asarray(limited),
    )
