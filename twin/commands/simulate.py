"""`lacss simulate`: run a line in replications and print its key figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.commands.starting import (
    FROM_OPTION,
    SNAPSHOT_OPTION,
    SNAPSHOT_RECORDS_OPTION,
    WORK_OPTION,
    check_start,
    start_of_run,
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
    line: Annotated[Path, typer.Argument(metavar="LINE.toml", help="The line to run.")],
    recipe: Annotated[Path | None, typer.Option(help="Recipe to make (TOML).")] = None,
    hours: Annotated[float | None, typer.Option(help="Hours to measure after the warm-up.")] = None,
    lots: Annotated[int | None, typer.Option(help="Lots that enter, and all leave.")] = None,
    warm_up_h: Annotated[float, typer.Option(help="Hours left out at the beginning.")] = 0.0,
    replications: Annotated[int, typer.Option(help="Independent runs.")] = 1,
    seed: Annotated[int, typer.Option(help="Fixes every random number.")] = 0,
    engine: Annotated[str, typer.Option(help="auto, simpy or recursion.")] = "auto",
    workers: Annotated[int | None, typer.Option(help="Processes or threads to use.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Dask scheduler that runs it.")] = None,
    records: Annotated[
        Path | None,
        typer.Option(
            help="Folder for visits, events, lots, genealogy; with --recipe measurements."
        ),
    ] = None,
    departures: Annotated[
        Path | None, typer.Option(help="Parquet file: lot, station, start_s, finish_s, depart_s.")
    ] = None,
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
    experiment = _run(
        model, start, hours=hours, lots=lots, warm_up_h=warm_up_h, replications=replications,
        seed=seed, engine=engine, workers=workers, cluster=cluster,
        keep_records=records is not None or departures is not None,
    )  # fmt: skip
    _write(experiment, model, records, departures)
    if records is not None and recipe is not None:
        _write_measurements(experiment, model, recipe, seed, records)
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
        check_start(start, options)
    with ProgressBar("simulate") as bar:
        if start is None:
            return replicate(model, progress=bar.show, **options)
        from twin.snapshot.started import run_from

        return run_from(model, start, progress=bar.show, **options)


def _write(
    experiment: Experiment, line: LineModel, records: Path | None, departures: Path | None
) -> None:
    if records is not None:
        _write_records(experiment, line, records)
    if departures is not None:
        _write_departures(experiment, departures)


def _write_records(experiment: Experiment, line: LineModel, folder: Path) -> None:
    from twin.event_table import events
    from twin.genealogy import genealogy
    from twin.records import lots, to_parquet, visits

    makers: dict[str, Any] = {
        "visits": visits,
        "events": events,
        "lots": lots,
        "genealogy": lambda records: genealogy(records, line).to_frame(),
    }
    to_parquet({name: _of_all(experiment, make) for name, make in makers.items()}, folder)


def _write_measurements(
    experiment: Experiment, line: LineModel, recipe: Path, seed: int, folder: Path
) -> None:
    from itertools import count

    from twin.measuring.of_run import measurements
    from twin.recipe import read_recipe
    from twin.records import to_parquet

    settings, seeds = read_recipe(recipe).settings, count(seed)  # each replication its own gauges
    table = _of_all(
        experiment, lambda records: measurements(records, line, settings, seed=next(seeds))
    )
    to_parquet({"measurements": table}, folder)


def _write_departures(experiment: Experiment, path: Path) -> None:
    from twin.records import visits, write_parquet

    columns = ["lot", "station", "start_s", "finish_s", "depart_s"]
    table = _of_all(experiment, lambda records: visits(records)[columns].dropna())
    write_parquet(table, path)


def _of_all(experiment: Experiment, make: Any) -> Any:
    """One table of all replications; a column tells them apart where there are several."""
    import pandas as pd

    tables = [make(records) for records in experiment.records]
    if len(tables) == 1:
        return tables[0]
    return pd.concat(
        [part.assign(replication=number) for number, part in enumerate(tables, start=1)],
        ignore_index=True,
    )


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
