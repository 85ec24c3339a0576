"""Files that `lacss simulate` writes of a run: records, measurements, departures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from twin.experiment import Experiment
    from twin.line import LineModel

__all__ = ["DEPARTURES_OPTION", "RECORDS_OPTION", "write_files", "write_measurements"]

RECORDS_OPTION = Annotated[
    Path | None,
    typer.Option(help="Folder for visits, events, lots, genealogy; with --recipe measurements."),
]
DEPARTURES_OPTION = Annotated[
    Path | None, typer.Option(help="Parquet file: lot, station, start_s, finish_s, depart_s.")
]


def write_files(
    experiment: Experiment, line: LineModel, records: Path | None, departures: Path | None
) -> None:
    """Records into a folder and departures into a file, where they were asked for."""
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


def write_measurements(
    experiment: Experiment, line: LineModel, recipe: Path | None, seed: int, folder: Path
) -> None:
    """What the gauges would have read of a recipe, or of the line's mix, beside the records."""
    from itertools import count

    from twin.measuring.of_run import measurements
    from twin.recipe import read_recipe
    from twin.records import to_parquet

    settings = None if recipe is None else read_recipe(recipe).settings
    seeds = count(seed)  # each replication its own gauges
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
