"""Aluminium and chlorine over the depth below the surface (assumed form)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from process_models.errors import InputError
from process_models.physics.checked import Floats, Number, not_negative, share

__all__ = ["AL_STEEPER", "SurfaceProfile", "surface_profile"]

AL_STEEPER = 1.6
"""How much faster Al falls with depth than Cl; that it does is known, the number is assumed."""

_DECAYS_TO_EDGE = 2.0  # assumed: Cl has fallen to exp(-2) of its excess at the enriched depth


@dataclass(frozen=True, slots=True)
class SurfaceProfile:
    """Content over depth, relative to that of pure product, 0 to 1.

    Attributes
    ----------
    depth_nm : ndarray, shape (k,)
    aluminium, chlorine : ndarray, shape (..., k)
    """

    depth_nm: Floats
    aluminium: Floats
    chlorine: Floats


def surface_profile(
    depth_nm: Number, enriched_nm: Number, pure_nm: Number, bulk_share: Number = 0.0
) -> SurfaceProfile:
    """Pure product down to `pure_nm`, then an exponential fall to the bulk, Al steeper than Cl.

    Parameters
    ----------
    depth_nm : array, shape (k,)
    enriched_nm, pure_nm : float or array
        Layers of one face; enriched 0 means that nothing has segregated.
    bulk_share : float or array
        Volume share of product in the interior, 0 to 1.

    Raises
    ------
    InputError
        When the pure layer is thicker than the enriched one, or a number is negative.

    Examples
    --------
    >>> seen = surface_profile(np.array([50.0, 200.0, 300.0]), 300.0, 100.0)
    >>> seen.chlorine.round(2).tolist(), seen.aluminium.round(2).tolist()
    ([1.0, 0.37, 0.14], [1.0, 0.2, 0.04])
    """
    depth = np.atleast_1d(not_negative("depth_nm", depth_nm))
    enriched = not_negative("enriched_nm", enriched_nm)[..., None]
    pure = not_negative("pure_nm", pure_nm)[..., None]
    bulk = share("bulk_share", bulk_share)[..., None]
    if np.any(pure > enriched):
        raise InputError(
            f"pure_nm must not exceed enriched_nm, got {float(np.max(pure - enriched)):g} nm more"
        )
    inside = enriched > 0
    scale = np.where(enriched > pure, (enriched - pure) / _DECAYS_TO_EDGE, 1e-9)
    beyond = np.maximum(depth - pure, 0.0) / scale
    chlorine, aluminium = (
        np.where(inside, bulk + (1.0 - bulk) * np.exp(-steeper * beyond), bulk + 0.0 * depth)
        for steeper in (1.0, AL_STEEPER)
    )
    return SurfaceProfile(depth, np.asarray(aluminium), np.asarray(chlorine))
