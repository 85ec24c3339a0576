"""Random numbers of a block of replications: every stream of each, as the line model draws them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.distributions import Distribution
from twin.line_model.streams import Streams
from twin.recursion.pcg64 import fill_exponential, fill_normal, fill_uniform
from twin.recursion.seeding import stream_states
from twin.recursion.workspace import room

__all__ = ["StreamPlace", "draw", "draw_blocks"]

Array = NDArray[np.float64]
SEEDED = 256
FILL = {"normal": fill_normal, "exponential": fill_exponential, "uniform": fill_uniform}


@dataclass(frozen=True, slots=True)
class StreamPlace:
    """One stream, and where its numbers stand in the row of a replication.

    Attributes
    ----------
    sampler : Distribution or None
        None: numbers from 0 to below 1.
    """

    station: str
    purpose: str
    server: int
    sampler: Distribution | None
    first: int
    count: int

    @property
    def end(self) -> int:
        """Where the next stream begins."""
        return self.first + self.count


def draw(seed: int, replications: range, streams: Sequence[StreamPlace]) -> Array:
    """Numbers of all streams, (replications, width), until this thread draws again."""
    return next(found for _, found in draw_blocks(seed, replications, streams, len(replications)))


def draw_blocks(
    seed: int, replications: range, streams: Sequence[StreamPlace], rows: int
) -> Iterator[tuple[range, Array]]:
    """Numbers of `rows` replications at a time, as `draw`; seeds are made for many at once."""
    ahead = max(1, SEEDED // rows) * rows
    while replications:
        seeded, replications = replications[:ahead], replications[ahead:]
        states = [_states(seed, seeded, stream) for stream in streams]
        for first in range(0, len(seeded), rows):
            some = seeded[first : first + rows]
            yield some, _draw(seed, some, streams, [one[first : first + rows] for one in states])


def _draw(
    seed: int, replications: range, streams: Sequence[StreamPlace], states: list[NDArray[np.uint64]]
) -> Array:
    rows = len(replications)
    found = room("numbers", (rows, max((stream.end for stream in streams), default=0)))
    scratch = room("variates", (rows * max((stream.count for stream in streams), default=0),))
    for stream, begin in zip(streams, states, strict=True):
        variates = scratch[: rows * stream.count].reshape(rows, stream.count)
        _fill(seed, replications, stream, begin, variates)
        seconds = variates if stream.sampler is None else stream.sampler.to_seconds(variates)
        found[:, stream.first : stream.end] = seconds
    return found


def _kind(stream: StreamPlace) -> str:
    return "uniform" if stream.sampler is None else stream.sampler.kind


def _states(seed: int, replications: range, stream: StreamPlace) -> NDArray[np.uint64]:
    if _kind(stream) not in FILL:
        return np.empty((len(replications), 0), np.uint64)
    return stream_states(seed, replications, stream.station, stream.purpose, stream.server)


def _fill(
    seed: int, replications: range, stream: StreamPlace, states: NDArray[np.uint64], out: Array
) -> None:
    kind = _kind(stream)
    if kind in FILL:
        FILL[kind](states, out)
    elif stream.sampler is not None and kind == "other":
        for row, replication in enumerate(replications):
            streams = Streams(seed, replication)
            generator = streams.generator(stream.station, stream.purpose, stream.server)
            out[row] = stream.sampler.variates(generator, stream.count)
