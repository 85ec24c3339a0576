"""How many replications: as many as a figure needs for an asked half-width.

The sequential procedure of Chow and Robbins (1965), in the form for a relative half-width of Law
(Simulation Modeling and Analysis, 5th edition, section 9.4.1): after every replication from the
twentieth on, stop when the half-width of the t interval is at most what was asked. Stopping at a
random time makes the interval miss a little more often than it says; the excess vanishes as the
asked half-width goes to 0, and is small from twenty replications on.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.estimate import CONFIDENCE

__all__ = ["Precision", "Stopping"]

LEAST = 20


@dataclass(frozen=True, slots=True)
class Precision:
    """A half-width that is asked for.

    Attributes
    ----------
    half_width : float
        Of the 99 % interval; of the mean's size when `relative`, else in the figure's unit.
    figure : str
        Such as throughput_per_h or stations.roll.utilisation.

    Raises
    ------
    InputError
        When the half-width is not above 0, or not below 1 where it is relative.
    """

    half_width: float
    figure: str = "throughput_per_h"
    relative: bool = True

    def __post_init__(self) -> None:
        most = 1.0 if self.relative else math.inf
        if not 0 < self.half_width < most:
            rule = "above 0 and below 1" if self.relative else "above 0 and finite"
            raise InputError(f"until_half_width must be {rule}, got {self.half_width:g}")


class Stopping:
    """Looks at a figure, replication by replication, and says when it is known well enough.

    Parameters
    ----------
    asked : Precision

    Attributes
    ----------
    replications : int
        Seen so far.
    reached : bool
        Whether the asked half-width was reached; nothing is looked at afterwards.

    Examples
    --------
    >>> stopping = Stopping(Precision(0.05))
    >>> stopping.rows(np.tile([99.0, 101.0], 50))
    20
    >>> stopping.reached
    True
    """

    def __init__(self, asked: Precision) -> None:
        self.asked = asked
        self.replications = 0
        self.reached = False
        self._known = 0
        self._mean = self._squares = 0.0

    def rows(self, values: NDArray[np.float64]) -> int:
        """How many of the next replications (R,) are needed; all of them unless it stops."""
        for row, value in enumerate(values.tolist(), start=1):
            self.replications += 1
            self._add(value)
            if self.replications >= LEAST and self._enough():
                self.reached = True
                return row
        return len(values)

    def _add(self, value: float) -> None:
        if math.isnan(value):
            return
        self._known += 1
        step = value - self._mean
        self._mean += step / self._known
        self._squares += step * (value - self._mean)

    def _enough(self) -> bool:
        half = self.half_width
        if half is None:
            return False
        if not self.asked.relative:
            return half <= self.asked.half_width
        wanted = self.asked.half_width / (1 + self.asked.half_width)
        return half <= wanted * abs(self._mean)

    @property
    def half_width(self) -> float | None:
        """Of the interval of what was seen, in the figure's unit; None below two replications."""
        from scipy.special import stdtrit

        if self._known < 2:
            return None
        error = math.sqrt(self._squares / (self._known - 1) / self._known)
        return float(stdtrit(self._known - 1, (1 + CONFIDENCE) / 2)) * error

    def to_dict(self) -> dict[str, Any]:
        """What was asked, whether it was reached and how many replications ran."""
        return {
            **asdict(self.asked),
            "reached": self.reached,
            "replications": self.replications,
            "half_width_reached": self.half_width,
            "least_replications": LEAST,
            "procedure": "sequential (Chow and Robbins 1965; Law)",
        }
