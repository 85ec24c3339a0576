"""Segregation of the product to the surface while the sheet is rolled (assumed form)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from process_models.physics.checked import Floats, Number, above_zero, not_negative
from process_models.physics.winding import total_strain

__all__ = ["REFERENCE_STRAIN", "SurfaceLayers", "segregated_share", "surface_layers"]

REFERENCE_STRAIN = float(total_strain(10.0, 100.0, 60.0))
"""True strain of the reference recipe, at which the layer thicknesses of the paper hold."""


def segregated_share(
    strain: Number,
    segregation_strain: Number,
    coarsening_strain: Number,
    rate_ratio: Number = 1.0,
    rate_exponent: Number = 0.2,
) -> Floats:
    """Share of what can segregate that has, 0 to 1.

    Solves dX/de = (1 - X)/e_c (rate/rate_ref)^q exp(-e/e_coarse) from X(0) = 0.

    Examples
    --------
    >>> round(float(segregated_share(REFERENCE_STRAIN, 1.0, 5.0)), 2)
    0.88
    """
    coarse = above_zero("coarsening_strain", coarsening_strain)
    drawn = -np.expm1(-not_negative("strain", strain) / coarse)
    faster = not_negative("rate_ratio", rate_ratio) ** not_negative("rate_exponent", rate_exponent)
    integral = faster / above_zero("segregation_strain", segregation_strain) * coarse * drawn
    return np.asarray(-np.expm1(-integral))


@dataclass(frozen=True, slots=True)
class SurfaceLayers:
    """Thickness of the enriched layer, and of the pure product inside it, nm per face."""

    enriched_nm: Floats
    pure_nm: Floats


def surface_layers(
    relative_loading: Number,
    product_um: Number,
    relative_share: Number,
    enriched_reference_nm: Number,
    pure_reference_nm: Number,
) -> SurfaceLayers:
    """Layers at a loading and segregation given relative to the reference recipe.

    Both grow in proportion to what has segregated, and neither can hold more product than half
    of what the sheet has (the enriched layer taken as half product).

    Parameters
    ----------
    relative_loading : float or array
        Loading over that of the reference recipe.
    product_um : float or array
        Dense product in the sheet, both faces together.
    relative_share : float or array
        `segregated_share` over that of the reference recipe; 0 where nothing segregates.
    enriched_reference_nm, pure_reference_nm : float or array
        300 and 100 nm in the paper.

    Examples
    --------
    >>> layers = surface_layers(1.0, 1.0, 1.0, 300.0, 100.0)
    >>> float(layers.enriched_nm), float(layers.pure_nm)
    (300.0, 100.0)
    """
    scale = not_negative("relative_loading", relative_loading) * not_negative(
        "relative_share", relative_share
    )
    per_face_nm = not_negative("product_um", product_um) * 500.0
    enriched = not_negative("enriched_reference_nm", enriched_reference_nm) * scale
    pure = not_negative("pure_reference_nm", pure_reference_nm) * scale
    return SurfaceLayers(
        *np.broadcast_arrays(np.minimum(enriched, 2.0 * per_face_nm), np.minimum(pure, per_face_nm))
    )
