from __future__ import annotations

from pathlib import Path

import pytest

from process_models.errors import InputError
from twin.settings import Settings, data_folder
from twin.site import moment, site_line, site_recipe


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")


def test_without_files_of_its_own_a_site_runs_the_reference_line(settings: Settings) -> None:
    assert site_line(settings).name == "LACSS reference line"
    assert site_recipe(settings).name == "LACSS 40 s"


def test_a_recipe_is_found_by_name_and_an_unknown_one_is_the_usual(settings: Settings) -> None:
    assert site_recipe(settings, "L-LACSS 20 s").sublimation_time_s == 20
    assert site_recipe(settings, "no such recipe").name == "LACSS 40 s"


def test_a_site_may_have_files_of_its_own(settings: Settings) -> None:
    line = (data_folder() / "line.toml").read_text()
    (settings.home / "line.toml").write_text(line.replace("LACSS reference line", "Line 7"))
    recipe = (data_folder() / "recipes" / "lacss_40s.toml").read_text()
    (settings.home / "recipe.toml").write_text(recipe.replace("LACSS 40 s", "ours"))
    assert site_line(settings).name == "Line 7"
    assert site_recipe(settings, "L-LACSS 20 s").name == "ours"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("yesterday", "as-of must be a time in ISO 8601, got 'yesterday'"),
        ("2026-01-05T06:00:00", "as-of needs an offset from UTC"),
    ],
)
def test_a_time_without_offset_is_no_moment(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        moment("as-of", text)


def test_an_offset_is_kept() -> None:
    assert moment("as-of", "2026-01-05T06:00:00Z").utcoffset() is not None
