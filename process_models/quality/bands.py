"""What a new cell does along one input or over two, with intervals: under any set of constants.

The constants are posterior draws, or draws of the prior to be held against them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.physics.cell import ln_life_h
from process_models.quality.mixture import mixture_quantile
from process_models.quality.prior_share import ALLOWED
from process_models.quality.response import features, median_ln_ccd
from process_models.quality.setting import CellSetting, possible

__all__ = [
    "OUTCOMES",
    "Bands",
    "Outcome",
    "Surface",
    "bands_along",
    "ln_medians",
    "surface_over",
    "thinned",
]

Floats = NDArray[np.float64]
Outcome = Literal["ccd_ma_cm2", "life_h", "survival"]
OUTCOMES: tuple[Outcome, ...] = ("ccd_ma_cm2", "life_h", "survival")
"""CCD and life of a new cell, and its probability to live beyond some hours."""
_TAILS = (0.05, 0.25, 0.5, 0.75, 0.95)
_OUTER = (0.05, 0.5, 0.95)
_POINTS, _GRID, _MAP_DRAWS = 41, 21, 400


@dataclass(frozen=True, eq=False)
class Bands:
    """A middle with its 50 and 90 % intervals along one input; nan where physics forbids.

    Attributes
    ----------
    x : ndarray, shape (n,)
    low90, low50, middle, high50, high90 : ndarray, shape (n,)
        Of CCD and life, quantiles of one new cell, cell-to-cell spread included. Of survival, the
        probability over all draws, and quantiles over the draws of the probability under each.
    """

    x: Floats
    low90: Floats
    low50: Floats
    middle: Floats
    high50: Floats
    high90: Floats


@dataclass(frozen=True, eq=False)
class Surface:
    """The middle and the width of the 90 % interval over two inputs; nan where physics forbids.

    Attributes
    ----------
    x, y : ndarray, shapes (n,) and (m,)
    middle, width : ndarray, shape (m, n)
    """

    x: Floats
    y: Floats
    middle: Floats
    width: Floats


def bands_along(
    constants: Mapping[str, Floats],
    setting: CellSetting,
    along: str,
    outcome: Outcome = "ccd_ma_cm2",
    *,
    hours: float = 400.0,
    points: int = _POINTS,
) -> Bands:
    """One outcome along the allowed range of an input, the others as set.

    Parameters
    ----------
    constants : mapping
        Arrays of shape (draws,).
    along : str
        Key of `ALLOWED`.
    outcome : {"ccd_ma_cm2", "life_h", "survival"}
    hours : float
        Beyond which a cell survives.

    Raises
    ------
    InputError
        When the input or the outcome is unknown, or the hours are not above 0.
    """
    x = np.linspace(*_range(along), points)
    inputs = {name: np.full(points, getattr(setting, name)) for name in ALLOWED} | {along: x}
    return Bands(x, *_quantiles(constants, setting, inputs, (outcome, hours), _TAILS))


def surface_over(
    constants: Mapping[str, Floats],
    setting: CellSetting,
    across: tuple[str, str],
    outcome: Outcome = "ccd_ma_cm2",
    *,
    hours: float = 400.0,
    points: int = _GRID,
) -> Surface:
    """One outcome over the allowed ranges of two inputs, the third as set.

    A map is read by eye, so 400 of the draws are enough for it.

    Raises
    ------
    InputError
        When an input is unknown or both are the same, or as for `bands_along`.
    """
    if across[0] == across[1]:
        raise InputError(f"a surface needs two inputs, got {across[0]} twice")
    x, y = (np.linspace(*_range(name), points) for name in across)
    grid = {name: np.full(points * points, getattr(setting, name)) for name in ALLOWED}
    grid[across[0]], grid[across[1]] = np.tile(x, points), np.repeat(y, points)
    some = thinned(constants, _MAP_DRAWS)
    low, middle, high = (
        part.reshape(points, points)
        for part in _quantiles(some, setting, grid, (outcome, hours), _OUTER)
    )
    return Surface(x, y, middle, high - low)


def _range(name: str) -> tuple[float, float]:
    if name not in ALLOWED:
        raise InputError(f"input must be one of {', '.join(ALLOWED)}, got {name!r}")
    return ALLOWED[name]


def thinned(constants: Mapping[str, Floats], draws: int) -> dict[str, Floats]:
    """At most so many of the draws, evenly spaced; what hangs together stays together."""
    total = len(next(iter(constants.values())))
    kept = np.linspace(0, total - 1, min(draws, total)).astype(np.int64)
    return {name: np.asarray(values)[kept] for name, values in constants.items()}


def _quantiles(
    constants: Mapping[str, Floats],
    setting: CellSetting,
    inputs: Mapping[str, Floats],
    asked: tuple[Outcome, float],
    tails: tuple[float, ...],
) -> list[Floats]:
    outcome, hours = asked
    if outcome not in OUTCOMES:
        raise InputError(f"outcome must be one of {', '.join(OUTCOMES)}, got {outcome!r}")
    if not (hours > 0 and math.isfinite(hours)):
        raise InputError(f"hours must be above 0 and finite, got {hours:g}")
    forbidden = ~possible(setting, **inputs)
    ccd, life, columns = ln_medians(constants, setting, inputs)
    if outcome == "survival":
        found = _survival(math.log(hours), life, columns["life_spread"], tails)
    else:
        mean, sd = (ccd, "ccd_spread") if outcome == "ccd_ma_cm2" else (life, "life_spread")
        found = [np.exp(mixture_quantile(tail, mean, columns[sd])) for tail in tails]
    return [np.where(forbidden, np.nan, quantile) for quantile in found]


def ln_medians(
    constants: Mapping[str, Floats], setting: CellSetting, inputs: Mapping[str, Floats]
) -> tuple[Floats, Floats, dict[str, Floats]]:
    """ln of the median CCD and life under every draw, (draws, n) each, and the draws as columns."""
    columns = {name: np.asarray(value)[:, None] for name, value in constants.items()}
    exposed = inputs["sublimation_time_s"] * (setting.process != "bare")
    cell = features(setting.process, **{**inputs, "sublimation_time_s": exposed})
    shape = (len(columns["ccd_spread"]), cell.time_s.size)
    ccd = np.broadcast_to(median_ln_ccd(cell, columns), shape)
    life = ln_life_h(ccd, setting.current_ma_cm2, setting.capacity_mah_cm2, columns)
    return ccd, np.asarray(life), columns


def _survival(ln_hours: float, life: Floats, sd: Floats, tails: tuple[float, ...]) -> list[Floats]:
    from scipy.special import ndtr

    alive = ndtr((life - ln_hours) / sd)
    return [
        np.mean(alive, axis=0) if tail == 0.5 else np.quantile(alive, tail, axis=0)
        for tail in tails
    ]
