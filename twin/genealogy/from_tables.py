"""Genealogy of a run that was left as Parquet by `lacss simulate --records`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from process_models.errors import InputError
from twin.column_file import read_table
from twin.genealogy.edge import EDGE_COLUMNS
from twin.genealogy.graph import Genealogy
from twin.genealogy.passages import PASSAGE_COLUMNS, SERVICE_COLUMNS, Passages

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["genealogy_of_folder"]


def genealogy_of_folder(folder: Path, replication: int = 1) -> Genealogy:
    """The graph of one replication.

    Raises
    ------
    InputError
        When a table is missing or lacks a column, or there is no such replication.
    """
    edges = _table(folder / "genealogy.parquet", EDGE_COLUMNS, replication)
    visits = _table(folder / "visits.parquet", PASSAGE_COLUMNS, replication)
    events = _table(folder / "events.parquet", ("time_s", "event", "station"), replication)
    ended = events[events["event"] == "maintenance_end"].reset_index(drop=True)
    ended = ended.assign(name=ended.get("detail", ""))
    begun = visits.loc[visits["start_s"].notna(), list(PASSAGE_COLUMNS)]
    services = ended.astype({"name": "str"})[list(SERVICE_COLUMNS)]
    return Genealogy(edges[list(EDGE_COLUMNS)], Passages(begun, services))


def _table(path: Path, needed: tuple[str, ...], replication: int) -> pd.DataFrame:
    if not path.is_file():
        raise InputError(f"{path.parent}: holds no records of a simulation, {path.name} is missing")
    table = read_table(path)
    for column in needed:
        if column not in table.columns:
            found = ", ".join(map(str, table.columns))
            raise InputError(f"{path}: needs a column {column}, got {found}")
    if "replication" not in table.columns:
        if replication != 1:
            raise InputError(f"{path}: holds one replication, got replication {replication}")
        return table
    chosen = table[table["replication"] == replication]
    if not len(chosen):
        last = table["replication"].max()
        raise InputError(f"{path}: replication must be from 1 to {last}, got {replication}")
    return chosen.reset_index(drop=True)
