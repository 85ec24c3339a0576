"""Crews and pools of a line file."""

from __future__ import annotations

from process_models.errors import InputError
from twin.checked_table import CheckedTable
from twin.line_calendar import Calendar
from twin.line_file.durations import LONGEST_S
from twin.line_people import Group, People

__all__ = ["read_calendar", "read_people", "read_words"]

MOST_PEOPLE = 1_000_000
SHORTEST_S = 1e-3


def read_people(table: CheckedTable) -> People:
    """A [[crew]] or [[pool]]: its size, or the groups that it is made of."""
    name = table.text("name")
    if table.has("groups"):
        groups = tuple(_finished_group(inner) for inner in table.tables("groups"))
        if not groups:
            raise table.error("groups", "must hold at least one {size, skills}", [])
        people = People(name, sum(group.size for group in groups), groups)
    else:
        group = _group(table)
        people = People(name, group.size, () if group == Group(group.size) else (group,))
    table.finish()
    return people


def _finished_group(table: CheckedTable) -> Group:
    group = _group(table)
    table.finish()
    return group


def _group(table: CheckedTable) -> Group:
    calendar = read_calendar(table)
    if calendar is None and table.has("off_size"):
        raise table.error("off_size", "needs a calendar", table.data["off_size"])
    size, off_size = table.integer("size", low=1, high=MOST_PEOPLE), table.integer("off_size", 0)
    try:
        return Group(size, read_words(table, "skills"), calendar, off_size)
    except InputError as error:
        raise InputError(f"{table.where}: {error}") from error


def read_words(table: CheckedTable, key: str) -> tuple[str, ...]:
    """A list of words; empty where the key is left out."""
    value = table.data[key] if table.has(key) else []
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise table.error(key, "must be a list of words", value)
    return tuple(value)


def read_calendar(table: CheckedTable) -> Calendar | None:
    """The table `calendar`, where there is one."""
    if not table.has("calendar"):
        return None
    inner = table.table("calendar")
    calendar = Calendar(
        inner.number("on_s", above=0, low=SHORTEST_S, high=LONGEST_S),
        inner.number("off_s", high=LONGEST_S),
        inner.number("start_s", 0.0, low=-LONGEST_S, high=LONGEST_S),
    )
    inner.finish()
    return calendar
