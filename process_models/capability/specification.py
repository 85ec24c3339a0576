"""What the product must meet, and an index of how well it does."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = ["Index", "Specification"]


@dataclass(frozen=True, slots=True)
class Index:
    """An index and its two-sided confidence interval; None where it does not exist."""

    value: float | None = None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, float | None]:
        """The three numbers by name."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True)
class Specification:
    """What the product must meet, in the unit of the values.

    Attributes
    ----------
    lsl, usl : float or None
        Lower and upper specification limit, at least one of them.
    target : float or None
    lsl_natural, usl_natural : bool
        Whether that limit is a natural boundary, as a roughness of 0, beyond which nothing can
        lie: then it is no requirement, and the indices that would hold the mean against it do
        not exist.

    Raises
    ------
    InputError
        When there is no limit to meet, one is not finite, the lower is not below the upper, or
        the target lies outside them.

    >>> Specification(lsl=0.0, usl=3.0, lsl_natural=True).lower is None
    True
    """

    lsl: float | None = None
    usl: float | None = None
    target: float | None = None
    lsl_natural: bool = False
    usl_natural: bool = False

    def __post_init__(self) -> None:
        for name in ("lsl", "usl", "target"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise InputError(f"{name} must be finite, got {value}")
        if self.lsl is None and self.usl is None:
            raise InputError("a specification needs lsl, usl or both, got neither")
        if self.lsl is not None and self.usl is not None and self.lsl >= self.usl:
            raise InputError(f"lsl must be below usl, got lsl {self.lsl:g} and usl {self.usl:g}")
        for name in ("lsl", "usl"):
            if getattr(self, f"{name}_natural") and getattr(self, name) is None:
                raise InputError(f"{name} must be given to be a natural boundary, got nothing")
        if self.lower is None and self.upper is None:
            raise InputError("a specification needs a limit that is no natural boundary, got none")
        self._check_target()

    def _check_target(self) -> None:
        if self.target is None:
            return
        if self.lsl is not None and self.target < self.lsl:
            raise InputError(f"target must not be below lsl {self.lsl:g}, got {self.target:g}")
        if self.usl is not None and self.target > self.usl:
            raise InputError(f"target must not be above usl {self.usl:g}, got {self.target:g}")

    @property
    def lower(self) -> float | None:
        """The lower limit where it is a requirement."""
        return None if self.lsl_natural else self.lsl

    @property
    def upper(self) -> float | None:
        """The upper limit where it is a requirement."""
        return None if self.usl_natural else self.usl

    @property
    def width(self) -> float | None:
        """Upper minus lower limit; None when one-sided."""
        return None if self.lower is None or self.upper is None else self.upper - self.lower

    def check(self, values: NDArray[np.float64]) -> None:
        """Refuse values beyond a natural boundary.

        Raises
        ------
        InputError
            At the first such value, numbered from 1.
        """
        for name, limit, beyond in (
            ("lsl", self.lsl if self.lsl_natural else None, np.less),
            ("usl", self.usl if self.usl_natural else None, np.greater),
        ):
            if limit is None or not (outside := beyond(values, limit)).any():
                continue
            at = int(np.argmax(outside))
            raise InputError(
                f"value {at + 1} must not lie beyond the natural boundary {name} {limit:g}, "
                f"got {values[at]:g}"
            )
