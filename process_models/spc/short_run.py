"""Short runs of different parts on one chart: Z-MR and deviations from nominal (DNOM).

Z-MR: each value standardised by the mean and sigma of its part; limits ± L, moving ranges of
neighbouring z about d2(2). Sigma of a part from the moving ranges between its own observations
(`parts`), or one for all (`constant`), or one for the logarithms, for a spread that grows with the
size (`relative`) (Wheeler 1991). DNOM: deviations from the target of the part, else its Phase I
mean, as individuals with one sigma (Farnum 1992).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc.arrays import FloatArray
from process_models.spc.constants import constants_called
from process_models.spc.data import ChartData, PointError
from process_models.spc.family import ChartKind, Drawing, Scale, estimation_mask
from process_models.spc.individuals import check_individuals, individual_panels
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.sigma import STEP_METHODS, exact_mean, step_sigma

__all__ = ["KINDS"]

_Part = dict[str, float]


def _fit(data: ChartData, options: ChartOptions) -> dict[str, Any]:
    method = options.sigma_method or "mr_d2"
    if method not in STEP_METHODS:
        known = ", ".join(STEP_METHODS)
        raise InputError(f"sigma-method of chart short_run must be one of {known}, got {method!r}")
    if options.short_run == "dnom":
        return _fit_deviations(data, options, method)
    if options.centre is not None:
        raise InputError("chart short_run takes no known centre: give one a part (--targets)")
    values, labels = _scaled(data.values, options.pooling), _labels(data)
    used = estimation_mask(data.n, options)
    centres = _centres(values, labels, used, options)
    sigmas = _sigmas(values, labels, used, options, method)
    parts = {part: {"centre": centres[part], "sigma": sigmas[part]} for part in centres}
    return {"short_run": "z_mr", "pooling": options.pooling, "parts": parts}


def _fit_deviations(data: ChartData, options: ChartOptions, method: str) -> dict[str, Any]:
    used = estimation_mask(data.n, options)
    labels = _labels(data)
    targets = _centres(data.values, labels, used, options)
    away = data.values - np.array([targets.get(label, 0.0) for label in labels])
    known = np.array([label in targets for label in labels])
    constants = constants_called(options.constants)
    sigma = options.sigma
    if sigma is None:
        sigma = step_sigma(away, used & known, method, constants)
    centre = exact_mean(away[used]) if options.centre is None else options.centre
    parts = {part: {"centre": target} for part, target in targets.items()}
    return {"short_run": "dnom", "centre": centre, "sigma": sigma, "parts": parts}


def _labels(data: ChartData) -> tuple[str, ...]:
    return ("",) * data.n if data.parts is None else data.parts


def _scaled(values: FloatArray, pooling: object) -> FloatArray:
    if pooling != "relative":
        return values
    wrong = np.flatnonzero(values <= 0)
    if wrong.size:
        at = int(wrong[0]) + 1
        raise PointError(
            f"pooling relative needs values above 0, got {values[at - 1]:g} at point {at}", at
        )
    return np.array([np.log(value) for value in values.tolist()])


def _where(labels: tuple[str, ...], part: str, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return used & np.array([label == part for label in labels], dtype=np.bool_)


def _centres(
    values: FloatArray, labels: tuple[str, ...], used: NDArray[np.bool_], options: ChartOptions
) -> dict[str, float]:
    """Target of every part that has one, else the mean of its used points."""
    centres = {}
    for part in sorted({label for label, use in zip(labels, used, strict=True) if use}):
        centres[part] = exact_mean(values[_where(labels, part, used)])
    targets = dict(options.targets)
    if options.pooling == "relative" and options.short_run == "z_mr":
        targets = {part: float(np.log(target)) for part, target in targets.items() if target > 0}
    return centres | targets


def _sigmas(
    values: FloatArray, labels: tuple[str, ...], used: NDArray[np.bool_],
    options: ChartOptions, method: str,
) -> dict[str, float]:  # fmt: skip
    """Sigma of every part, from the steps between successive used observations of the same part."""
    constants, own = constants_called(options.constants), dict(options.part_sigmas)
    parts = sorted(set(labels) | {part for part, _ in options.targets} | set(own))
    runs = {part: values[_where(labels, part, used)] for part in parts}
    if options.sigma is not None:
        return dict.fromkeys(parts, options.sigma) | own
    if options.pooling != "parts":
        pooled = np.concatenate([np.append(run, np.nan) for run in runs.values()])
        common = step_sigma(pooled, np.isfinite(pooled), method, constants)
        return dict.fromkeys(parts, common) | own
    for part in parts:
        run = runs[part]
        if part not in own and len(run) < 2:
            raise InputError(
                f"part {part!r} needs 2 points in Phase I for a sigma of its own, got {len(run)}; "
                "give it (--part-sigmas) or pool (--pooling constant)"
            )
        if part not in own:
            own[part] = step_sigma(run, np.ones(len(run), dtype=np.bool_), method, constants)
    return own


def _of_parts(limits: FrozenLimits, data: ChartData, name: str, first: int) -> FloatArray:
    """`name` of the part of every point."""
    parts: dict[str, _Part] = dict(limits.parameters["parts"])
    labels = _labels(data)
    for number, label in enumerate(labels, first):
        if label not in parts:
            raise PointError(
                f"part {label!r} of point {number} has no Phase I and no target (--targets)", number
            )
    return np.array([parts[label][name] for label in labels])


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    parts: dict[str, _Part] = dict(limits.parameters["parts"])
    extras = {"short_run": limits.parameters["short_run"], "parts": parts}
    first = memory.points + 1
    if limits.parameters["short_run"] == "dnom":
        away = data.values - _of_parts(limits, data, "centre", first)
        scale, names = Scale.of(limits, options), ("deviation", "moving_range")
        panels = individual_panels(names, away, limits.number("centre"), scale, memory)
        return Drawing(panels, scale.sigma, extras)
    values = _scaled(data.values, limits.parameters["pooling"])
    sigmas = _of_parts(limits, data, "sigma", first)
    away = values - _of_parts(limits, data, "centre", first)
    if (away[sigmas == 0] != 0).any():
        raise InputError("chart short_run needs a sigma above 0: a part does not vary in Phase I")
    z = away / np.where(sigmas > 0, sigmas, 1.0)
    scale, names = Scale(1.0, options.nsigma, limits.constants), ("z", "moving_range")
    distinct = {part["sigma"] for part in parts.values()}
    sigma = distinct.pop() if len(distinct) == 1 else None
    return Drawing(individual_panels(names, z, 0.0, scale, memory), sigma, extras)


KINDS = (ChartKind("short_run", check_individuals, _fit, _draw),)
