"""Durations in a line file: a number, or a table that names a distribution."""

from __future__ import annotations

from pathlib import Path

from process_models.errors import InputError
from twin.checked_table import CheckedTable
from twin.column_file import read_column
from twin.distributions import DISTRIBUTIONS, Deterministic, Distribution, Empirical

__all__ = ["LONGEST_S", "read_duration"]

LONGEST_S = 1e12  # beyond it a calendar's spells would vanish beside the time of the run
NEVER_S = 1e100  # a time to failure may be as good as never


def read_duration(owner: CheckedTable, key: str, folder: Path) -> Distribution:
    """The distribution under `key`; a plain number is a constant, files stand in `folder`.

    Raises
    ------
    InputError
        With key, rule and value.
    """
    longest = NEVER_S if key == "time_to_failure_s" else LONGEST_S
    if owner.has(key) and isinstance(owner.data[key], int | float):
        return Deterministic(owner.number(key, high=longest))
    table = owner.table(key)
    kind = table.word("distribution", DISTRIBUTIONS)
    if kind == "empirical":
        drawn: Distribution = Empirical(read_column(folder / table.text("file"), "value"))
    else:
        shape = DISTRIBUTIONS[kind]
        numbers = {
            name: table.number(name, low=-1e300, high=longest) for name in shape.parameters()
        }
        try:
            drawn = shape(**numbers)
        except InputError as error:
            raise InputError(f"{table.where}: {error}") from error
    table.finish()
    return drawn
