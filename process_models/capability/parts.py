"""Parts per million out of specification: seen, and expected of a distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from process_models.capability.specification import Specification

__all__ = ["MILLION", "Parts", "expected_of", "expected_of_normal", "nothing", "observed"]

Parts: TypeAlias = Mapping[str, float | None]

MILLION = 1_000_000.0


def observed(spec: Specification, values: NDArray[np.float64]) -> Parts:
    """Share of `values` beyond each limit, in ppm; None where there is no such limit."""
    below = None if spec.lower is None else float(np.mean(values < spec.lower))
    above = None if spec.upper is None else float(np.mean(values > spec.upper))
    return _parts(below, above)


def expected_of(
    spec: Specification,
    share_below: Callable[[float], float],
    share_above: Callable[[float], float],
) -> Parts:
    """Parts beyond each limit of a distribution given by its two tails.

    Parameters
    ----------
    share_below, share_above : callable
        Probability, 0 to 1, of a value below and above its argument.
    """
    below = None if spec.lower is None else share_below(spec.lower)
    above = None if spec.upper is None else share_above(spec.upper)
    return _parts(below, above)


def expected_of_normal(spec: Specification, mean: float, sigma: float) -> Parts:
    """Parts beyond each limit of a normal distribution; nothing where sigma is 0.

    >>> expected_of_normal(Specification(usl=3.0), 0.0, 1.0)["above_usl"]
    1349.898...
    """
    from scipy.special import ndtr

    if sigma == 0:
        return nothing()
    return expected_of(
        spec,
        lambda limit: float(ndtr((limit - mean) / sigma)),
        lambda limit: float(ndtr((mean - limit) / sigma)),
    )


def nothing() -> Parts:
    """Where the question has no answer."""
    return {"below_lsl": None, "above_usl": None, "total": None}


def _parts(below: float | None, above: float | None) -> Parts:
    return {
        "below_lsl": None if below is None else MILLION * below,
        "above_usl": None if above is None else MILLION * above,
        "total": MILLION * ((below or 0.0) + (above or 0.0)),
    }
