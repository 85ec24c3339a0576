"""Write a running line into a file, and go on from it."""

from __future__ import annotations

from pathlib import Path

from process_models.errors import InputError
from twin.line import LineModel
from twin.simulation import LineSimulation
from twin.snapshot.file import read_state, write_state
from twin.snapshot.history import read_history, remove_older, write_history
from twin.snapshot.state import restored, state_of

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
    history = write_history(simulation, path) if with_records else None
    write_state(path, {**state_of(simulation), "history": history})
    remove_older(path, history)


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
