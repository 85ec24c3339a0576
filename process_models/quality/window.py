"""The process window: where a new cell does what is asked of it with an asked probability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.quality.acceptance import Goal, acceptance, parts_of
from process_models.quality.model import QualityModel
from process_models.quality.prior_share import ALLOWED

__all__ = ["INPUTS", "LineVariation", "ProcessWindow", "check_probability", "process_window"]

Floats = NDArray[np.float64]
INPUTS = tuple(ALLOWED)
_SHAPE = (60, 60, 5)


@dataclass(frozen=True, slots=True)
class LineVariation:
    """Standard deviations of what a lot gets about what was set; assumed until measured.

    Attributes
    ----------
    sublimation_time_s : float
        Exposure, with what vapour and temperature add: 4.5 % of the deposit is about 2.4 s.
    rolling_pressure_mpa, thickness_um : float
    """

    sublimation_time_s: float = 2.4
    rolling_pressure_mpa: float = 1.5
    thickness_um: float = 1.2

    def __post_init__(self) -> None:
        for name in INPUTS:
            value = getattr(self, name)
            if not 0 <= value < np.inf:
                raise InputError(f"variation of {name} must be at least 0, got {value!r}")


@dataclass(frozen=True, eq=False)
class ProcessWindow:
    """A map of probabilities and what follows from it.

    Attributes
    ----------
    goal : Goal
    probability : float
        What is asked.
    axes : mapping of str to ndarray
        Values of each of `INPUTS`.
    p : ndarray, shape (times, pressures, thicknesses)
        P(CCD and life reach the goal) of a new cell when the inputs are as set.
    robust_p : ndarray, same shape
        The same when they vary as the line does.
    optimum : mapping of str to float
        Where `robust_p` is highest.
    limits : mapping of str to (float, float), or None
        Of each input, the range about the optimum within which all three may move at once and
        every point of the grid reaches the probability; None where not even the optimum does.
    """

    goal: Goal
    probability: float
    axes: Mapping[str, Floats]
    p: Floats
    robust_p: Floats
    optimum: Mapping[str, float]
    limits: Mapping[str, tuple[float, float]] | None
    prior_share: Mapping[str, float] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Share of the allowed region that is inside."""
        return float(np.mean(self.p >= self.probability))

    @property
    def p_at_optimum(self) -> float:
        """With the line's variation."""
        return float(self.robust_p.max())

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `lacss quality window`."""
        goal = self.goal
        return {
            "ccd_min_ma_cm2": goal.ccd_min_ma_cm2,
            "life_min_h": goal.life_min_h,
            "current_ma_cm2": goal.current_ma_cm2,
            "capacity_mah_cm2": goal.capacity_mah_cm2,
            "process": goal.process,
            "probability": self.probability,
            "window_share": self.share,
            "optimum": {**self.optimum, "probability": self.p_at_optimum},
            "limits": None
            if self.limits is None
            else {name: {"low": low, "high": high} for name, (low, high) in self.limits.items()},
            "grid": {name: values.tolist() for name, values in self.axes.items()},
            "map": self.p.tolist(),
            "basis": {"prior_share": dict(self.prior_share)},
        }


def process_window(
    model: QualityModel,
    goal: Goal,
    *,
    probability: float = 0.8,
    variation: LineVariation | None = None,
    shape: tuple[int, int, int] = _SHAPE,
    axes: Mapping[str, Floats] | None = None,
) -> ProcessWindow:
    """The window of a goal over the allowed ranges of the inputs.

    Parameters
    ----------
    probability : float
        Asked of a single new cell, 0 to 1.
    variation : LineVariation, optional
        The line's own; the robust map is the average over it, by normal weights along each axis.
    shape : tuple of int
        Points along time, pressure and thickness.
    axes : mapping of str to ndarray, optional
        Other values along the axes, ascending, in place of evenly spaced ones.

    Raises
    ------
    InputError
        When the probability is not between 0 and 1 or an axis has no point.
    """
    check_probability(probability)
    grid = dict(axes) if axes is not None else _even(shape)
    parts = parts_of(model, goal.process, *(grid[name] for name in INPUTS))
    p = acceptance(parts, goal)
    robust = _averaged(p, grid, variation or LineVariation())
    best = np.unravel_index(int(np.argmax(robust)), robust.shape)
    optimum = {name: float(grid[name][at]) for name, at in zip(INPUTS, best, strict=True)}
    inside = robust >= probability
    limits = None
    if inside[best]:
        bounds = _largest_box(inside, tuple(int(at) for at in best))
        limits = {
            name: (float(grid[name][low]), float(grid[name][high]))
            for name, (low, high) in zip(INPUTS, bounds, strict=True)
        }
    return ProcessWindow(
        goal, probability, grid, p, robust, optimum, limits, model.record.prior_share
    )


def check_probability(probability: float) -> None:
    """Refuse what is no probability between 0 and 1."""
    if not 0 < probability < 1:
        raise InputError(f"probability must lie between 0 and 1, got {probability:g}")


def _even(shape: tuple[int, int, int]) -> dict[str, Floats]:
    if min(shape) < 1:
        raise InputError(f"a window needs at least one point along each axis, got {shape}")
    return {
        name: np.linspace(*ALLOWED[name], points)
        for name, points in zip(INPUTS, shape, strict=True)
    }


def _averaged(p: Floats, grid: Mapping[str, Floats], variation: LineVariation) -> Floats:
    """The map under normal variation along each axis, the ends held."""
    for place, name in enumerate(INPUTS):
        values, sd = grid[name], getattr(variation, name)
        weights = _weights(values, sd)
        p = np.moveaxis(np.tensordot(weights, p, axes=(1, place)), 0, place)
    return p


def _weights(values: Floats, sd: float) -> Floats:
    """Rows that average a function on `values`, linear between them, over a normal law each."""
    if sd == 0 or len(values) == 1:
        return np.eye(len(values))
    nodes, mass = np.polynomial.hermite_e.hermegauss(9)
    at = np.clip(values[:, None] + sd * nodes, values[0], values[-1])
    right = np.clip(np.searchsorted(values, at), 1, len(values) - 1)
    share = (at - values[right - 1]) / (values[right] - values[right - 1])
    weights = np.zeros((len(values), len(values)))
    rows = np.broadcast_to(np.arange(len(values))[:, None], at.shape)
    np.add.at(weights, (rows, right - 1), mass * (1 - share))
    np.add.at(weights, (rows, right), mass * share)
    return np.asarray(weights / mass.sum())


def _largest_box(inside: NDArray[np.bool_], start: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """A box about `start` that cannot grow: each side is moved out in turn while all is inside."""
    low, high = list(start), list(start)
    open_sides = [(axis, way) for axis in range(inside.ndim) for way in (-1, 1)]
    while open_sides:
        for side in tuple(open_sides):
            axis, way = side
            bounds = low if way < 0 else high
            bounds[axis] += way
            fits = 0 <= bounds[axis] < inside.shape[axis]
            box = tuple(slice(a, b + 1) for a, b in zip(low, high, strict=True))
            if not (fits and inside[box].all()):
                bounds[axis] -= way
                open_sides.remove(side)
    return tuple(zip(low, high, strict=True))
