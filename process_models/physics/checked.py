"""Numbers that come into the physics: finite, and not negative where nature allows none."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.materials import ZERO_C_K

__all__ = ["Floats", "Number", "above_zero", "finite", "kelvin", "not_negative", "share"]

Floats = NDArray[np.float64]
Number = Floats | float


def finite(name: str, value: Any) -> Floats:
    """`value` as an array of finite numbers.

    Raises
    ------
    InputError
        When it is not numeric, or an element is not finite.

    Examples
    --------
    >>> finite("strain", [0.5, float("nan")])
    Traceback (most recent call last):
    ...
    process_models.errors.InputError: strain must be finite, got nan at 2
    """
    array = _numbers(name, value)
    return _all(name, array, np.isfinite(array), "be finite")


def not_negative(name: str, value: Any, *, infinite: bool = False) -> Floats:
    """`value` as an array of finite numbers, none below 0.

    Parameters
    ----------
    name : str
    value : float or array
    infinite : bool
        Whether there may be no end to it.

    Raises
    ------
    InputError
        With the name, the rule and the first value that breaks it.

    Examples
    --------
    >>> not_negative("loading_mg_cm2", -1.0)
    Traceback (most recent call last):
    ...
    process_models.errors.InputError: loading_mg_cm2 must not be negative, got -1
    """
    array = _numbers(name, value) if infinite else finite(name, value)
    return _all(name, array, array >= 0, "not be negative")


def above_zero(name: str, value: Any) -> Floats:
    """`value` as an array of finite numbers, all above 0.

    Raises
    ------
    InputError
        With the name, the rule and the first value that breaks it.
    """
    array = finite(name, value)
    return _all(name, array, array > 0, "be above 0")


def share(name: str, value: Any) -> Floats:
    """`value` as an array of finite numbers from 0 to 1.

    Raises
    ------
    InputError
        With the name, the rule and the first value that breaks it.
    """
    array = finite(name, value)
    return _all(name, array, (array >= 0) & (array <= 1), "lie between 0 and 1")


def kelvin(name: str, temperature_c: Any) -> Floats:
    """A temperature in C as kelvin.

    Raises
    ------
    InputError
        When it is not finite, or not above absolute zero.

    Examples
    --------
    >>> float(kelvin("temperature_c", 25.0))
    298.15
    """
    array = finite(name, temperature_c)
    return _all(name, array, array > -ZERO_C_K, "be above absolute zero") + ZERO_C_K


def _numbers(name: str, value: Any) -> Floats:
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{name} must be a number, got {value!r}") from None


def _all(name: str, array: Floats, good: NDArray[np.bool_], rule: str) -> Floats:
    if not np.all(good):
        at = int(np.flatnonzero(~np.ravel(good))[0])
        place = f" at {at + 1}" if array.ndim else ""
        raise InputError(f"{name} must {rule}, got {np.ravel(array)[at]:g}{place}")
    return array
