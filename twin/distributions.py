"""How long things take: the distributions that a line file may name.

Each distribution checks its parameters where it is made and draws arrays; who draws, and from
which stream, is the business of `twin.line_model.streams`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields

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
    "Lognormal",
    "Shifted",
    "Triangular",
    "Uniform",
    "Weibull",
]


def _require(holds: bool, name: str, rule: str, value: float) -> None:
    if not holds:
        raise InputError(f"{name} must be {rule}, got {value!r}")


class Distribution(ABC):
    """A duration in seconds, never negative."""

    @property
    @abstractmethod
    def mean_s(self) -> float:
        """Expected value, in seconds."""

    @abstractmethod
    def sample(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        """`n` independent draws, in seconds, shape (n,)."""

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

    value: float

    def __post_init__(self) -> None:
        _require(self.value >= 0, "value", "at least 0", self.value)

    @property
    def mean_s(self) -> float:
        return float(self.value)

    def sample(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        del generator
        return np.full(n, float(self.value))


@dataclass(frozen=True)
class Exponential(Distribution):
    """Memoryless, with the given mean."""

    mean: float

    def __post_init__(self) -> None:
        _require(self.mean > 0, "mean", "above 0", self.mean)

    @property
    def mean_s(self) -> float:
        return float(self.mean)

    def sample(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        return generator.exponential(self.mean, n)


@dataclass(frozen=True)
class Lognormal(Distribution):
    """Log-normal by its own mean and coefficient of variation, not by those of the logarithm."""

    mean: float
    cv: float

    def __post_init__(self) -> None:
        _require(self.mean > 0, "mean", "above 0", self.mean)
        _require(self.cv >= 0, "cv", "at least 0", self.cv)

    @property
    def mean_s(self) -> float:
        return float(self.mean)

    def sample(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        variance = math.log1p(self.cv**2)
        return generator.lognormal(math.log(self.mean) - variance / 2, math.sqrt(variance), n)


@dataclass(frozen=True)
class Gamma(Distribution):
    """Gamma by mean and coefficient of variation; cv = 0 is a constant."""

    mean: float
    cv: float

    def __post_init__(self) -> None:
        _require(self.mean > 0, "mean", "above 0", self.mean)
        _require(self.cv >= 0, "cv", "at least 0", self.cv)

    @property
    def mean_s(self) -> float:
        return float(self.mean)

    def sample(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        if self.cv == 0:
            return np.full(n, float(self.mean))
        return generator.gamma(self.cv**-2, self.mean * self.cv**2, n)


@dataclass(frozen=True)
class Weibull(Distribution):
    """Weibull; `scale` in seconds is the time by which 63.2 % have ended."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        _require(self.shape > 0, "shape", "above 0", self.shape)
        _require(self.scale > 0, "scale", "above 0", self.scale)

    @property
    def mean_s(self) -> float:
        return self.scale * math.gamma(1 + 1 / self.shape)

    def sample(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        return self.scale * generator.weibull(self.shape, n)


@dataclass(frozen=True)
class Uniform(Distribution):
    """Evenly between `low` and `high`."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _require(self.low >= 0, "low", "at least 0", self.low)
        _require(self.high >= self.low, "high", f"at least low ({self.low})", self.high)

    @property
    def mean_s(self) -> float:
        return (self.low + self.high) / 2

    def sample(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        return generator.uniform(self.low, self.high, n)


@dataclass(frozen=True)
class Triangular(Distribution):
    """Rises from `low` to `mode` and falls to `high`."""

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

    def sample(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        return generator.triangular(self.low, self.mode, self.high, n)


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

    def sample(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        return np.asarray(self.values)[generator.integers(0, len(self.values), n)]


@dataclass(frozen=True)
class Shifted(Distribution):
    """Another distribution with a constant added, cut at 0; not for line files."""

    base: Distribution
    shift_s: float

    @property
    def mean_s(self) -> float:
        return max(0.0, self.base.mean_s + self.shift_s)

    def sample(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        return np.maximum(self.base.sample(generator, n) + self.shift_s, 0.0)


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
