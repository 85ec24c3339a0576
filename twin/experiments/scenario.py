"""Small changes to a line, such as another buffer or a second server, by key.

A key is the way to a value in the line file: `roll.servers`, `arrivals.wip`, `fitters.size`,
`sublimation.maintenance.refill.every_lots`. Stations, crews, pools, maintenance and recipes are
found by their names. Two keys are not in a line file: `STATION.service_factor` makes a station
slower or faster, `recipe` makes another recipe. The changed line is read as strictly as the file.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from process_models.errors import InputError
from twin.checked_table import CheckedTable, read_toml
from twin.line import LineModel
from twin.line_file import line_from_table
from twin.line_recipe import line_for_recipe
from twin.line_scaling import scaled_line
from twin.recipe import Recipe, read_recipe, reference_recipes

__all__ = ["LineSource", "Scenario", "key_path"]

FACTOR, RECIPE = "service_factor", "recipe"
NAMED_BY = ("name", "recipe")
LISTS = ("maintenance", "recipes")


@dataclass(frozen=True)
class Scenario:
    """A name and what is changed, by key; None takes a key out of the file.

    Examples
    --------
    >>> Scenario("Second roller", {"roll.servers": 2}).name
    'Second roller'
    """

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LineSource:
    """A line file as it was read, from which changed lines are made.

    Attributes
    ----------
    table : CheckedTable
        The whole file.
    path : Path
        Where it stands, for the files that it names.
    recipe : Recipe or None
        What the line makes unless a scenario says otherwise.
    """

    table: CheckedTable
    path: Path
    recipe: Recipe | None = None

    @classmethod
    def read(cls, path: Path | str, recipe: Recipe | None = None) -> LineSource:
        """Read a line file; the errors of `twin.checked_table.read_toml`."""
        return cls(read_toml(Path(path)), Path(path), recipe)

    def line(self, scenario: Scenario) -> LineModel:
        """The line as it is in a scenario.

        Raises
        ------
        InputError
            Naming the scenario, and the key or what the strict reader says about the line.
        """
        if not scenario.changes:
            return line_for_recipe(line_from_table(self.table, self.path), self.recipe)
        where = f"{self.table.where}: scenario {scenario.name!r}"
        try:
            return self._changed(scenario, where)
        except InputError as error:
            raise InputError(f"{where}: {str(error).removeprefix(f'{where}: ')}") from error

    def _changed(self, scenario: Scenario, where: str) -> LineModel:
        data = deepcopy(dict(self.table.data))
        recipe, factors = self.recipe, dict[str, float]()
        for key, value in scenario.changes.items():
            path = key_path(key)
            if path == (RECIPE,):
                recipe = self._recipe(value)
            elif len(path) == 2 and path[1] == FACTOR:
                factors[path[0]] = _factor(key, value)
            else:
                _change(data, path, value, key)
        line = line_from_table(CheckedTable(data, where), self.path)
        for station in factors:
            line.index(station)
        return scaled_line(line_for_recipe(line, recipe), factors)

    def _recipe(self, value: Any) -> Recipe:
        known = reference_recipes()
        if value in known:
            return known[value]
        file = self.path.parent / str(value)
        if not file.is_file():
            names = ", ".join(known)
            raise InputError(f"recipe must be a file or one of {names}, got {value!r}")
        return read_recipe(file)


def key_path(key: str) -> tuple[str, ...]:
    """The parts of a key, which is written as in TOML.

    Raises
    ------
    InputError
        When it is no key.

    Examples
    --------
    >>> key_path('mix.recipes."LACSS 40 s".share')
    ('mix', 'recipes', 'LACSS 40 s', 'share')
    """
    try:
        node: Any = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"a key must be like roll.servers, got {key!r}") from error
    parts = []
    while isinstance(node, dict) and len(node) == 1:
        part, node = next(iter(node.items()))
        parts.append(part)
    if node != 0 or "\n" in key:
        raise InputError(f"a key must be like roll.servers, got {key!r}")
    return tuple(parts)


def _factor(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
        raise InputError(f"{key} must be a number above 0, got {value!r}")
    return float(value)


def _change(data: dict[str, Any], path: Sequence[str], value: Any, where: str) -> None:
    """Put a value into the data of a file, or take the key out when it is None."""
    node = _first(data, path[0], where)
    for part in path[1:-1]:
        node = _inner(node, part, where)
    last = path[-1]
    if len(path) == 1:
        raise InputError(f"{where}: a key must go on to a value, such as {last}.servers")
    if isinstance(node, list):
        _change_row(node, last, value, where)
    elif value is None:
        node.pop(last, None)
    elif isinstance(value, Mapping) and "distribution" not in value and _is_table(node, last):
        node[last] = {**node[last], **value}
    else:
        node[last] = value


def _first(data: dict[str, Any], part: str, where: str) -> Any:
    """A table of the file, or one of its named tables."""
    named = {row["name"]: row for row in _rows(data) if isinstance(row.get("name"), str)}
    if part in named:
        return named[part]
    if part in ("line", "arrivals", "mix"):
        return data.setdefault(part, {})
    known = [*named, "line", "arrivals", "mix"]
    near = difflib.get_close_matches(part, known, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise InputError(f"{where}: must begin with one of {', '.join(known)}{hint}, got {part!r}")


def _rows(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for value in data.values():
        if isinstance(value, list):
            yield from (row for row in value if isinstance(row, dict))


def _inner(node: Any, part: str, where: str) -> Any:
    if isinstance(node, list):
        return _row(node, part) or _new_row(node, part)
    inner = node.setdefault(part, [] if part in LISTS else {})
    if not isinstance(inner, dict | list):
        raise InputError(f"{where}: {part} must be a table to have keys, got {inner!r}")
    return inner


def _row(rows: list[Any], name: str) -> dict[str, Any] | None:
    for row in rows:
        if isinstance(row, dict) and name in (row.get(key) for key in NAMED_BY):
            return row
    return None


def _new_row(rows: list[Any], name: str) -> dict[str, Any]:
    by = next((key for row in rows for key in NAMED_BY if key in row), "name")
    rows.append({by: name})
    made: dict[str, Any] = rows[-1]
    return made


def _change_row(rows: list[Any], name: str, value: Any, where: str) -> None:
    found = _row(rows, name)
    if value is None:
        rows[:] = [row for row in rows if row is not found]
    elif not isinstance(value, Mapping):
        raise InputError(f"{where}: must be a table {{...}}, got {value!r}")
    else:
        (found or _new_row(rows, name)).update(value)


def _is_table(node: Mapping[str, Any], key: str) -> bool:
    return isinstance(node.get(key), dict)
