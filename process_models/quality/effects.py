"""What an input does to CCD, as believed before the evidence and as known after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.quality.bands import Bands, thinned
from process_models.quality.optimum import best_times
from process_models.quality.prior_share import ALLOWED, prior_constants
from process_models.quality.response import features, median_ln_ccd
from process_models.quality.setting import CellSetting

__all__ = ["BestTimes", "Effect", "best_time_shares", "effect_of", "effects"]

Floats = NDArray[np.float64]
_TAILS = (0.05, 0.25, 0.5, 0.75, 0.95)
_POINTS, _BIN_S, _PRIOR_DRAWS = 41, 5.0, 2000


@dataclass(frozen=True, eq=False)
class Effect:
    """CCD relative to that of the reference recipe along one input, before and after.

    Attributes
    ----------
    name : str
        The input, a key of `ALLOWED`.
    prior, posterior : Bands
        Of the ratio of median CCD to that at the reference, 1 at the reference itself.
    prior_share : float or None
        Variance of the effect after the evidence over that before it, 0 to 1.
    """

    name: str
    prior: Bands
    posterior: Bands
    prior_share: float | None


@dataclass(frozen=True, eq=False)
class BestTimes:
    """How likely the best sublimation time lies in each bin, before and after the evidence.

    Attributes
    ----------
    edges_s : ndarray, shape (bins + 1,)
        Every bin holds its lower edge; the last holds the end of the range as well.
    prior, posterior : ndarray, shape (bins,)
        Add up to 1 each.
    """

    edges_s: Floats
    prior: Floats
    posterior: Floats


def effect_of(constants: Mapping[str, Floats], name: str, *, points: int = _POINTS) -> Bands:
    """The ratio of median CCD to that of the reference recipe along one input.

    Parameters
    ----------
    constants : mapping
        Arrays of shape (draws,).
    name : str
        Key of `ALLOWED`; the other inputs stay at the reference.

    Raises
    ------
    InputError
        When the input is unknown.
    """
    if name not in ALLOWED:
        raise InputError(f"input must be one of {', '.join(ALLOWED)}, got {name!r}")
    reference = CellSetting()
    x = np.linspace(*ALLOWED[name], points)
    inputs = {key: np.full(points + 1, getattr(reference, key)) for key in ALLOWED}
    inputs[name] = np.append(x, getattr(reference, name))
    columns = {key: np.asarray(value)[:, None] for key, value in constants.items()}
    curve = np.asarray(median_ln_ccd(features("lacss", **inputs), columns))
    ratio = np.exp(curve[:, :-1] - curve[:, -1:])
    return Bands(x, *np.quantile(ratio, _TAILS, axis=0))


def effects(
    posterior: Mapping[str, Floats], prior_share: Mapping[str, float]
) -> tuple[Effect, ...]:
    """The effect of every input, before and after the evidence."""
    before = thinned(prior_constants(), _PRIOR_DRAWS)
    return tuple(
        Effect(name, effect_of(before, name), effect_of(posterior, name), prior_share.get(name))
        for name in ALLOWED
    )


def best_time_shares(posterior: Mapping[str, Floats], *, bin_s: float = _BIN_S) -> BestTimes:
    """Distribution of the best sublimation time, in bins of `bin_s` seconds.

    Raises
    ------
    InputError
        When `bin_s` is not above 0.
    """
    if not bin_s > 0:
        raise InputError(f"bin_s must be above 0, got {bin_s:g}")
    first, last = ALLOWED["sublimation_time_s"]
    edges = np.linspace(first, last, max(1, round((last - first) / bin_s)) + 1)
    prior, after = (
        np.histogram(best_times(constants), edges)[0] / len(constants["ccd0_ma_cm2"])
        for constants in (thinned(prior_constants(), _PRIOR_DRAWS), posterior)
    )
    return BestTimes(edges, prior, after)
