"""The records of a run so far, in one Parquet file beside its snapshot.

One row with a column for each part of the log: arrays as lists of numbers, the rest as JSON. The
name of the file has the hash of its content in it, so that what an older snapshot needs stays
whole until the newer snapshot is.
"""

from __future__ import annotations

import hashlib
import io
import json
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import simpy

from process_models.errors import InputError
from twin.simulation import LineSimulation
from twin.snapshot.codec import decoded, encoded
from twin.snapshot.file import write_whole

__all__ = ["read_history", "remove_older", "write_history"]


class _NoParts:
    """Records are plain data: they have no parts of the line in them."""

    def of(self, part: object) -> str | None:
        del part
        return None

    def order(self, event: simpy.Event) -> str:
        raise TypeError(f"records have no {event!r} in them")

    def at(self, address: str) -> Any:
        raise KeyError(address)

    def event(self, order: str) -> simpy.Event:
        raise KeyError(order)


def write_history(simulation: LineSimulation, path: Path) -> dict[str, Any]:
    """Write the records of a run beside `path`, and say where and what they are.

    Raises
    ------
    InputError
        When the file cannot be written there.
    """
    import pyarrow as pa
    from pyarrow import parquet

    columns = {}
    for name, value in vars(simulation.log).items():
        if isinstance(value, array):
            columns[name] = pa.array([np.array(value, dtype=np.float64)], pa.list_(pa.float64()))
        else:
            columns[name] = pa.array([json.dumps(encoded(value, _NoParts()))], pa.string())
    buffer = io.BytesIO()
    parquet.write_table(pa.table(columns), buffer, write_page_checksum=True)
    data = buffer.getvalue()
    found = hashlib.sha256(data).hexdigest()
    beside = path.with_name(f"{path.name}.{found[:12]}.parquet")
    write_whole(beside, data)
    return {"file": beside.name, "sha256": found, "start_s": simulation.start_s}


def remove_older(path: Path, kept: Mapping[str, Any] | None) -> None:
    """Delete what snapshots that `path` replaced left beside it."""
    for older in path.parent.glob(f"{_literal(path.name)}.{'[0-9a-f]' * 12}.parquet"):
        if kept is None or older.name != kept["file"]:
            older.unlink(missing_ok=True)


def _literal(name: str) -> str:
    return "".join(f"[{one}]" if one in "*?[" else one for one in name)


def read_history(simulation: LineSimulation, path: Path, kept: Mapping[str, Any]) -> None:
    """Put the records that belong to a snapshot back into the run that goes on from it.

    Raises
    ------
    InputError
        When the file with them is missing, or is not the one that was written.
    """
    import pyarrow as pa
    from pyarrow import parquet

    beside = path.with_name(str(kept["file"]))
    try:
        data = beside.read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{path}: its records {beside} cannot be read: {reason}") from error
    if hashlib.sha256(data).hexdigest() != kept["sha256"]:
        raise InputError(f"{path}: its records {beside} were changed since: their hash differs")
    table = parquet.read_table(pa.BufferReader(data), page_checksum_verification=True)
    for name, held in vars(simulation.log).items():
        if isinstance(held, array):
            values = table[name].combine_chunks().flatten().to_numpy()
            setattr(simulation.log, name, array("d", values.tobytes()))
        else:
            value = json.loads(table[name][0].as_py())
            setattr(simulation.log, name, decoded(value, _NoParts()))
    simulation.start_s = float(kept["start_s"])
