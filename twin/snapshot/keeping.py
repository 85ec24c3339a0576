"""Write a running line into a file, and go on from it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from process_models.errors import InputError
from twin.line import LineModel
from twin.line_model.initial import LotInProcess, ServerDown
from twin.line_model.work_now import work_now
from twin.simulation import LineSimulation
from twin.snapshot.file import read_state, write_state
from twin.snapshot.history import read_history, remove_older, write_history
from twin.snapshot.restoring import restored
from twin.snapshot.state import state_of

__all__ = ["read_snapshot", "write_snapshot"]


def write_snapshot(simulation: LineSimulation, path: Path, *, with_records: bool = False) -> None:
    """Keep a running line in a file; the run is left as it is and may go on.

    Parameters
    ----------
    simulation : LineSimulation
    path : Path
        Written whole or not at all; a file that is there is replaced.
    with_records : bool
        Keep what has happened so far too, in a Parquet file beside it.

    Raises
    ------
    InputError
        When a file cannot be written there.
    """
    if path.is_dir():
        raise InputError(f"{path}: cannot be written: Is a directory")
    history = write_history(simulation, path) if with_records else None
    work = [_row(one) for one in work_now(simulation)]
    write_state(path, {**state_of(simulation), "work_in_process": work, "history": history})
    remove_older(path, history)


def _row(one: LotInProcess | ServerDown) -> dict[str, Any]:
    row = asdict(one)
    return {
        name: row[name]
        for name in ("lot_id", "station", "phase", "since_s", "recipe")
        if row.get(name) is not None
    }


def read_snapshot(path: Path, line: LineModel) -> LineSimulation:
    """A line that goes on from a snapshot just as the one that was kept.

    With the records beside it they go on too; without, they begin at the time of the snapshot.

    Raises
    ------
    InputError
        When the file, or the one with the records, is missing, damaged, changed, of another
        version or of another line; the message names which and what.
    """
    state = read_state(path, line)
    try:
        simulation = restored(line, state)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    if state["history"] is not None:
        read_history(simulation, path, state["history"])
    return simulation
