"""`lacss compare`: a line as it is and in scenarios, with paired differences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.experiments.comparison import Comparison
    from twin.experiments.scenario import Scenario

__all__ = ["register"]

HEADLINES = ("throughput_per_h", "flow_time_s", "wip", "yield")


def register(app: typer.Typer) -> None:
    """Add the command `compare`."""
    app.command("compare")(compare)


def compare(
    line: Annotated[Path, typer.Argument(metavar="LINE.toml", help="The line as it is.")],
    scenario: Annotated[
        list[str] | None,
        typer.Option(metavar="'NAME: KEY=VALUE, ...'", help="A change to it; may be repeated."),
    ] = None,
    scenarios: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML with [[scenario]] name, set.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="One scenario of all of these."),
    ] = None,
    recipe: Annotated[Path | None, typer.Option(help="Recipe to make (TOML).")] = None,
    hours: Annotated[float | None, typer.Option(help="Hours to measure after the warm-up.")] = None,
    lots: Annotated[int | None, typer.Option(help="Lots that enter, and all leave.")] = None,
    warm_up_h: Annotated[float, typer.Option(help="Hours left out at the beginning.")] = 0.0,
    replications: Annotated[int, typer.Option(help="Paired runs of every line.")] = 20,
    seed: Annotated[int, typer.Option(help="Fixes every random number.")] = 0,
    figure: Annotated[str, typer.Option(help="By which the best is chosen.")] = "throughput_per_h",
    engine: Annotated[str, typer.Option(help="auto, simpy or recursion.")] = "auto",
    workers: Annotated[int | None, typer.Option(help="Processes or threads to use.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Dask scheduler that runs it.")] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Compare scenarios of a line: paired differences with 99 % intervals, and the best."""
    from twin.experiments.comparison import compare as run
    from twin.experiments.scenario import LineSource
    from twin.progress_bar import ProgressBar
    from twin.recipe import read_recipe

    if (hours is None) == (lots is None):
        raise typer.BadParameter("give either --hours or --lots")
    asked = _scenarios(scenario or [], scenarios, changes or [])
    if not asked:
        raise typer.BadParameter("give --scenario, --scenarios or --set")
    source = LineSource.read(line, None if recipe is None else read_recipe(recipe))
    with ProgressBar("compare") as bar:
        found = run(
            source, asked, figure=figure, hours=hours, lots=lots, warm_up_h=warm_up_h,
            replications=replications, seed=seed, engine=engine, workers=workers,
            cluster=cluster, progress=bar.show,
        )  # fmt: skip
    if as_json:
        emit(found.to_dict())
    else:
        _print(found)


def _scenarios(texts: list[str], file: Path | None, changes: list[str]) -> list[Scenario]:
    from twin.experiments.scenario_text import parse_scenario, read_scenarios

    found = [] if file is None else read_scenarios(file)
    found += [parse_scenario(text) for text in texts]
    return found + ([parse_scenario(", ".join(changes))] if changes else [])


def _print(found: Comparison) -> None:
    shown = [name for name in dict.fromkeys((found.figure, *HEADLINES)) if name in found.figures]
    for figure in shown:
        rows: list[tuple[Any, ...]] = []
        first = found.estimates(0)[figure]
        rows.append((found.scenarios[0].name, first.mean, None, None, None, None, None))
        for line, one in enumerate(found.differences(figure), start=1):
            mean = found.estimates(line)[figure].mean
            values = (one.mean, one.low, one.high, one.p, one.variance_reduction)
            rows.append((found.scenarios[line].name, mean, *values))
        columns = ("scenario", "mean", "difference", "99 % low", "high", "p", "variance reduced by")
        table(f"{figure}: {found.replications} paired replications", columns, rows)
    best = found.best()
    alike = ", ".join(best["not_told_apart_from"])
    sure = f"not told apart from {alike}" if alike else "better than all others, 99 % sure"
    typer.echo(f"best by {best['figure']}: {best['scenario']} ({sure})")
