"""`lacss simulate`: run a line in replications and print its key figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.commands.run_files import (
    DEPARTURES_OPTION,
    RECORDS_OPTION,
    write_files,
    write_measurements,
)
from twin.commands.run_options import (
    CLUSTER_OPTION,
    ENGINE_OPTION,
    HOURS_OPTION,
    LINE_ARGUMENT,
    LOTS_OPTION,
    RECIPE_OPTION,
    SEED_OPTION,
    WORKERS_OPTION,
)
from twin.commands.starting import (
    FROM_OPTION,
    SNAPSHOT_OPTION,
    SNAPSHOT_RECORDS_OPTION,
    WORK_OPTION,
    check_start,
    start_of_run,
)
from twin.commands.stopping import (
    ABSOLUTE_OPTION,
    FIGURE_OPTION,
    UNTIL_OPTION,
    WARM_UP_OPTION,
    most_replications,
    precision,
    warm_up_hours,
)
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.experiment import Experiment
    from twin.line import LineModel
    from twin.snapshot.started import Start

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `simulate`."""
    app.command("simulate")(simulate)


def simulate(
    line: LINE_ARGUMENT,
    recipe: RECIPE_OPTION = None,
    hours: HOURS_OPTION = None,
    lots: LOTS_OPTION = None,
    warm_up_h: WARM_UP_OPTION = "0",
    replications: Annotated[int, typer.Option(help="Independent runs, or at most so many.")] = 1,
    until_half_width: UNTIL_OPTION = None,
    figure: FIGURE_OPTION = "throughput_per_h",
    absolute: ABSOLUTE_OPTION = False,
    seed: SEED_OPTION = 0,
    engine: ENGINE_OPTION = "auto",
    workers: WORKERS_OPTION = None,
    cluster: CLUSTER_OPTION = None,
    records: RECORDS_OPTION = None,
    departures: DEPARTURES_OPTION = None,
    snapshot: SNAPSHOT_OPTION = None,
    snapshot_records: SNAPSHOT_RECORDS_OPTION = False,
    from_: FROM_OPTION = None,
    work_in_process: WORK_OPTION = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Simulate a line: throughput, flow time, WIP, station states, OEE, bottleneck."""
    if (hours is None) == (lots is None):
        raise typer.BadParameter("give either --hours or --lots")
    model = _line(line, recipe)
    start = start_of_run(model, snapshot, snapshot_records, from_, work_in_process)
    until = precision(until_half_width, figure, absolute)
    experiment = _run(
        model, start, hours=hours, lots=lots, warm_up_h=warm_up_hours(warm_up_h),
        replications=most_replications(replications, until), until=until, seed=seed,
        engine=engine, workers=workers, cluster=cluster, keep_records=bool(records or departures),
    )  # fmt: skip
    write_files(experiment, model, records, departures)
    if records is not None and (recipe is not None or model.mix is not None):
        write_measurements(experiment, model, recipe, seed, records)
    if as_json:
        emit(experiment.to_dict())
    else:
        _print(model.name, experiment.to_dict())


def _line(path: Path, recipe: Path | None) -> LineModel:
    from twin.line import read_line
    from twin.line_recipe import line_for_recipe
    from twin.recipe import read_recipe

    model = read_line(path)
    return model if recipe is None else line_for_recipe(model, read_recipe(recipe))


def _run(model: LineModel, start: Start | None, **options: Any) -> Experiment:
    from twin.experiment import ENGINES, replicate
    from twin.progress_bar import ProgressBar

    engine = options["engine"]
    if engine not in ENGINES:
        raise typer.BadParameter(f"--engine is one of {', '.join(ENGINES)}, got {engine!r}")
    if start is not None:
        if options.pop("until") is not None or options["warm_up_h"] == "auto":
            raise typer.BadParameter("a run from a state has no warm-up and a set length")
        check_start(start, options)
    with ProgressBar("simulate") as bar:
        if start is None:
            return replicate(model, progress=bar.show, **options)
        from twin.snapshot.started import run_from

        return run_from(model, start, progress=bar.show, **options)


def _print(name: str, found: dict[str, Any]) -> None:
    def spread(value: dict[str, Any]) -> tuple[Any, Any, Any]:
        return value["mean"], value["low"], value["high"]

    rows = [
        (label, *spread(found[key]))
        for label, key in (
            ("throughput, lots an hour", "throughput_per_h"),
            ("flow time, s", "flow_time_s"),
            ("lots in the line", "wip"),
            ("yield", "yield"),
            (f"OEE at {found['oee']['station']}", "oee"),
        )
    ]
    title = f"{name}: {found['replications']} replications with {found['engine']}"
    table(title, ("figure", "mean", "99 % low", "high"), rows)
    columns = ("utilisation", "blocked", "starved", "down", "mean_queue", "mean_wait_s")
    table(
        f"stations; bottleneck: {found['bottleneck']['station'] or 'none'}",
        ("station", *columns),
        (
            (station, *(figures[column]["mean"] for column in columns))
            for station, figures in found["stations"].items()
        ),
    )
