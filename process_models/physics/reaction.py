"""21 Li + 4 AlCl3 -> Li9Al4 + 12 LiCl: what is consumed, what is made, what ties up lithium."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.materials import (
    ALCL3_G_MOL,
    FARADAY_MAH_MOL,
    LI9AL4_CM3_MOL,
    LI9AL4_G_MOL,
    LI_CM3_MOL,
    LI_G_MOL,
    LICL_CM3_MOL,
    LICL_G_MOL,
    LITHIUM_DENSITY_G_CM3,
)

__all__ = ["ReactionProducts", "react"]

Floats = NDArray[np.float64]
_CM_TO_UM = 1e4


@dataclass(frozen=True, slots=True)
class ReactionProducts:
    """What reacted, per cm2; arrays of the broadcast shape of the inputs.

    Attributes
    ----------
    alcl3_reacted_mol_cm2, alcl3_left_mol_cm2 : ndarray
        AlCl3 that reacted and that did not, for want of time or of lithium.
    li_consumed_mol_cm2, li9al4_mol_cm2, licl_mol_cm2 : ndarray
        Lithium metal used, products made.
    """

    alcl3_reacted_mol_cm2: Floats
    alcl3_left_mol_cm2: Floats
    li_consumed_mol_cm2: Floats
    li9al4_mol_cm2: Floats
    licl_mol_cm2: Floats

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
    loading_mg_cm2: Floats | float,
    completion: Floats | float = 1.0,
    lithium_um: Floats | float = np.inf,
) -> ReactionProducts:
    """What `loading_mg_cm2` of AlCl3 makes with a foil of `lithium_um`.

    Parameters
    ----------
    loading_mg_cm2 : float or array
        AlCl3 on the foil, not negative.
    completion : float or array
        Share of it that has reacted, 0 to 1.
    lithium_um : float or array
        Lithium at hand; the reaction stops when it is used up.

    Examples
    --------
    >>> made = react(0.1)
    >>> round(float(made.li_consumed_um), 2), round(float(made.product_um), 2)
    (0.51, 0.71)
    >>> round(float(made.licl_mah_cm2), 3), round(float(made.li9al4_mah_cm2), 3)
    (0.06, 0.045)
    """
    alcl3 = np.asarray(loading_mg_cm2, dtype=np.float64) / 1000.0 / ALCL3_G_MOL
    lithium_mol = np.asarray(lithium_um) / _CM_TO_UM * LITHIUM_DENSITY_G_CM3 / LI_G_MOL
    reacted = np.minimum(alcl3 * completion, lithium_mol * 4.0 / 21.0)
    return ReactionProducts(
        alcl3_reacted_mol_cm2=reacted,
        alcl3_left_mol_cm2=alcl3 - reacted,
        li_consumed_mol_cm2=reacted * 21.0 / 4.0,
        li9al4_mol_cm2=reacted / 4.0,
        licl_mol_cm2=reacted * 3.0,
    )
