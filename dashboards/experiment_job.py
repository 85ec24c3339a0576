"""Experiments for the page: one job for each question, shared by all who look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from dashboards.jobs import Job, jobs
from twin.experiments.comparison import Comparison, compare
from twin.experiments.factor import parse_factor
from twin.experiments.scenario import LineSource
from twin.experiments.scenario_text import parse_scenario
from twin.experiments.sweep import Sweep, sweep
from twin.settings import Settings
from twin.site import site_line_file, site_recipe

__all__ = ["Asked", "newest", "source", "start"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: scenarios one a line, or factors one a line with their design.

    Attributes
    ----------
    text : str
        `NAME: KEY=VALUE, ...` or `KEY=VALUE,VALUE`, one a line; empty lines count for nothing.
    design : str
        Empty for scenarios; else a design of sweeps.
    """

    text: str
    design: str
    figure: str
    hours: float
    replications: int
    seed: int

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that say something."""
        return tuple(line.strip() for line in self.text.splitlines() if line.strip())

    @property
    def name(self) -> str:
        """Of its job: another question is another job."""
        figure = self.figure if self.design else ""
        run = f"{self.hours:g} {self.replications} {self.seed}"
        where = site_line_file(Settings.from_environment())
        return f"experiment {where} {self.design} {figure} {run} {self.lines}"


def source() -> LineSource:
    """The line of this site, as its file says."""
    settings = Settings.from_environment()
    return LineSource.read(site_line_file(settings), site_recipe(settings))


def newest(asked: Asked) -> Job[Comparison | Sweep] | None:
    """The newest answer to a question, running or done; None when it was never asked."""
    return cast("Job[Comparison | Sweep] | None", jobs().get(asked.name))


def start(asked: Asked) -> Job[Comparison | Sweep]:
    """Run an experiment in the background.

    Raises
    ------
    InputError
        When a line of the text cannot be understood.
    """
    work = _sweep(asked) if asked.design else _comparison(asked)
    return cast("Job[Comparison | Sweep]", jobs().start(asked.name, work))


def _comparison(asked: Asked) -> Callable[[Callable[[float], None]], Any]:
    scenarios = [parse_scenario(line) for line in asked.lines]
    line = source()

    def work(tell: Callable[[float], None]) -> Any:
        return compare(
            line, scenarios, hours=asked.hours, replications=asked.replications,
            seed=asked.seed, progress=lambda done, total: tell(done / total),
        )  # fmt: skip

    return work


def _sweep(asked: Asked) -> Callable[[Callable[[float], None]], Any]:
    factors = [parse_factor(line) for line in asked.lines]
    line = source()

    def work(tell: Callable[[float], None]) -> Any:
        return sweep(
            line, factors, design=asked.design, figure=asked.figure, hours=asked.hours,
            replications=asked.replications, seed=asked.seed,
            progress=lambda done, total: tell(done / total),
        )  # fmt: skip

    return work
