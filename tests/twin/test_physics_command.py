"""`lacss physics`: the systems of the paper and any recipe, as a stranger runs them."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from process_models.errors import InputError
from process_models.physics import limits
from twin.cli import build
from twin.recipe import reference_recipes

ROOT = Path(__file__).resolve().parents[2]
RECIPE = """[recipe]
name = "mine"
process = "lacss"
foil_thickness_um = 100
sublimation_time_s = 30
chamber_temperature_c = 178
vapour_g_l = 3.6
thickness_um = 70
"""


def lacss(*arguments: str) -> str:
    done = CliRunner().invoke(build(), ["physics", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_systems_as_json() -> None:
    payload = json.loads(lacss("systems", "--json", "--draws", "50"))
    assert [one["name"] for one in payload["systems"]][:2] == ["bare_li", "deposited_foil"]
    figure = payload["figures"][0]
    assert set(figure) >= {
        "system", "quantity", "unit", "paper", "median", "low", "high", "agrees", "told",
    }  # fmt: skip
    assert payload["draws"] == 50
    open_ended = [one for one in payload["figures"] if one["paper"].startswith(">")]
    assert all(one["paper_high"] is None for one in open_ended)


def test_systems_as_a_table_and_as_the_page() -> None:
    assert "drac_li" in lacss("systems", "--draws", "20")
    assert lacss("systems", "--markdown") == (ROOT / "docs" / "materials_table.md").read_text(
        encoding="utf-8"
    )


def test_a_system_runs_as_json() -> None:
    payload = json.loads(lacss("run", "lacss", "--draws", "60", "--json"))
    steps = {one["quantity"]: one for one in payload["steps"]}
    assert payload["limits"] == []
    assert steps["thickness_um"]["median"] == pytest.approx(60.0)
    assert steps["loading_mg_cm2"]["unit"] == "mg/cm2"
    assert payload["steps"][0]["stage"] == "deposit"
    assert payload["steps"][-1]["stage"] == "cell"


def test_the_same_seed_prints_the_same() -> None:
    first, again, other = (
        lacss("run", "h_lacss", "--json", "--draws", "40", "--seed", seed) for seed in "112"
    )
    assert first == again != other


def test_a_recipe_runs(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(RECIPE)
    payload = json.loads(lacss("run", "--recipe", str(path), "--draws", "40", "--json"))
    steps = {one["quantity"]: one for one in payload["steps"]}
    assert payload["name"] == "mine"
    assert steps["thickness_um"]["median"] == pytest.approx(70.0)


def test_a_recipe_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(RECIPE.replace("thickness_um = 70", "thickness_um = 170"))
    payload = json.loads(lacss("run", "--recipe", str(path), "--draws", "5", "--json"))
    assert "above the incoming foil" in payload["limits"][0]
    done = CliRunner().invoke(build(), ["physics", "run", "--recipe", str(path), "--draws", "5"])
    assert "no prediction, because thickness_um 170" in done.stderr


def test_fitted_constants_replace_the_priors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Effects of laboratories, which a posterior holds too, are left out."""
    draws = {"ccd0_ma_cm2": np.full(4, 2.0), "ccd_spread": np.full(4, 1e-9), "lab:x": np.ones(4)}
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))
    monkeypatch.setattr(
        "twin.quality_artifact.load_or_fit", lambda home, progress: SimpleNamespace(draws=draws)
    )
    payload = json.loads(lacss("run", "bare_li", "--fitted", "--draws", "9", "--json"))
    (ccd,) = (one for one in payload["steps"] if one["quantity"] == "ccd_ma_cm2")
    assert payload["fitted"] is True
    assert (ccd["low"], ccd["high"]) == pytest.approx((2.0, 2.0))
    assert "fitted quality model" in lacss("systems", "--fitted", "--draws", "9")


@pytest.mark.parametrize("name", ["nonsense", "LACSS", ""])
def test_an_unknown_system_is_one_line(name: str) -> None:
    with pytest.raises(InputError, match=r"^system must be one of bare_li"):
        lacss("run", name)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises((InputError, OSError)):
        lacss("run", "--recipe", str(tmp_path / "missing.toml"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("run", "lacss", "--recipe", "x.toml"),
        ("run", "lacss", "--draws", "0"),
        ("systems", "--json", "--markdown"),
        ("systems", "--fitted", "--markdown"),
        ("nonsense",),
    ],
)
def test_usage_errors_end_with_2(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(build(), ["physics", *arguments])
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match=r"^level must lie between 0 and 1, got 2"):
        lacss("run", "lacss", "--level", "2")


@pytest.mark.parametrize("name", sorted(reference_recipes()))
def test_every_recipe_that_comes_with_the_product_can_be_made(name: str) -> None:
    assert limits(reference_recipes()[name].settings) == ()
