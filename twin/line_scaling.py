"""A line whose stations are slower or faster than its file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.distributions import Distribution
from twin.line import LineModel

__all__ = ["Scaled", "scaled_line"]


@dataclass(frozen=True)
class Scaled(Distribution):
    """Another distribution times `factor`.

    Examples
    --------
    >>> from twin.distributions import Deterministic
    >>> Scaled(Deterministic(240), 1.5).mean_s
    360.0
    """

    base: Distribution
    factor: float

    def __post_init__(self) -> None:
        if not self.factor > 0:
            raise InputError(f"factor must be above 0, got {self.factor!r}")

    @property
    def mean_s(self) -> float:
        return self.base.mean_s * self.factor

    def variates(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        return self.base.variates(generator, n)

    def to_seconds(self, variates: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.base.to_seconds(variates) * self.factor


def scaled_line(line: LineModel, factors: Mapping[str, float]) -> LineModel:
    """`line` with the service times of each station times its factor (1 where none is given)."""
    stations = tuple(
        replace(station, service_s=Scaled(station.service_s, factors[station.name]))
        if factors.get(station.name, 1.0) != 1.0
        else station
        for station in line.stations
    )
    return replace(line, stations=stations)
