"""What this installation makes, and on which line: its own files, else those of the product."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from process_models.errors import InputError
from twin.line import LineModel, read_line
from twin.recipe import Recipe, read_recipe, reference_recipes
from twin.settings import Settings, data_folder

__all__ = ["moment", "site_line", "site_line_file", "site_recipe"]

_USUAL_RECIPE = "LACSS 40 s"


def site_line(settings: Settings) -> LineModel:
    """The line of `site_line_file`."""
    return read_line(site_line_file(settings))


def site_line_file(settings: Settings) -> Path:
    """`line.toml` of LACSS_HOME, else that of the reference line."""
    own = settings.home / "line.toml"
    return own if own.is_file() else data_folder() / "line.toml"


def site_recipe(settings: Settings, name: str = "") -> Recipe:
    """`recipe.toml` of LACSS_HOME, else the reference recipe of that name, else LACSS 40 s."""
    own = settings.home / "recipe.toml"
    if own.is_file():
        return read_recipe(own)
    recipes = reference_recipes()
    return recipes.get(name) or recipes.get(_USUAL_RECIPE) or Recipe(name=_USUAL_RECIPE)


def moment(name: str, text: str) -> datetime:
    """A time given by a user.

    Raises
    ------
    InputError
        When it is not ISO 8601 or has no offset from UTC.

    Examples
    --------
    >>> moment("as-of", "2026-01-05T06:00:00+01:00").isoformat()
    '2026-01-05T06:00:00+01:00'
    """
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{name} must be a time in ISO 8601, got {text!r}") from error
    if parsed.tzinfo is None:
        raise InputError(f"{name} needs an offset from UTC, such as +00:00, got {text!r}")
    return parsed
