"""Recipes, and the line as a recipe uses it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from process_models.errors import InputError
from twin.distributions import Deterministic
from twin.line import Arrivals, LineModel, Rework, StationModel, read_line
from twin.line_recipe import line_for_recipe
from twin.recipe import Recipe, read_recipe
from twin.settings import data_folder

TEXT = """
[recipe]
name = "LACSS 40 s"
process = "lacss"
foil_thickness_um = 100
sublimation_time_s = 40
chamber_temperature_c = 178
vapour_g_l = 3.6
winding_turns = 10
rolling_pressure_mpa = 36
thickness_um = 60
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recipe.toml"


def test_a_recipe_is_read(path: Path) -> None:
    path.write_text(TEXT)
    recipe = read_recipe(path)
    assert recipe == Recipe(name="LACSS 40 s")
    assert recipe.settings.rolling_pressure_mpa == 36


def test_only_what_the_paper_does_not_give_may_be_left_out(path: Path) -> None:
    path.write_text(re.sub("(winding|rolling).*\n", "", TEXT))
    assert read_recipe(path) == Recipe(name="LACSS 40 s")
    path.write_text(re.sub("foil.*\n", "", TEXT))
    with pytest.raises(InputError, match="foil_thickness_um is missing"):
        read_recipe(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("sublimation_time_s = 40", "sublimation_time_s = -40", "sublimation_time_s must not be"),
        ("thickness_um = 60", "thickness_um = 0", "thickness_um must be above 0, got 0"),
        ('process = "lacss"', 'process = "lcass"', "(did you mean 'lacss'?), got 'lcass'"),
        (
            "winding_turns = 10",
            'winding_turns = "ten"',
            "winding_turns must be a number, got 'ten'",
        ),
        ("vapour_g_l", "vapor_g_l", "vapour_g_l is missing"),
        ("[recipe]", "[recipes]", "recipe is missing (did you mean it by 'recipes'?)"),
    ],
)
def test_a_broken_rule_names_file_and_key(path: Path, old: str, new: str, words: str) -> None:
    path.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        read_recipe(path)
    assert str(caught.value).startswith(str(path))


def test_a_name_is_needed() -> None:
    with pytest.raises(InputError, match="name must not be empty, got ' '"):
        Recipe(name=" ")


def test_the_reference_line_takes_longer_for_a_longer_exposure() -> None:
    line = read_line(data_folder() / "line.toml")
    place = line.index("sublimation")
    same = line_for_recipe(line, Recipe(name="x", sublimation_time_s=40))
    longer = line_for_recipe(line, Recipe(name="x", sublimation_time_s=60))
    assert same == line == line_for_recipe(line, None)
    mean_s = line.stations[place].service_s.mean_s
    assert longer.stations[place].service_s.mean_s == pytest.approx(mean_s + 20)


@pytest.mark.parametrize(
    ("process", "skipped"), [("bare", {"sublimation", "cool"}), ("drac", {"wind"})]
)
def test_a_process_skips_its_stations(process: str, skipped: set[str]) -> None:
    line = read_line(data_folder() / "line.toml")
    kept = line_for_recipe(line, Recipe(name="x", process=process))
    names = {station.name for station in line.stations}
    assert names - {station.name for station in kept.stations} == skipped


def test_a_recipe_must_leave_a_way_through() -> None:
    first = StationModel("a", Deterministic(1), skipped_by=("bare",))
    bare = Recipe(name="bare Li", process="bare")
    with pytest.raises(InputError, match="must visit at least one station"):
        line_for_recipe(LineModel("x", Arrivals("saturated"), (first,)), bare)
    again = StationModel("b", Deterministic(1), rework=Rework(0.1, "a"))
    with pytest.raises(InputError, match=r"station 'b': rework\.to must be a station that recipe"):
        line_for_recipe(LineModel("x", Arrivals("saturated"), (first, again)), bare)
