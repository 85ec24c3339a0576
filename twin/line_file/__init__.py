"""Reads a line file (TOML) into a `LineModel`, and refuses what it does not understand.

One module for each part of the file; `whole` checks what concerns several stations.
"""

from __future__ import annotations

from pathlib import Path

from twin.checked_table import CheckedTable, read_toml
from twin.line import LineModel
from twin.line_file.lots import read_arrivals, read_mix
from twin.line_file.people import read_people
from twin.line_file.stations import read_station
from twin.line_file.whole import check_line
from twin.measuring.process_file import read_process

__all__ = ["line_from_file", "line_from_table"]


def line_from_file(path: Path) -> LineModel:
    """The line of a file; the errors of `twin.line.read_line`."""
    return line_from_table(read_toml(path), path)


def line_from_table(root: CheckedTable, path: Path) -> LineModel:
    """The line of a table that was read from `path`, and perhaps changed since.

    Raises
    ------
    InputError
        That of `twin.line.read_line`, beginning with what the table calls itself.
    """
    head, folder = root.table("line"), path.parent
    line = LineModel(
        name=head.text("name", path.stem),
        arrivals=read_arrivals(root, folder),
        stations=tuple(read_station(table, folder) for table in root.tables("station")),
        people=tuple(read_people(table) for key in ("crew", "pool") for table in root.tables(key)),
        sheets_per_lot=head.integer("sheets_per_lot", 1, low=1),
        strips_per_roll=head.integer("strips_per_roll", 1, low=1),
        mix=read_mix(root, folder),
        process=read_process(root),
    )
    head.finish()
    root.finish()
    check_line(line, root.where)
    return line
