"""Recipe A against recipe B: the difference under every draw, so that what they share cancels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.quality.bands import ln_medians
from process_models.quality.prediction import Estimate
from process_models.quality.prior_share import ALLOWED
from process_models.quality.setting import CellSetting

__all__ = ["PairedDifference", "compare_settings"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """What changes from recipe A to recipe B.

    Attributes
    ----------
    ccd_ma_cm2 : Estimate
        Median CCD of B less that of A.
    ccd_ratio : Estimate
        Median CCD of B over that of A.
    survival : Estimate
        P(life > hours) of B less that of A. Its middle is the mean, the difference of the two
        predictions, and its interval is widened to hold it.
    hours : float
    survival_a, survival_b : float
        P(life > hours) of a new cell.
    p_ccd_higher : float
        Probability that the median CCD of B is higher, ties shared.
    p_cell_higher : float
        Probability that one new cell of B reaches a higher CCD than one new cell of A.
    """

    ccd_ma_cm2: Estimate
    ccd_ratio: Estimate
    survival: Estimate
    hours: float
    survival_a: float
    survival_b: float
    p_ccd_higher: float
    p_cell_higher: float


def compare_settings(
    constants: Mapping[str, Floats],
    a: CellSetting,
    b: CellSetting,
    *,
    hours: float = 400.0,
    level: float = 0.9,
) -> PairedDifference:
    """The difference of two recipes, paired over the draws.

    Parameters
    ----------
    constants : mapping
        Arrays of shape (draws,).
    hours : float
        Beyond which a cell survives, under the protocol of each setting.

    Raises
    ------
    InputError
        When physics forbids one of them, naming it, or hours or level are impossible.

    Examples
    --------
    >>> from process_models.quality.prior_share import prior_constants
    >>> same = compare_settings(prior_constants(), CellSetting(), CellSetting())
    >>> same.ccd_ma_cm2.high, same.p_ccd_higher
    (0.0, 0.5)
    """
    if not (hours > 0 and math.isfinite(hours)):
        raise InputError(f"hours must be above 0 and finite, got {hours:g}")
    if not 0 < level < 1:
        raise InputError(f"level must lie between 0 and 1, got {level:g}")
    for letter, setting in (("A", a), ("B", b)):
        for reason in setting.reasons():
            raise InputError(f"recipe {letter}: no prediction, because {reason}")
    (ccd_a, alive_a), (ccd_b, alive_b) = (_of_draws(constants, s, hours) for s in (a, b))
    gap = ccd_b - ccd_a
    scatter = math.sqrt(2.0) * np.asarray(constants["ccd_spread"])
    return PairedDifference(
        ccd_ma_cm2=_estimate(np.exp(ccd_b) - np.exp(ccd_a), level),
        ccd_ratio=_estimate(np.exp(gap), level),
        survival=_about_mean(alive_b - alive_a, level),
        hours=hours,
        survival_a=float(np.mean(alive_a)),
        survival_b=float(np.mean(alive_b)),
        p_ccd_higher=float(np.mean(gap > 0) + 0.5 * np.mean(gap == 0)),
        p_cell_higher=float(np.mean(_normal_cdf(gap / scatter))),
    )


def _of_draws(
    constants: Mapping[str, Floats], setting: CellSetting, hours: float
) -> tuple[Floats, Floats]:
    """ln of the median CCD, and P(life > hours), under every draw."""
    inputs = {name: np.array([getattr(setting, name)]) for name in ALLOWED}
    ccd, life, columns = ln_medians(constants, setting, inputs)
    alive = _normal_cdf((life - math.log(hours)) / columns["life_spread"])
    return ccd[:, 0], alive[:, 0]


def _normal_cdf(z: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(z))


def _estimate(values: Floats, level: float) -> Estimate:
    tail = (1.0 - level) / 2.0
    low, median, high = (float(q) for q in np.quantile(values, (tail, 0.5, 1.0 - tail)))
    return Estimate(median, low, high, level)


def _about_mean(values: Floats, level: float) -> Estimate:
    drawn, mean = _estimate(values, level), float(np.mean(values))
    low, high = np.clip(mean, -np.inf, drawn.low), np.clip(mean, drawn.high, np.inf)
    return Estimate(mean, float(low), float(high), level)
