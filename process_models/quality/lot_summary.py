"""Many lots at once: what a new cell of each will do, summarised over all posterior draws.

A million lots under a thousand draws are 1e9 evaluations. The summaries are smooth functions of
three inputs, though, so they are computed exactly, under every draw, on a grid that spans the lots'
own inputs, and read off by cubic interpolation. The grid is refined until the interpolation differs
from the exact summaries of a sample of the lots by less than `TOLERANCE`, or is as fine as it gets;
the largest difference seen is part of the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from process_models.errors import InputError
from process_models.physics.cell import ln_life_h
from process_models.quality.mixture import mixture_cdf, mixture_quantile
from process_models.quality.model import QualityModel, check_protocol
from process_models.quality.response import features, median_ln_ccd

__all__ = ["TOLERANCE", "LotSummary", "summarise_lots"]

Floats = NDArray[np.float64]
TOLERANCE = 0.005
"""Difference of ln CCD, and of a probability, from the exact summary below which a grid will do."""
_SIZES = ((9, 5, 5), (33, 7, 7), (97, 9, 9))  # points of the grid along the inputs, tried in turn
_CHECKED, _BLOCK, _FEW = 100, 400, 300
_SPREAD = 1e-9  # of a coordinate; inputs that vary less are one value


@dataclass(frozen=True, slots=True)
class LotSummary:
    """A new cell of every lot, over all draws and cell-to-cell spread; arrays of shape (n,).

    Attributes
    ----------
    ccd_median, ccd_low, ccd_high : ndarray
        mA/cm2, with the interval of `level`.
    survival : ndarray, shape (n, hours)
        P(life > hours).
    hours : tuple of float
    level : float
    interpolation_error : float
        Largest difference from exact summaries seen on a sample of the lots; 0 where all are exact.
    """

    ccd_median: Floats
    ccd_low: Floats
    ccd_high: Floats
    survival: Floats
    hours: tuple[float, ...]
    level: float
    interpolation_error: float


def summarise_lots(
    model: QualityModel,
    sublimation_time_s: ArrayLike,
    rolling_pressure_mpa: ArrayLike,
    thickness_um: ArrayLike,
    *,
    process: str = "lacss",
    current_ma_cm2: float = 0.5,
    capacity_mah_cm2: float = 0.5,
    hours: Sequence[float] = (400.0, 700.0),
    level: float = 0.9,
) -> LotSummary:
    """CCD with its interval, and survival of life, of a new cell of every lot.

    Parameters
    ----------
    model : QualityModel
    sublimation_time_s, rolling_pressure_mpa, thickness_um : array, shape (n,)
    process, current_ma_cm2, capacity_mah_cm2, level
        As for `QualityModel.predict`.
    hours : sequence of float
        At which survival is asked for, above 0.

    Raises
    ------
    InputError
        When an input is not finite or impossible.
    """
    check_protocol(current_ma_cm2, capacity_mah_cm2, level)
    if not hours or not all(np.isfinite(h) and h > 0 for h in hours):
        raise InputError(f"hours must be above 0 and finite, got {tuple(hours)!r}")
    lots = _lots(sublimation_time_s, rolling_pressure_mpa, thickness_um)

    def exact(points: Floats) -> Floats:
        return _exact(model, points, process, (current_ma_cm2, capacity_mah_cm2), hours, level)

    table, error = _everywhere(exact, lots)
    return LotSummary(
        ccd_median=np.exp(table[:, 1]),
        ccd_low=np.exp(table[:, 0]),
        ccd_high=np.exp(table[:, 2]),
        survival=np.clip(table[:, 3:], 0.0, 1.0),
        hours=tuple(hours),
        level=level,
        interpolation_error=error,
    )


def _lots(*inputs: ArrayLike) -> Floats:
    names = ("sublimation_time_s", "rolling_pressure_mpa", "thickness_um")
    try:
        columns = np.broadcast_arrays(*(np.asarray(one, dtype=np.float64) for one in inputs))
    except ValueError as error:
        raise InputError(f"inputs of lots must have one length: {error}") from error
    lots = np.column_stack([column.ravel() for column in columns])
    for place, name in enumerate(names):
        least = 0.0 if place == 0 else np.nextafter(0.0, 1.0)
        wrong = np.flatnonzero(~(np.isfinite(lots[:, place]) & (lots[:, place] >= least)))
        if len(wrong):
            rule = "0 or more" if place == 0 else "above 0"
            value = lots[wrong[0], place]
            raise InputError(f"lot {wrong[0] + 1}: {name} must be {rule}, got {value:g}")
    return lots


def _exact(
    model: QualityModel,
    points: Floats,
    process: str,
    protocol: tuple[float, float],
    hours: Sequence[float],
    level: float,
) -> Floats:
    """ln CCD low, median, high, then survivals, (points, 3 + hours), under every draw."""
    constants = {name: values[:, None] for name, values in model.draws.items()}
    tail = (1.0 - level) / 2.0
    parts = []
    for first in range(0, len(points), _BLOCK):
        cell = features(process, *points[first : first + _BLOCK].T)
        shape = (len(model.draws["ccd_spread"]), cell.time_s.size)
        ccd = np.broadcast_to(median_ln_ccd(cell, constants), shape)
        life = ln_life_h(ccd, *protocol, constants)
        columns = [
            mixture_quantile(p, ccd, constants["ccd_spread"]) for p in (tail, 0.5, 1.0 - tail)
        ]
        columns += [1.0 - mixture_cdf(np.log(h), life, constants["life_spread"]) for h in hours]
        parts.append(np.column_stack(columns))
    return np.vstack(parts) if parts else np.zeros((0, 3 + len(hours)))


def _everywhere(exact: Any, lots: Floats) -> tuple[Floats, float]:
    """The exact function of every lot, by a grid where that is less work."""
    if len(lots) <= _FEW:
        return exact(lots), 0.0
    places = _coordinates(lots)
    low, high = places.min(axis=0), places.max(axis=0)
    varies = high - low > _SPREAD
    checked = np.linspace(0, len(lots) - 1, _CHECKED).astype(int)
    truth = exact(lots[checked])
    for sizes in _SIZES:
        axes = [
            np.linspace(a, b, size) if wide else np.array([a])
            for a, b, size, wide in zip(low, high, sizes, varies, strict=True)
        ]
        mesh = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
        grid = exact(_inputs(mesh.reshape(-1, 3))).reshape(*mesh.shape[:-1], -1)
        error = float(np.max(np.abs(_read(grid, axes, places[checked]) - truth)))
        if error <= TOLERANCE:
            break
    return _read(grid, axes, places), error


def _coordinates(lots: Floats) -> Floats:
    """In which the summaries are smoothest: early exposure tells most, effects go by logarithms."""
    return np.column_stack([np.sqrt(lots[:, 0]), np.log(lots[:, 1]), np.log(lots[:, 2])])


def _inputs(places: Floats) -> Floats:
    return np.column_stack([places[:, 0] ** 2, np.exp(places[:, 1]), np.exp(places[:, 2])])


def _read(grid: Floats, axes: Sequence[Floats], lots: Floats) -> Floats:
    """Cubic interpolation of every summary at the lots' coordinates."""
    from scipy.ndimage import map_coordinates, spline_filter

    wide = [k for k, axis in enumerate(axes) if len(axis) > 1]
    if not wide:
        return np.broadcast_to(grid.reshape(1, -1), (len(lots), grid.shape[-1]))
    values = grid.reshape(*(len(axes[k]) for k in wide), grid.shape[-1])
    places = np.array([
        (lots[:, k] - axes[k][0]) / (axes[k][1] - axes[k][0]) for k in wide
    ]).reshape(len(wide), len(lots))  # fmt: skip
    columns = []
    for k in range(grid.shape[-1]):
        smooth = spline_filter(values[..., k], order=3, mode="mirror")
        columns.append(map_coordinates(smooth, places, order=3, mode="mirror", prefilter=False))
    return np.column_stack(columns)
