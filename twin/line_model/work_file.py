"""Work in process from a table: one row a lot, or a server that is down."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast, get_args

from process_models.errors import InputError
from twin.column_file import numbers_of, read_table
from twin.line import LineModel
from twin.line_model.initial import DownPhase, LotInProcess, LotPhase, ServerDown
from twin.line_model.work_check import check_lot, check_work_in_process

__all__ = ["read_work_in_process"]

NEEDED = ("lot_id", "station", "phase", "since_s")
COLUMNS = (*NEEDED, "recipe")
PHASES, DOWN = get_args(LotPhase), get_args(DownPhase)


def read_work_in_process(path: Path, line: LineModel) -> list[LotInProcess | ServerDown]:
    """What is in a line, from CSV or Parquet: lot_id, station, phase, since_s and maybe recipe.

    A row of phase `in_repair` or `down` is a server; its lot_id is one of the lots that it holds,
    which has a row of its own, or empty.

    Raises
    ------
    InputError
        Naming the file, and row (from 1 below the header) or station, the rule and the value.
    """
    table = read_table(path)
    for name in table.columns:
        if name not in COLUMNS:
            raise InputError(f"{path}: column must be one of {', '.join(COLUMNS)}, got {name!r}")
    for name in NEEDED:
        if name not in table.columns:
            found = ", ".join(map(str, table.columns))
            raise InputError(f"{path}: needs a column {name}, got {found}")
    since = numbers_of(table, "since_s", path)
    texts = {name: _texts(table[name]) for name in table.columns if name != "since_s"}
    recipes = texts.get("recipe", [""] * len(since))
    columns = zip(texts["lot_id"], texts["station"], texts["phase"], since, recipes, strict=True)
    work: list[LotInProcess | ServerDown] = []
    for row, cells in enumerate(columns, start=1):
        try:
            work.append(_read(*cells, line))
        except InputError as error:
            raise InputError(f"{path}: row {row}: {error}") from error
    try:
        check_work_in_process(work, line)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    return work


def _texts(column: Any) -> list[str]:
    return [str(one).strip() for one in column.astype("object").where(column.notna(), "")]


def _read(
    lot_id: str, station: str, phase: str, since_s: float, recipe: str, line: LineModel
) -> LotInProcess | ServerDown:
    if phase in DOWN:
        return ServerDown(station, cast(Any, phase), since_s, lot_id)
    if phase not in PHASES:
        raise InputError(f"phase must be one of {', '.join((*PHASES, *DOWN))}, got {phase!r}")
    if not lot_id:
        raise InputError(f"lot_id must not be empty with phase {phase}, got ''")
    lot = LotInProcess(lot_id, station, cast(Any, phase), since_s, recipe)
    check_lot(lot, line)
    return lot
