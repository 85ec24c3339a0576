"""`lacss compare`: a line as it is and in scenarios, with paired differences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.commands.run_options import (
    CLUSTER_OPTION,
    ENGINE_OPTION,
    HOURS_OPTION,
    LINE_ARGUMENT,
    LOTS_OPTION,
    PAIRED_OPTION,
    RECIPE_OPTION,
    SEED_OPTION,
    WARM_UP_HOURS_OPTION,
    WORKERS_OPTION,
    line_source,
)
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
    line: LINE_ARGUMENT,
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
    recipe: RECIPE_OPTION = None,
    hours: HOURS_OPTION = None,
    lots: LOTS_OPTION = None,
    warm_up_h: WARM_UP_HOURS_OPTION = 0.0,
    replications: PAIRED_OPTION = 20,
    seed: SEED_OPTION = 0,
    figure: Annotated[str, typer.Option(help="By which the best is chosen.")] = "throughput_per_h",
    engine: ENGINE_OPTION = "auto",
    workers: WORKERS_OPTION = None,
    cluster: CLUSTER_OPTION = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Compare scenarios of a line: paired differences with 99 % intervals, and the best."""
    from twin.experiments.comparison import compare as run
    from twin.progress_bar import ProgressBar

    asked = _scenarios(scenario or [], scenarios, changes or [])
    if not asked:
        raise typer.BadParameter("give --scenario, --scenarios or --set")
    source = line_source(line, recipe, hours, lots, engine)
    with ProgressBar("compare") as bar:
        found = run(
            source, asked, figure=figure, hours=hours, lots=lots, warm_up_h=warm_up_h,
            replications=replications, seed=seed, engine=engine, workers=workers,
            cluster=cluster, progress=bar.show,
        )  # fmt: skip
    emit(found.to_dict()) if as_json else _print(found)


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
