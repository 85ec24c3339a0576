"""The compiled inner loops of `acceptance`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

__all__ = ["each_acceptance", "mean_acceptance"]

_ROOT_HALF = math.sqrt(0.5)
_SHARPNESS = 2.0  # as of `process_models.physics.cell.ln_life_h`


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _met(
    ln_ccd: float, goal_ccd: float, goal_life: float, ln_stress: float, life0: float,
    exponent: float, cap: float, ccd_spread: float, life_spread: float,
) -> float:  # fmt: skip
    """P(both goals are met) of a cell whose median ln CCD is given."""
    first = 1.0
    if goal_ccd > -np.inf:
        first = 0.5 * math.erfc((goal_ccd - ln_ccd) / ccd_spread * _ROOT_HALF)
    if first < 1e-12 or goal_life == -np.inf:
        return first
    fatigue = life0 + exponent * (ln_ccd - ln_stress)
    low, high = min(fatigue, cap), max(fatigue, cap)
    life = low - math.log1p(math.exp(_SHARPNESS * (low - high))) / _SHARPNESS
    return first * 0.5 * math.erfc((goal_life - life) / life_spread * _ROOT_HALF)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def mean_acceptance(
    exposure: Any, pressure: Any, thickness: Any, goal_ccd: float, goal_life: Any,
    ln_stress: float, life0: Any, exponent: Any, cap: Any, ccd_spread: Any, life_spread: Any,
    out: Any,
) -> None:  # fmt: skip
    """Mean over draws, into `out` (times, pressures, thicknesses)."""
    draws = exposure.shape[1]
    for t in range(out.shape[0]):
        for p in range(out.shape[1]):
            for h in range(out.shape[2]):
                total = 0.0
                for d in range(draws):
                    total += _met(
                        exposure[t, d] + pressure[p, d] + thickness[h, d], goal_ccd, goal_life[d],
                        ln_stress, life0[d], exponent[d], cap[d], ccd_spread[d], life_spread[d],
                    )  # fmt: skip
                out[t, p, h] = total / draws


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def each_acceptance(
    exposure: Any, pressure: Any, thickness: Any, goal_ccd: float, goal_life: Any,
    ln_stress: float, life0: Any, exponent: Any, cap: Any, ccd_spread: Any, life_spread: Any,
    out: Any,
) -> None:  # fmt: skip
    """Of each draw, into `out` (times, pressures, thicknesses, draws)."""
    for t in range(out.shape[0]):
        for p in range(out.shape[1]):
            for h in range(out.shape[2]):
                for d in range(out.shape[3]):
                    out[t, p, h, d] = _met(
                        exposure[t, d] + pressure[p, d] + thickness[h, d], goal_ccd, goal_life[d],
                        ln_stress, life0[d], exponent[d], cap[d], ccd_spread[d], life_spread[d],
                    )  # fmt: skip
