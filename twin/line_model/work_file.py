"""Work in process from a table."""

from __future__ import annotations

from pathlib import Path

from process_models.errors import InputError
from twin.column_file import numbers_of, read_table
from twin.line import LineModel
from twin.line_model.initial import LotInProcess

__all__ = ["read_work_in_process"]


def read_work_in_process(path: Path, line: LineModel) -> list[LotInProcess]:
    table = read_table(path)
    return [LotInProcess(a, b, c, d) for a, b, c, d in zip(table.lot_id, table.station, table.phase, numbers_of(table, "since_s", path))]
