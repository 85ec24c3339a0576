"""Log-likelihood of every row of evidence under one set of constants and effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from process_models.physics.cell import ln_life_h
from process_models.quality import likelihood
from process_models.quality.design import Design
from process_models.quality.response import Features, median_ln_ccd

__all__ = ["Effects", "design_arrays", "log_likelihood", "row_laws"]

_CELL = ("time_s", "deposits", "reacted", "ln_pressure", "ln_thickness")
_ROWS = (
    "is_life", "is_exact", "lower", "upper", "value", "current_ma_cm2", "capacity_mah_cm2",
    "protocol", "laboratory", "anchors", "below", "above",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effects:
    """What stands beside the constants of the response.

    Attributes
    ----------
    laboratory_ccd, laboratory_life : array, shape (laboratories + 1,)
        On ln CCD, and on ln life beyond what CCD explains; the first, our own, is 0.
    protocol : array, shape (len(PROTOCOL),)
        Slopes of ln CCD.
    share : array, shape (anchors,)
        Where the cells with which others are compared lie between their bounds, 0 to 1.
    """

    laboratory_ccd: Any
    laboratory_life: Any
    protocol: Any
    share: Any


def design_arrays(design: Design) -> dict[str, Any]:
    """The design as arrays by name, the form that a sampler takes."""
    arrays = {name: getattr(design.cell, name) for name in _CELL}
    return arrays | {name: getattr(design, name) for name in _ROWS}


def row_laws(
    rows: Mapping[str, Any], constants: Mapping[str, Any], effects: Effects, xp: Any = np
) -> tuple[Any, Any]:
    """Mean and standard deviation of ln value of every row, shape (r,) each."""
    cell = Features(**{name: rows[name] for name in _CELL})
    laboratory = rows["laboratory"]
    ccd = median_ln_ccd(cell, constants, xp) + rows["protocol"] @ effects.protocol
    ccd = ccd + effects.laboratory_ccd[laboratory]
    life = ln_life_h(ccd, rows["current_ma_cm2"], rows["capacity_mah_cm2"], constants, xp)
    life = life + effects.laboratory_life[laboratory]
    mean = xp.where(rows["is_life"], life, ccd)
    return mean, xp.where(rows["is_life"], constants["life_spread"], constants["ccd_spread"])


def log_likelihood(
    rows: Mapping[str, Any], constants: Mapping[str, Any], effects: Effects, xp: Any = np
) -> Any:
    """ln likelihood of every row, shape (r,), for one set of constants.

    Parameters
    ----------
    rows : mapping
        From `design_arrays`.
    constants : mapping
        Floats by name, see `constants_from_normal`.
    effects : Effects
    xp : module
        numpy or jax.numpy.
    """
    mean, sd = row_laws(rows, constants, effects, xp)
    lower, upper = rows["lower"], rows["upper"]
    anchors = rows["anchors"]
    if len(anchors):
        results = likelihood.inside(
            effects.share, lower[anchors], upper[anchors], mean[anchors], sd[anchors], xp
        )
        results = xp.where(rows["is_exact"][anchors], rows["value"][anchors], results)
        below, above = rows["below"], rows["above"]
        lower = xp.where(below >= 0, xp.maximum(lower, results[below]), lower)
        upper = xp.where(above >= 0, xp.minimum(upper, results[above]), upper)
    exact = likelihood.exact(rows["value"], mean, sd, xp)
    within = likelihood.interval(lower, upper, mean, sd, xp)
    return xp.where(rows["is_exact"], exact, within)
