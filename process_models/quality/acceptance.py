"""The probability that a cell meets what is asked of it, over grids of inputs and draws.

The response is a sum of what exposure, pressure and thickness do, so each part is worked out along
its own axis once, and only the sums are formed point by point.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.materials import REFERENCE_PRESSURE_MPA, REFERENCE_THICKNESS_UM
from process_models.physics import ProcessSettings
from process_models.physics.cell import handling_effect
from process_models.quality.model import QualityModel, check_protocol
from process_models.quality.response import features, median_ln_ccd

__all__ = ["Goal", "Parts", "acceptance", "acceptance_of_draws", "parts_of"]

Floats = NDArray[np.float64]
_THREADS = 2
_LAW = ("life0_h", "sn_exponent", "life_cap_h", "capacity_exponent", "ccd_spread", "life_spread")


@dataclass(frozen=True, slots=True)
class Goal:
    """What a cell has to do: a CCD, and a life in symmetric cycling, both at least.

    Raises
    ------
    InputError
        When a number is not above 0 (the limits may be 0), or the process is unknown.
    """

    ccd_min_ma_cm2: float = 2.0
    life_min_h: float = 400.0
    current_ma_cm2: float = 0.5
    capacity_mah_cm2: float = 0.5
    process: str = "lacss"

    def __post_init__(self) -> None:
        for name in ("ccd_min_ma_cm2", "life_min_h"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise InputError(f"{name} must be at least 0 and finite, got {value:g}")
        check_protocol(self.current_ma_cm2, self.capacity_mah_cm2)
        ProcessSettings(process=self.process)


@dataclass(frozen=True, slots=True)
class Parts:
    """What each input adds to ln CCD, arrays (points of the axis, draws), and the laws of life."""

    exposure: Floats
    pressure: Floats
    thickness: Floats
    law: Mapping[str, Floats]


def parts_of(
    model: QualityModel,
    process: str,
    sublimation_time_s: Sequence[float] | Floats,
    rolling_pressure_mpa: Sequence[float] | Floats,
    thickness_um: Sequence[float] | Floats,
    *,
    draws: int | None = None,
) -> Parts:
    """The parts along three axes, for all posterior draws or so many of them, evenly thinned."""
    total = len(model.draws["ccd0_ma_cm2"])
    kept = slice(None) if draws is None or draws >= total else _thinned(total, draws)
    constants = {name: np.asarray(values)[kept] for name, values in model.draws.items()}
    times = np.asarray(sublimation_time_s, dtype=np.float64)
    cell = features(process, times[:, None], REFERENCE_PRESSURE_MPA, REFERENCE_THICKNESS_UM)
    handled = 0.0 if process == "bare" else 1.0
    along: list[Any] = []
    for axis, reference, name in (
        (rolling_pressure_mpa, REFERENCE_PRESSURE_MPA, "pressure"),
        (thickness_um, REFERENCE_THICKNESS_UM, "thickness"),
    ):
        ratio = handled * np.log(np.asarray(axis, dtype=np.float64)[:, None] / reference)
        along.append(
            handling_effect(ratio, constants[f"{name}_slope"], constants[f"{name}_curvature"])
        )
    exposure = np.broadcast_to(median_ln_ccd(cell, constants), (len(times), len(along[0][0])))
    law = {name: np.ascontiguousarray(constants[name]) for name in _LAW}
    return Parts(np.ascontiguousarray(exposure), along[0], along[1], law)


def _thinned(total: int, draws: int) -> NDArray[np.int64]:
    return np.linspace(0, total - 1, draws).astype(np.int64)


def acceptance(parts: Parts, goal: Goal) -> Floats:
    """P(CCD and life reach the goal) of a new cell, averaged over the draws.

    Returns
    -------
    ndarray, shape (times, pressures, thicknesses)
        Cell-to-cell spread included; CCD and life scatter independently about their medians.
    """
    from process_models.quality.acceptance_kernel import mean_acceptance

    shape = (len(parts.exposure), len(parts.pressure), len(parts.thickness))
    out = np.empty(shape)
    handling = parts.pressure, parts.thickness
    numbers = _numbers(parts, goal)

    def rows(piece: slice) -> None:
        mean_acceptance(parts.exposure[piece], *handling, *numbers, out[piece])

    bounds = np.linspace(0, shape[0], _THREADS + 1).astype(int)
    pieces = [slice(a, b) for a, b in pairwise(bounds) if b > a]
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(rows, pieces))
    return out


def acceptance_of_draws(parts: Parts, goal: Goal) -> Floats:
    """The same for every draw by itself, shape (times, pressures, thicknesses, draws)."""
    from process_models.quality.acceptance_kernel import each_acceptance

    draws = parts.exposure.shape[1]
    out = np.empty((len(parts.exposure), len(parts.pressure), len(parts.thickness), draws))
    numbers = _numbers(parts, goal)
    each_acceptance(parts.exposure, parts.pressure, parts.thickness, *numbers, out)
    return out


def _numbers(parts: Parts, goal: Goal) -> tuple[Any, ...]:
    """What the kernels take: goals in logarithms, and the laws of life by draw."""
    law = parts.law
    ln_ccd = -math.inf if goal.ccd_min_ma_cm2 == 0 else math.log(goal.ccd_min_ma_cm2)
    ln_life = -math.inf if goal.life_min_h == 0 else math.log(goal.life_min_h)
    depth = law["capacity_exponent"] * math.log(goal.capacity_mah_cm2 / 0.5)
    return (
        ln_ccd,
        ln_life + depth,
        math.log(2.0 * goal.current_ma_cm2),
        np.log(law["life0_h"]),
        law["sn_exponent"],
        np.log(law["life_cap_h"]),
        law["ccd_spread"],
        law["life_spread"],
    )
