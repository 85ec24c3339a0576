"""Recipes: what is made, read from TOML."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from process_models.errors import InputError
from process_models.physics.recipe_parameters import PROCESSES, ProcessSettings
from twin.checked_table import CheckedTable, read_toml
from twin.settings import data_folder

__all__ = ["Recipe", "read_recipe", "reference_recipes"]

ASSUMED = ("winding_turns", "rolling_pressure_mpa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(ProcessSettings):
    """The settings of a process, with a name.

    Examples
    --------
    >>> Recipe(name="LACSS 40 s").settings.sublimation_time_s
    40.0
    """

    name: str

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError(f"name must not be empty, got {self.name!r}")
        _ = self.settings  # checks everything else

    @property
    def settings(self) -> ProcessSettings:
        """The settings without the name, as the process models take them."""
        return ProcessSettings(**{one.name: getattr(self, one.name) for one in _SETTINGS})


_SETTINGS = fields(ProcessSettings)


def read_recipe(path: Path | str) -> Recipe:
    """Read a recipe file.

    Raises
    ------
    InputError
        With file, key, rule and value; `winding_turns` and `rolling_pressure_mpa`, which the
        paper does not give, are the only keys that may be left out.
    """
    root = read_toml(Path(path))
    table = root.table("recipe")
    root.finish()
    numbers = {one.name: _number(table, one.name) for one in _SETTINGS if one.name != "process"}
    name, process = table.text("name"), table.word("process", PROCESSES, "lacss")
    table.finish()
    known = {key: value for key, value in numbers.items() if value is not None}
    try:
        return Recipe(name=name, process=process, **known)
    except InputError as error:
        raise InputError(f"{table.where}: {error}") from error


def _number(table: CheckedTable, key: str) -> float | None:
    if key in ASSUMED and not table.has(key):
        return None
    return table.number(key, low=-1e300)


def reference_recipes() -> dict[str, Recipe]:
    """The recipes that come with the product, by name."""
    recipes = [read_recipe(path) for path in sorted((data_folder() / "recipes").glob("*.toml"))]
    return {recipe.name: recipe for recipe in recipes}
