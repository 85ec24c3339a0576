"""Options that every command that runs a line has, and the check of its length."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from twin.experiments.scenario import LineSource

__all__ = [
    "CLUSTER_OPTION",
    "ENGINE_OPTION",
    "HOURS_OPTION",
    "LINE_ARGUMENT",
    "LOTS_OPTION",
    "PAIRED_OPTION",
    "RECIPE_OPTION",
    "SEED_OPTION",
    "WARM_UP_HOURS_OPTION",
    "WORKERS_OPTION",
    "line_source",
]

LINE_ARGUMENT = Annotated[Path, typer.Argument(metavar="LINE.toml", help="The line to run.")]
RECIPE_OPTION = Annotated[Path | None, typer.Option(help="Recipe to make (TOML).")]
HOURS_OPTION = Annotated[float | None, typer.Option(help="Hours to measure after the warm-up.")]
LOTS_OPTION = Annotated[int | None, typer.Option(help="Lots that enter, and all leave.")]
WARM_UP_HOURS_OPTION = Annotated[float, typer.Option(help="Hours left out at the beginning.")]
PAIRED_OPTION = Annotated[int, typer.Option(help="Paired runs of every line.")]
SEED_OPTION = Annotated[int, typer.Option(help="Fixes every random number.")]
ENGINE_OPTION = Annotated[str, typer.Option(help="auto, simpy or recursion.")]
WORKERS_OPTION = Annotated[int | None, typer.Option(help="Processes or threads to use.")]
CLUSTER_OPTION = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler that runs it.")
]


def line_source(
    line: Path, recipe: Path | None, hours: float | None, lots: int | None, engine: str
) -> LineSource:
    """The line file of a command that compares lines.

    Raises
    ------
    typer.BadParameter
        When not exactly one of hours and lots is given, or there is no such engine.
    InputError
        When a file cannot be read.
    """
    from twin.experiments.engine import ENGINES
    from twin.experiments.scenario import LineSource
    from twin.recipe import read_recipe

    if (hours is None) == (lots is None):
        raise typer.BadParameter("give either --hours or --lots")
    if engine not in ENGINES:
        raise typer.BadParameter(f"--engine is one of {', '.join(ENGINES)}, got {engine!r}")
    return LineSource.read(line, None if recipe is None else read_recipe(recipe))
