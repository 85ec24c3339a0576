"""Scenarios beside the line as it is: paired differences, and which one is best, how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from process_models.errors import InputError
from twin.estimate import CONFIDENCE, Estimate
from twin.experiments.engine import choose_engine
from twin.experiments.gathering import Gathering
from twin.experiments.paired import Difference, difference, holm
from twin.experiments.part import Task
from twin.experiments.scenario import LineSource, Scenario
from twin.experiments.side_by_side import side_by_side
from twin.replication import Plan, Progress

__all__ = ["AS_IT_IS", "BETTER", "MAIN_FIGURE", "Comparison", "compare", "gather"]

AS_IT_IS = "as it is"
MAIN_FIGURE = "throughput_per_h"
MOST_LINES = 256
BETTER = {
    "flow_time_s": -1, "wip": -1, "mean_queue": -1, "mean_wait_s": -1,
    "blocked": -1, "starved": -1, "down": -1,
}  # fmt: skip
"""-1 where less of a figure is better; more is better of all the others."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Lines that were run side by side, the first of them as it is.

    Attributes
    ----------
    scenarios : tuple of Scenario
    figure : str
        By which the best is chosen.
    gathered : Gathering
        Of all replications.
    confidence : float
        Of every interval.
    """

    scenarios: tuple[Scenario, ...]
    figure: str
    gathered: Gathering
    confidence: float = CONFIDENCE

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of all figures."""
        return self.gathered.names

    @property
    def replications(self) -> int:
        """How many each line was run."""
        return self.gathered.moments.replications

    def estimates(self, line: int) -> dict[str, Estimate]:
        """Figures of one line, by name."""
        return dict(zip(self.figures, self.gathered.estimates(line).values(), strict=True))

    def differences(self, figure: str, *, simultaneous: bool = False) -> list[Difference]:
        """Each scenario but the first less the first.

        Parameters
        ----------
        simultaneous : bool
            Intervals that hold for all scenarios together (Bonferroni).
        """
        others = len(self.scenarios) - 1
        sure = 1 - (1 - self.confidence) / (others if simultaneous else 1)
        at = self.gathered.place(figure)
        return [
            difference(self.gathered.moments, at, line, 0, confidence=sure)
            for line in range(1, others + 1)
        ]

    def best(self) -> dict[str, Any]:
        """The line with the best mean, and those that it cannot be told apart from.

        All pairs are compared, with intervals that hold together (Bonferroni), so that choosing
        after looking is allowed for.
        """
        at, moments = self.gathered.place(self.figure), self.gathered.moments
        sign = BETTER.get(self.figure.split(".")[-1], 1)
        lines = range(len(self.scenarios))
        pairs = max(1, len(list(combinations(lines, 2))))
        sure = 1 - (1 - self.confidence) / pairs
        first = max(lines, key=lambda line: sign * moments.mean[at, line])
        alike = [
            self.scenarios[line].name
            for line in lines
            if line != first and not difference(moments, at, first, line, confidence=sure).differs
        ]
        return {
            "scenario": self.scenarios[first].name,
            "figure": self.figure,
            "higher_is_better": sign > 0,
            "sure": not alike,
            "not_told_apart_from": alike,
        }

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `lacss compare`."""
        return {
            "replications": self.replications,
            "confidence": self.confidence,
            "figure": self.figure,
            "best": self.best(),
            "scenarios": [self._scenario(line) for line in range(len(self.scenarios))],
            "differences": [row for figure in self.figures for row in self._differences(figure)],
        }

    def _scenario(self, line: int) -> dict[str, Any]:
        engine = self.gathered.tasks[line].engine
        return {
            "name": self.scenarios[line].name,
            "changes": dict(self.scenarios[line].changes),
            "engine": engine.name,
            "engine_reason": engine.reason,
            "bottleneck": self.gathered.bottleneck(line),
            "figures": {name: one.to_dict() for name, one in self.estimates(line).items()},
        }

    def _differences(self, figure: str) -> list[dict[str, Any]]:
        alone = self.differences(figure)
        together = self.differences(figure, simultaneous=True)
        adjusted = holm([one.p for one in alone])
        return [
            {
                "scenario": scenario.name,
                "figure": figure,
                **one.to_dict(),
                "p_holm": p_holm,
                "simultaneous": {"low": every.low, "high": every.high},
            }
            for scenario, one, every, p_holm in zip(
                self.scenarios[1:], alone, together, adjusted, strict=True
            )
        ]


def compare(
    source: LineSource,
    scenarios: Sequence[Scenario],
    *,
    figure: str = MAIN_FIGURE,
    base: str = AS_IT_IS,
    **run: Any,
) -> Comparison:
    """Run a line as it is and in scenarios, with the same random numbers.

    Parameters
    ----------
    figure : str
        By which the best is chosen, such as stations.roll.utilisation.
    run
        As `gather` takes them: hours or lots, replications, seed, ...

    Raises
    ------
    InputError
        When a scenario cannot be, names are not different, an argument breaks its rule or there
        is no such figure.
    """
    every = (Scenario(base), *scenarios)
    return Comparison(every, figure, gather(source, every, figure=figure, **run))


def gather(
    source: LineSource,
    scenarios: Sequence[Scenario],
    *,
    figure: str = MAIN_FIGURE,
    hours: float | None = None,
    lots: int | None = None,
    warm_up_h: float = 0.0,
    replications: int = 20,
    seed: int = 0,
    engine: str = "auto",
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Gathering:
    """Run scenarios side by side; see `compare` and `twin.experiment.replicate`."""
    plan = Plan(hours, lots, warm_up_h, replications, seed)
    if replications < 2:
        raise InputError(f"replications must be at least 2 to compare, got {replications}")
    _check_names([scenario.name for scenario in scenarios])
    lines = [source.line(scenario) for scenario in scenarios]
    tasks = [Task(line, plan, choose_engine(line, plan, engine)) for line in lines]
    gathered = Gathering(tasks)
    for parts in side_by_side(tasks, workers=workers, cluster=cluster, progress=progress):
        gathered.add(parts)
        gathered.place(figure)
    gathered.moments.fold()
    return gathered


def _check_names(names: Sequence[str]) -> None:
    if len(names) > MOST_LINES:
        raise InputError(f"scenarios must be at most {MOST_LINES}, got {len(names)}")
    if len(names) < 2:
        raise InputError("give at least one scenario, got none")
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"names of scenarios must differ, got {name!r} twice")
