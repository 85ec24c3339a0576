"""Random numbers: one spawned stream per replication, station and purpose, drawn in blocks."""

from __future__ import annotations

from typing import Protocol
from zlib import crc32

import numpy as np

from twin.distributions import Distribution

__all__ = ["PURPOSES", "Stream", "Streams"]

PURPOSES = (
    "service", "route", "failure", "repair", "arrival", "initial", "mix", "setup", "maintenance",
    "wear", "gauge", "hold", "hold_time",
)  # fmt: skip


class _Sampler(Protocol):
    def sample(self, generator: np.random.Generator, n: int) -> np.ndarray: ...


class _Unit:
    def sample(self, generator: np.random.Generator, n: int) -> np.ndarray:
        return generator.random(n)


class _Normal:
    def sample(self, generator: np.random.Generator, n: int) -> np.ndarray:
        return generator.standard_normal(n)


class Stream:
    """Numbers of one purpose in one place; the block size changes speed, never the numbers."""

    __slots__ = ("_block", "_size", "generator", "sampler")

    def __init__(self, generator: np.random.Generator, sampler: _Sampler) -> None:
        self.generator = generator
        self.sampler = sampler
        self._block: list[float] = []
        self._size = 16

    def draw(self) -> float:
        """The next number."""
        if not self._block:
            self._block = self.sampler.sample(self.generator, self._size).tolist()
            self._block.reverse()
            self._size = min(self._size * 4, 1024)
        return self._block.pop()


class Streams:
    """Hands out the streams of one replication of one line.

    A stream depends on seed, replication, station name, server and purpose only, so that another
    buffer, or one more station, leaves every other number as it was (common random numbers).

    Examples
    --------
    >>> from twin.distributions import Exponential
    >>> first = Streams(1, 0).of("roll", "service", Exponential(240))
    >>> again = Streams(1, 0).of("roll", "service", Exponential(240))
    >>> [first.draw() for _ in range(40)] == [again.draw() for _ in range(40)]
    True
    """

    def __init__(self, seed: int, replication: int) -> None:
        self.seed = seed
        self.replication = replication

    def generator(self, place: str, purpose: str, server: int = 0) -> np.random.Generator:
        """A generator of its own for this place, purpose and server."""
        key = (self.replication, crc32(place.encode()), PURPOSES.index(purpose), server)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))

    def of(self, place: str, purpose: str, sampler: Distribution, server: int = 0) -> Stream:
        """Durations of `sampler`."""
        return Stream(self.generator(place, purpose, server), sampler)

    def unit(self, place: str, purpose: str, server: int = 0) -> Stream:
        """Numbers from 0 to below 1."""
        return Stream(self.generator(place, purpose, server), _Unit())

    def normal(self, place: str, purpose: str, server: int = 0) -> Stream:
        """Normal numbers of mean 0 and standard deviation 1."""
        return Stream(self.generator(place, purpose, server), _Normal())
