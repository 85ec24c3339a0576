"""What comes to the line of a line file: arrivals, and the recipes of the lots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast, get_args, get_type_hints

from process_models.errors import InputError
from twin.checked_table import CheckedTable
from twin.column_file import read_column
from twin.line import Arrivals
from twin.line_file.durations import read_duration
from twin.line_mix import Mix
from twin.recipe import Recipe, read_recipe
from twin.settings import data_folder

__all__ = ["read_arrivals", "read_mix"]

KINDS = get_args(get_type_hints(Arrivals)["kind"])
MOST_LOTS = 10_000_000
MIXES = ("sequence", "campaigns", "shares")


def read_arrivals(root: CheckedTable, folder: Path) -> Arrivals:
    """The table [arrivals]; saturated where there is none."""
    if not root.has("arrivals"):
        return Arrivals("saturated")
    table = root.table("arrivals")
    kind = cast(Any, table.word("kind", KINDS))
    renewal, at_start = kind == "renewal", kind == "all_at_start"
    arrivals = Arrivals(
        kind,
        interarrival_s=read_duration(table, "interarrival_s", folder) if renewal else None,
        wip=table.integer("wip", low=1, high=MOST_LOTS) if kind == "conwip" else None,
        lots=table.integer("lots", low=1, high=MOST_LOTS)
        if at_start and table.has("lots")
        else None,
        times_s=_schedule(table, folder) if kind == "schedule" else (),
    )
    table.finish()
    if arrivals.interarrival_s is not None and arrivals.interarrival_s.mean_s == 0:
        raise table.error("interarrival_s", "must not always be 0", 0)
    return arrivals


def _schedule(table: CheckedTable, folder: Path) -> tuple[float, ...]:
    times = read_column(folder / table.text("file"), "arrive_s")
    return tuple(sorted(times))


def read_mix(root: CheckedTable, folder: Path) -> Mix | None:
    """The table [mix]: recipes by file beside the line, or of those that come with the product."""
    if not root.has("mix"):
        return None
    table = root.table("mix")
    kind = table.word("kind", MIXES)
    rows = _words(table) if kind == "sequence" else table.tables("recipes")
    if not rows:
        raise table.error("recipes", "must name at least one recipe", table.data.get("recipes"))
    table.finish()
    try:
        return _BUILDERS[kind](rows, folder)
    except InputError as error:
        if str(error).startswith(table.where):
            raise
        raise InputError(f"{table.where}: {error}") from error


def _words(table: CheckedTable) -> list[str]:
    value = table.data["recipes"] if table.has("recipes") else []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise table.error("recipes", "must be a list of names or files", value)
    return value


def _sequence(rows: Any, folder: Path) -> Mix:
    recipes: dict[str, Recipe] = {}
    names = []
    for row in rows:
        recipe = _recipe(row, folder)
        recipes.setdefault(recipe.name, recipe)
        names.append(recipe.name)
    places = {name: place for place, name in enumerate(recipes)}
    return Mix(tuple(recipes.values()), order=tuple(places[name] for name in names))


def _campaigns(rows: Any, folder: Path) -> Mix:
    words: list[str] = []
    for row in rows:
        words += [row.text("recipe")] * row.integer("lots", low=1, high=MOST_LOTS)
        row.finish()
    return _sequence(words, folder)


def _shares(rows: Any, folder: Path) -> Mix:
    recipes, shares = [], []
    for row in rows:
        recipes.append(_recipe(row.text("recipe"), folder))
        shares.append(row.number("share", high=1.0))
        row.finish()
    return Mix(tuple(recipes), shares=tuple(shares))


_BUILDERS: dict[str, Callable[[Any, Path], Mix]] = {
    "sequence": _sequence,
    "campaigns": _campaigns,
    "shares": _shares,
}


def _recipe(word: str, folder: Path) -> Recipe:
    """A file beside the line file, or a recipe of the product by its name or file name."""
    if word.endswith(".toml"):
        return read_recipe(folder / word)
    known: dict[str, Recipe] = {}
    for path in sorted((data_folder() / "recipes").glob("*.toml")):
        recipe = read_recipe(path)
        known[path.stem] = known[recipe.name] = recipe
    if word not in known:
        names = ", ".join(sorted({recipe.name for recipe in known.values()}))
        raise InputError(f"recipe must be a file *.toml or one of {names}, got {word!r}")
    return known[word]
