"""The trace of one cell test: time, current, voltage and cycle, point by point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = ["CellTrace"]


@dataclass(frozen=True, eq=False)
class CellTrace:
    """Points of one test in order of time.

    Attributes
    ----------
    test_time_s, current_ma, voltage_v : ndarray (n,)
        Time from the start of the test, signed current and voltage.
    cycle : ndarray (n,) of int, or None
        From 1, never falling; counted from the changes of direction when None.

    Raises
    ------
    InputError
        With the point, from 1, where a number is missing or time or cycle falls.

    Examples
    --------
    >>> CellTrace(np.array([0.0, 9.0, 8.0]), np.ones(3), np.ones(3))
    Traceback (most recent call last):
    ...
    process_models.errors.InputError: row 3: test_time_s must not fall, got 8.0 after 9.0
    """

    test_time_s: NDArray[np.float64]
    current_ma: NDArray[np.float64]
    voltage_v: NDArray[np.float64]
    cycle: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        n = len(self.test_time_s)
        if n < 2:
            raise InputError(f"a trace needs at least 2 rows, got {n}")
        for name in ("test_time_s", "current_ma", "voltage_v"):
            values = getattr(self, name)
            if len(values) != n:
                raise InputError(f"{name} must have {n} rows as test_time_s, got {len(values)}")
            bad = np.flatnonzero(~np.isfinite(values))
            if len(bad):
                raise InputError(
                    f"row {bad[0] + 1}: {name} must be a finite number, got {values[bad[0]]}"
                )
        for name in ("test_time_s", "cycle"):
            _refuse_fall(name, getattr(self, name))
        if self.cycle is not None and self.cycle[0] < 0:
            raise InputError(f"row 1: cycle must be at least 0, got {self.cycle[0]}")

    @property
    def end_h(self) -> float:
        """Time of the last point, in hours."""
        return float(self.test_time_s[-1]) / 3600

    @cached_property
    def charge_mah(self) -> NDArray[np.float64]:
        """Charge moved in both directions up to each point, shape (n,), in mAh.

        Trapezoids while the current hardly changes; over a jump the current before it holds until
        the next point, because that is where the instrument switched.
        """
        size = np.abs(self.current_ma)
        before, after = size[:-1], size[1:]
        turned = self.current_ma[:-1] * self.current_ma[1:] < 0
        steady = ~turned & (np.abs(after - before) <= 0.05 * np.maximum(after, before))
        mean = np.where(steady, (before + after) / 2, before)
        moved = np.cumsum(mean * np.diff(self.test_time_s)) / 3600
        return np.concatenate([[0.0], moved])


def _refuse_fall(name: str, values: NDArray[np.float64] | NDArray[np.int64] | None) -> None:
    if values is None:
        return
    falls = np.flatnonzero(values[1:] < values[:-1])
    if len(falls):
        at = int(falls[0]) + 1
        raise InputError(
            f"row {at + 1}: {name} must not fall, got {values[at]} after {values[at - 1]}"
        )
