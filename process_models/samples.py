"""Values that a study starts from: enough of them, finite, and not all the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = ["varying_sample"]


def varying_sample(values: Sequence[float] | NDArray[np.float64], need: str) -> NDArray[np.float64]:
    """`values` as an array, checked.

    Parameters
    ----------
    values : (n,) numbers
    need : str
        Begins the message when there are fewer than 2.

    Raises
    ------
    InputError
        When there are fewer than 2, one is not finite, or all are the same.

    Examples
    --------
    >>> varying_sample([3.0, 3.0], "bias needs at least 2 values")
    Traceback (most recent call last):
    ...
    process_models.errors.InputError: values must vary, all 2 are 3
    """
    sample = np.asarray(values, dtype=np.float64)
    if sample.size < 2:
        raise InputError(f"{need}, got {sample.size}")
    if not np.isfinite(sample).all():
        at = int(np.flatnonzero(~np.isfinite(sample))[0])
        raise InputError(f"value {at + 1} must be finite, got {sample[at]}")
    if np.ptp(sample) == 0:
        raise InputError(f"values must vary, all {sample.size} are {sample[0]:g}")
    return sample
