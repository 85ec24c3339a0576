"""Options of `lacss simulate` about how a run starts, and about keeping how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from twin.line import LineModel
    from twin.snapshot.started import Start

__all__ = [
    "FROM_OPTION",
    "SNAPSHOT_OPTION",
    "SNAPSHOT_RECORDS_OPTION",
    "WORK_OPTION",
    "check_start",
    "start_of_run",
]

SNAPSHOT_OPTION = Annotated[
    Path | None, typer.Option("--snapshot", help="File (JSON) for the state at the end.")
]
SNAPSHOT_RECORDS_OPTION = Annotated[
    bool, typer.Option("--snapshot-records", help="Keep the records so far beside the snapshot.")
]
FROM_OPTION = Annotated[
    Path | None, typer.Option("--from", help="Go on from this snapshot, for --hours more.")
]
WORK_OPTION = Annotated[
    Path | None,
    typer.Option(
        "--work-in-process",
        help="What is in the line at the start (CSV): lot_id, station, phase, since_s, recipe.",
    ),
]


def start_of_run(
    line: LineModel,
    snapshot: Path | None,
    snapshot_records: bool,
    from_: Path | None,
    work: Path | None,
) -> Start | None:
    """How the run starts and whether its end is kept; None for an empty line and nothing kept.

    Raises
    ------
    BadParameter
        When options do not go together.
    InputError
        When the list of work in process breaks a rule.
    """
    if snapshot_records and snapshot is None:
        raise typer.BadParameter("--snapshot-records needs --snapshot")
    if from_ is not None and work is not None:
        raise typer.BadParameter("give either --from or --work-in-process")
    if snapshot is None and from_ is None and work is None:
        return None

    from twin.line_model.work_file import read_work_in_process
    from twin.snapshot.started import Start

    known = None if work is None else read_work_in_process(work, line)
    return Start(from_, known, snapshot, snapshot_records)


def check_start(start: Start, options: Mapping[str, Any]) -> None:
    """Whether the other options of the run go with how it starts.

    Raises
    ------
    BadParameter
        Naming the options that do not.
    """
    option = "--from" if start.snapshot else "--snapshot" if start.keep else "--work-in-process"
    if options["engine"] == "recursion":
        raise typer.BadParameter(f"{option} needs the engine simpy, got --engine recursion")
    if not start.single:
        return
    if options["replications"] != 1:
        got = options["replications"]
        raise typer.BadParameter(f"{option} goes with one replication, got --replications {got}")
    if options["lots"] is not None:
        raise typer.BadParameter(f"{option} goes with --hours, got --lots {options['lots']}")
    if start.snapshot and options["seed"]:
        raise typer.BadParameter("--from takes its random numbers from the snapshot, got --seed")
