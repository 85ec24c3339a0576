"""Shewhart charts of counts: p and np (binomial), c and u (Poisson).

Three-sigma limits by the normal approximation (Montgomery chapter 7), cut off at 0, those of a
proportion also at 1, those of np also at n.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.spc.change_point import Evidence
from process_models.spc.data import ChartData, PointError
from process_models.spc.family import ChartKind, Drawing, Drawn, collapse, estimation_mask
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray, Panel

__all__ = ["KINDS", "SCALES", "check_counts", "check_whole", "fit_counts"]


def check_counts(data: ChartData, kind: str) -> None:
    """Refuse what is not counts with the sizes that this kind needs.

    Raises
    ------
    InputError
        When a count is negative or broken, larger than its sample, or sizes are missing.
    """
    check_whole(data, kind)
    binomial = kind in ("p", "np", "laney_p")
    if kind == "c":
        if data.sizes is not None and np.ptp(data.sizes) > 0:
            raise InputError("chart c needs areas that are all the same (--size); use chart u")
        return
    if data.sizes is None:
        what = "the sample sizes" if binomial else "the areas of opportunity"
        raise InputError(f"chart {kind} needs {what} (--size)")
    if binomial:
        _check_samples(data.values, data.sizes)


def check_whole(data: ChartData, kind: str) -> None:
    """Refuse what is not one whole number from 0 a point.

    Raises
    ------
    InputError
        When there are subgroups, or a count is negative or broken.
    """
    if data.values.ndim != 1:
        raise InputError(f"chart {kind} needs one count a point, got subgroups")
    wrong = np.flatnonzero((data.values < 0) | (data.values != np.floor(data.values)))
    if wrong.size:
        at = int(wrong[0])
        raise PointError(
            f"the count of point {at + 1} must be a whole number from 0, got {data.values[at]:g}",
            at + 1,
        )


def _check_samples(counts: FloatArray, sizes: FloatArray) -> None:
    too_many = np.flatnonzero(counts > sizes)
    if too_many.size:
        at = int(too_many[0])
        raise PointError(
            f"the count of point {at + 1} must be at most its sample size, {sizes[at]:g}, "
            f"got {counts[at]:g}",
            at + 1,
        )


def fit_counts(kind: str, data: ChartData, options: ChartOptions) -> dict[str, Any]:
    """Mean proportion, rate or count of the used points.

    Raises
    ------
    InputError
        When a sigma is asked for, or a known centre is not possible.
    """
    if options.sigma is not None or options.sigma_method is not None:
        raise InputError(f"chart {kind} takes no sigma: it follows from the centre")
    used = estimation_mask(data.n, options)
    centre = options.centre
    if centre is None:
        sizes = np.ones(data.n) if kind == "c" or data.sizes is None else data.sizes
        centre = float(data.values[used].sum() / sizes[used].sum())
    highest = 1.0 if kind in ("p", "np", "laney_p") else math.inf
    if not 0 <= centre <= highest:
        raise InputError(f"centre of chart {kind} must be from 0 to {highest:g}, got {centre:g}")
    return {"centre": centre}


_Centre = float | FloatArray
_Scale = Callable[[_Centre, FloatArray], tuple[FloatArray, FloatArray, FloatArray]]


def _proportion(centre: _Centre, n: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    return np.full(len(n), centre), np.sqrt(centre * (1 - centre) / n), np.ones(len(n))


def _number(centre: _Centre, n: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    return centre * n, np.sqrt(centre * (1 - centre) * n), n


def _rate(centre: _Centre, n: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    return np.full(len(n), centre), np.sqrt(centre / n), np.full(len(n), np.inf)


SCALES: dict[str, _Scale] = {"p": _proportion, "np": _number, "c": _rate, "u": _rate}


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    del memory  # every point stands alone
    kind, centre = limits.kind, limits.number("centre")
    sizes = np.ones(data.n) if kind == "c" or data.sizes is None else data.sizes
    points = data.values if kind in ("c", "np") else data.values / sizes
    middle, spread, highest = SCALES[kind](centre, sizes)
    lcl = np.maximum(middle - options.nsigma * spread, 0.0)
    ucl = np.minimum(middle + options.nsigma * spread, highest)
    panel = Panel(kind, points, collapse(middle), collapse(lcl), collapse(ucl))
    sigma = math.sqrt(centre * (1 - centre)) if kind in ("p", "np") else math.sqrt(centre)
    drawn = Drawn(panel, spread, "all", says=lambda: _says(kind, centre, data.values, sizes))
    return Drawing((drawn,), sigma)


def _says(kind: str, centre: float, counts: FloatArray, sizes: FloatArray) -> Evidence:
    if kind in ("p", "np"):
        return Evidence("binomial", counts[:, None], sizes, centre)
    return Evidence("poisson", counts[:, None], sizes * centre)


def _kind(name: str) -> ChartKind:
    return ChartKind(
        name, check_counts, lambda data, options: fit_counts(name, data, options), _draw
    )


KINDS = tuple(_kind(name) for name in ("p", "np", "c", "u"))
