"""What is kept of all replications of lines that run side by side."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from process_models.errors import InputError
from twin.estimate import Estimate, mean_interval
from twin.experiments.moments import Moments
from twin.experiments.part import Part, Shares, Task
from twin.experiments.stopping import Stopping
from twin.figures_of_run import Key
from twin.records import LineRecords

__all__ = ["SHARES", "Gathering", "most_of"]

SHARES = frozenset(
    [
        "utilisation",
        "blocked",
        "starved",
        "down",
        "planned",
        "setup",
        "maintenance",
        "setup_ratio",
        "quality",
        "yield",
        "first_pass",
        "rolled",
        "availability",
    ]
)


def most_of(key: Key) -> float:
    """The greatest value that a figure can have."""
    return 1.0 if key[-1] in SHARES else np.inf


class Gathering:
    """Adds up parts; its size does not grow with the replications but for one count each.

    Attributes
    ----------
    keys : tuple of Key
        Figures that every line has.
    moments : Moments
        Of these figures, over the replications.
    finished : list of array of int
        Good lots of each replication, by line.
    by_simpy : list of int
        Replications of each line that the recursion left to the SimPy model.
    firsts : tuple of Part
        The first part of each line, without its records.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.tasks = tuple(tasks)
        self.keys: tuple[Key, ...] = ()
        self.moments = Moments(0)
        self.finished = [array("q") for _ in tasks]
        self.firsts: tuple[Part, ...] = ()
        self.records: list[list[LineRecords]] = [[] for _ in tasks]
        self.by_simpy = [0 for _ in tasks]
        self.stopping: Stopping | None = None
        self._shares: list[list[Shares]] = [[] for _ in tasks]

    @classmethod
    def of(
        cls,
        tasks: Sequence[Task],
        parts: Iterable[tuple[Part, ...]],
        stopping: Stopping | None = None,
    ) -> Gathering:
        """Gather all parts, or as many replications as the first line needs to stop."""
        gathered = cls(tasks)
        gathered.stopping = stopping
        for some in parts:
            gathered.add(some if stopping is None else gathered._needed(some, stopping))
            if stopping is not None and stopping.reached:
                break
        gathered.moments.fold()
        return gathered

    def _needed(self, parts: tuple[Part, ...], stopping: Stopping) -> tuple[Part, ...]:
        if not self.firsts:
            self._begin(parts)
        figure = self.keys[self.place(stopping.asked.figure)]
        column = parts[0].block.keys.index(figure)
        rows = stopping.rows(parts[0].block.values[:, column])
        return tuple(part.first(rows, self.moments.replications) for part in parts)

    def add(self, parts: tuple[Part, ...]) -> None:
        """Add the next part of every line."""
        if not self.firsts:
            self._begin(parts)
        columns = [_columns(part, self.keys) for part in parts]
        self.moments.add(np.stack(columns, axis=2))
        for place, part in enumerate(parts):
            self.finished[place].extend(part.block.finished.tolist())
            self.records[place].extend(part.block.records)
            self.by_simpy[place] += len(part.block.by_simpy)
            self._shares[place].extend(part.shares)

    def _begin(self, parts: tuple[Part, ...]) -> None:
        self.firsts = parts
        others = [set(part.block.keys) for part in parts[1:]]
        self.keys = tuple(key for key in parts[0].block.keys if all(key in one for one in others))
        self.moments = Moments(len(self.keys), len(parts))

    @property
    def names(self) -> tuple[str, ...]:
        """Of the figures, such as stations.roll.utilisation."""
        return tuple(".".join(key) for key in self.keys)

    def place(self, figure: str) -> int:
        """Of a figure among all, by its name.

        Raises
        ------
        InputError
            When there is none of that name.
        """
        if figure not in self.names:
            short = ", ".join(name for name in self.names if "." not in name)
            raise InputError(
                f"figure must be one of {short}, or as stations.NAME.utilisation, got {figure!r}"
            )
        return self.names.index(figure)

    def estimates(self, place: int) -> dict[Key, Estimate]:
        """Mean and interval over replications of every figure of one line."""
        variance = self.moments.covariance[:, place, place]
        mean = np.where(self.moments.n > 0, self.moments.mean[:, place], np.nan)
        return {
            key: mean_interval(
                float(mean[at]), float(variance[at]), int(self.moments.n[at]),
                least=0.0, most=most_of(key),
            )
            for at, key in enumerate(self.keys)
        }  # fmt: skip

    def bottleneck(self, place: int) -> dict[str, Any]:
        """Mean shares of the first replications, and the station that has the most."""
        names = [station.name for station in self.tasks[place].line.path]
        sole, shifting = (_mean(names, kind) for kind in zip(*self._shares[place], strict=True))
        total = {name: sole[name] + shifting[name] for name in names}
        first = max(names, key=lambda name: total[name])
        return {
            "station": first if total[first] > 0 else None,
            "sole_share": sole,
            "shifting_share": shifting,
            "replications": len(self._shares[place]),
        }


def _mean(names: Sequence[str], shares: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([one[name] for one in shares])) for name in names}


def _columns(part: Part, keys: tuple[Key, ...]) -> np.ndarray:
    if part.block.keys == keys:
        return part.block.values
    places = [part.block.keys.index(key) for key in keys]
    return part.block.values[:, places]
