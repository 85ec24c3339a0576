"""How long things take: the distributions that a line file may name.

A draw has two steps, so that every engine computes the same bits: standard variates of one
`kind`, and a transformation of each by itself into seconds.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = [
    "DISTRIBUTIONS",
    "Deterministic",
    "Distribution",
    "Empirical",
    "Exponential",
    "Gamma",
    "Kind",
    "Lognormal",
    "Shifted",
    "Triangular",
    "Uniform",
    "Weibull",
]

Kind = Literal["none", "normal", "exponential", "uniform", "other"]


MOST_CV = 1e6
LEAST_CV = 1e-9  # of a gamma distribution that is not a constant
LEAST_SHAPE = 0.01  # of a Weibull distribution; its mean is 1e158 times its scale


def _require(holds: bool, name: str, rule: str, value: float) -> None:
    if not holds:
        raise InputError(f"{name} must be {rule}, got {value!r}")


class Distribution(ABC):
    """A duration in seconds, never negative.

    `made_of` are its standard variates: none, normal, exponential (mean 1), uniform (0 to below
    1), or other, which only `variates` can draw.
    """

    made_of: ClassVar[Kind] = "other"

    @property
    def kind(self) -> Kind:
        """What `variates` draws."""
        return self.made_of

    @property
    @abstractmethod
    def mean_s(self) -> float:
        """Expected value, in seconds."""

    def sample(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        """`n` independent draws, in seconds, shape (n,)."""
        return self.to_seconds(self.variates(generator, n))

    def variates(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        """`n` independent standard variates of `kind`, shape (n,)."""
        if self.kind == "normal":
            return generator.standard_normal(n)
        if self.kind == "exponential":
            return generator.standard_exponential(n)
        return generator.random(n) if self.kind == "uniform" else np.empty(n)

    @abstractmethod
    def to_seconds(self, variates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Durations, any shape, each made from the variate in its place alone."""

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        """Names of the numbers that the distribution needs, as they stand in a line file."""
        return tuple(field.name for field in fields(cls))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Deterministic(Distribution):
    """Always the same.

    Examples
    --------
    >>> Deterministic(value=240).sample(np.random.default_rng(1), 2).tolist()
    [240.0, 240.0]
    """

    made_of: ClassVar[Kind] = "none"
    value: float

    def __post_init__(self) -> None:
        _require(self.value >= 0, "value", "at least 0", self.value)

    @property
    def mean_s(self) -> float:
        return float(self.value)

    def to_seconds(self, variates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.full(variates.shape, float(self.value))


@dataclass(frozen=True)
class Exponential(Distribution):
    """Memoryless, with the given mean."""

    made_of: ClassVar[Kind] = "exponential"
    mean: float

    def __post_init__(self) -> None:
        _require(self.mean > 0, "mean", "above 0", self.mean)

    @property
    def mean_s(self) -> float:
        return float(self.mean)

    def to_seconds(self, variates: NDArray[np.float64]) -> NDArray[np.float64]:
        return variates * self.mean


@dataclass(frozen=True)
class _ByMeanAndCv(Distribution):
    """By mean and coefficient of variation of the duration."""

    mean: float
    cv: float

    def __post_init__(self) -> None:
        _require(self.mean > 0, "mean", "above 0", self.mean)
        _require(self.cv >= 0, "cv", "at least 0", self.cv)
        _require(self.cv <= MOST_CV, "cv", f"at most {MOST_CV:g}", self.cv)

    @property
    def mean_s(self) -> float:
        return float(self.mean)


@dataclass(frozen=True)
class Lognormal(_ByMeanAndCv):
    """Log-normal by its own mean and coefficient of variation, not by those of the logarithm."""

    made_of: ClassVar[Kind] = "normal"

    def to_seconds(self, variates: NDArray[np.float64]) -> NDArray[np.float64]:
        variance = math.log1p(self.cv**2)
        seconds = variates * math.sqrt(variance)
        seconds += math.log(self.mean) - variance / 2
        return np.exp(seconds, out=seconds)


@dataclass(frozen=True)
class Gamma(_ByMeanAndCv):
    """Gamma by mean and coefficient of variation; cv = 0 is a constant."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _require(not 0 < self.cv < LEAST_CV, "cv", f"0 or at least {LEAST_CV:g}", self.cv)

    def variates(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        return generator.standard_gamma(self.cv**-2, n) if self.cv else np.empty(n)

    def to_seconds(self, variates: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.cv == 0:
            return np.full(variates.shape, float(self.mean))
        return variates * (self.mean * self.cv**2)


@dataclass(frozen=True)
class Weibull(Distribution):
    """Weibull; `scale` in seconds is the time by which 63.2 % have ended."""

    made_of: ClassVar[Kind] = "exponential"
    shape: float
    scale: float

    def __post_init__(self) -> None:
        _require(self.shape >= LEAST_SHAPE, "shape", f"at least {LEAST_SHAPE:g}", self.shape)
        _require(self.scale > 0, "scale", "above 0", self.scale)

    @property
    def mean_s(self) -> float:
        return self.scale * math.gamma(1 + 1 / self.shape)

    def to_seconds(self, variates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.power(variates, 1 / self.shape) * self.scale


@dataclass(frozen=True)
class Uniform(Distribution):
    """Evenly between `low` and `high`."""

    made_of: ClassVar[Kind] = "uniform"
    low: float
    high: float

    def __post_init__(self) -> None:
        _require(self.low >= 0, "low", "at least 0", self.low)
        _require(self.high >= self.low, "high", f"at least low ({self.low})", self.high)

    @property
    def mean_s(self) -> float:
        return (self.low + self.high) / 2

    def to_seconds(self, variates: NDArray[np.float64]) -> NDArray[np.float64]:
        return variates * (self.high - self.low) + self.low


@dataclass(frozen=True)
class Triangular(Distribution):
    """Rises from `low` to `mode` and falls to `high`."""

    made_of: ClassVar[Kind] = "uniform"
    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _require(self.low >= 0, "low", "at least 0", self.low)
        _require(self.mode >= self.low, "mode", f"at least low ({self.low})", self.mode)
        _require(self.high >= self.mode, "high", f"at least mode ({self.mode})", self.high)
        _require(self.high > self.low, "high", f"above low ({self.low})", self.high)

    @property
    def mean_s(self) -> float:
        return (self.low + self.mode + self.high) / 3

    def to_seconds(self, variates: NDArray[np.float64]) -> NDArray[np.float64]:
        rise, fall, span = self.mode - self.low, self.high - self.mode, self.high - self.low
        rising = self.low + np.sqrt(variates * (rise * span))
        falling = self.high - np.sqrt((1 - variates) * (fall * span))
        return np.where(variates * span <= rise, rising, falling)


@dataclass(frozen=True)
class Empirical(Distribution):
    """Drawn with replacement from observed durations."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise InputError("an empirical distribution needs at least one value, got none")
        for row, value in enumerate(self.values, start=1):
            _require(
                math.isfinite(value) and value >= 0, f"row {row}", "finite and at least 0", value
            )

    @property
    def mean_s(self) -> float:
        return math.fsum(self.values) / len(self.values)

    def variates(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        return generator.integers(0, len(self.values), n).astype(np.float64)

    def to_seconds(self, variates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(self.values, dtype=np.float64)[variates.astype(np.intp)]


@dataclass(frozen=True)
class Shifted(Distribution):
    """Another distribution with a constant added, cut at 0; not for line files."""

    base: Distribution
    shift_s: float

    @property
    def kind(self) -> Kind:
        return self.base.kind

    @property
    def mean_s(self) -> float:
        return max(0.0, self.base.mean_s + self.shift_s)

    def variates(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        return self.base.variates(generator, n)

    def to_seconds(self, variates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.maximum(self.base.to_seconds(variates) + self.shift_s, 0.0)


DISTRIBUTIONS: dict[str, type[Distribution]] = {
    "deterministic": Deterministic,
    "empirical": Empirical,
    "exponential": Exponential,
    "gamma": Gamma,
    "lognormal": Lognormal,
    "triangular": Triangular,
    "uniform": Uniform,
    "weibull": Weibull,
}
