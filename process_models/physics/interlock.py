"""Whether the foil melts: the interlock of the sublimation chamber."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.materials import LITHIUM_MELTING_C
from process_models.physics.checked import Floats, Number
from process_models.physics.foil_heat import (
    adiabatic_rise_k,
    foil_temperature_c,
    peak_foil_temperature_c,
)

__all__ = ["FoilInterlock", "foil_interlock"]


@dataclass(frozen=True, slots=True)
class FoilInterlock:
    """What the interlock sees; arrays of one shape.

    Attributes
    ----------
    foil_temperature_c : ndarray
        At the end of the exposure at an even rate, with the assumed heat loss.
    peak_temperature_c : ndarray
        The warmest, with the deposit as its law says.
    adiabatic_temperature_c : ndarray
        If what reacts in the chamber did so at once and no heat left the foil: the worst case.
    """

    foil_temperature_c: Floats
    peak_temperature_c: Floats
    adiabatic_temperature_c: Floats

    @property
    def melts(self) -> NDArray[np.bool_]:
        """Lots whose foil reaches the melting point."""
        return np.asarray(self.peak_temperature_c >= LITHIUM_MELTING_C)

    @property
    def could_melt(self) -> NDArray[np.bool_]:
        """Lots that would melt if the support took no heat away."""
        return np.asarray(self.adiabatic_temperature_c >= LITHIUM_MELTING_C)


def foil_interlock(
    chamber_temperature_c: Number,
    loading_mg_cm2: Number,
    exposure_s: Number,
    foil_thickness_um: Number,
    in_chamber_share: Number,
    heat_loss_w_cm2_k: Number,
    lag_s: Number = 0.0,
    exponent: Number = 1.0,
) -> FoilInterlock:
    """Which lots melt, and which would without heat loss; as `peak_foil_temperature_c`.

    Examples
    --------
    >>> seen = foil_interlock(178.0, np.array([0.25, 1.5]), 40.0, 100.0, 0.2, 0.01)
    >>> seen.melts.tolist(), seen.could_melt.tolist()
    ([False, True], [True, True])
    """
    heated = (
        chamber_temperature_c, loading_mg_cm2, exposure_s, foil_thickness_um,
        in_chamber_share, heat_loss_w_cm2_k,
    )  # fmt: skip
    peak = peak_foil_temperature_c(*heated, lag_s, exponent)
    reacted = np.asarray(loading_mg_cm2) * in_chamber_share
    adiabatic = chamber_temperature_c + adiabatic_rise_k(reacted, foil_thickness_um)
    return FoilInterlock(
        np.broadcast_to(foil_temperature_c(*heated), peak.shape),
        peak,
        np.broadcast_to(adiabatic, peak.shape),
    )
