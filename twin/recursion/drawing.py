"""Random numbers of a block of replications: every stream of each, as the line model draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.distributions import Distribution
from twin.line_model.streams import Streams
from twin.recursion.pcg64 import fill_exponential, fill_normal, fill_uniform
from twin.recursion.seeding import stream_states
from twin.recursion.workspace import room

__all__ = ["StreamPlace", "draw"]

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


def draw(seed: int, replications: range, streams: Sequence[StreamPlace]) -> NDArray[np.float64]:
    """Numbers of all streams, (replications, width), until this thread draws again."""
    rows = len(replications)
    found = room("numbers", (rows, max((stream.end for stream in streams), default=0)))
    scratch = room("variates", (rows * max((stream.count for stream in streams), default=0),))
    for stream in streams:
        variates = scratch[: rows * stream.count].reshape(rows, stream.count)
        _fill(seed, replications, stream, variates)
        seconds = variates if stream.sampler is None else stream.sampler.to_seconds(variates)
        found[:, stream.first : stream.end] = seconds
    return found


def _fill(seed: int, replications: range, stream: StreamPlace, out: NDArray[np.float64]) -> None:
    place, kind = (stream.station, stream.purpose), "uniform"
    if stream.sampler is not None:
        kind = stream.sampler.kind
    if kind == "none":
        return
    if kind != "other":
        FILL[kind](stream_states(seed, replications, *place, stream.server), out)
        return
    for row, replication in enumerate(replications):
        generator = Streams(seed, replication).generator(*place, stream.server)
        if stream.sampler is not None:
            out[row] = stream.sampler.variates(generator, stream.count)
