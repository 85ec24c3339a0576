"""`lacss budget` as typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from process_models.errors import InputError
from twin.commands import budget

PLAN = """
[plan]
name = "two charts"

[[characteristic]]
name = "thickness_um"
station = "roll"
unit = "um"
chart = "xbar_r"
subgroup = 5
rules = { beyond_limits = "major", nelson_2 = "minor" }

[[characteristic]]
name = "loading_mg_cm2"
station = "sublimation"
unit = "mg/cm2"
chart = "ewma"
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    monkeypatch.setenv("COLUMNS", "240")
    return tmp_path


@pytest.fixture
def plan_file(tmp_path: Path) -> str:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return str(path)


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    budget.register(app)
    return CliRunner().invoke(app, ["budget", *arguments])


def answer(*arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


def test_a_plan_as_it_is(plan_file: str) -> None:
    found = answer("--plan", plan_file, "--lots-per-week", "100")
    assert found["plan"] == "two charts"
    assert found["shifts"] == [1.0, 2.0]
    rows = found["charts"]
    assert [row["chart"] for row in rows] == ["xbar_r", "ewma"]
    for row in rows:
        assert row["points_per_week"] == 100
        assert row["rate"] == "assumed"
        assert row["false_alarms_per_week"] == pytest.approx(100 / row["arl0"])
    total = sum(row["false_alarms_per_week"] for row in rows)
    assert found["false_alarms_per_week"] == pytest.approx(total)
    assert found["budget"] is None
    assert found["proposal"] is None


def test_a_budget_gets_a_proposal(plan_file: str) -> None:
    found = answer("--plan", plan_file, "--budget", "0.5", "--shift", "1.5")
    proposal = found["proposal"]
    assert found["budget"] == 0.5
    assert proposal["false_alarms_per_week"] <= 0.5
    assert proposal["least_delay_h"] <= proposal["weighted_delay_h"] * 1.001
    assert [delay["shift"] for delay in proposal["charts"][0]["delays"]] == [1.5]


def test_the_site_plan_is_the_usual_one() -> None:
    found = answer("--assume")
    assert found["plan"] == "LACSS reference line"
    assert len(found["charts"]) > 10


def test_assuming_leaves_the_store_alone(home: Path, plan_file: str) -> None:
    answer("--plan", plan_file, "--assume")
    assert not (home / "home" / "lacss.db").exists()


def test_tables_for_people(plan_file: str) -> None:
    done = run("--plan", plan_file, "--budget", "1")
    assert done.exit_code == 0
    assert "two charts: as it is" in done.stdout
    assert "Within 1 false alarms a week" in done.stdout
    assert "nelson_2" in done.stdout
    assert "alarms a week" in done.stdout
    assert "h at 2 sigma" in done.stdout
    assert "No choice of these rules and limits has less than" in done.stdout


def test_charts_that_are_not_counted_are_named(plan_file: str, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    more = '[[characteristic]]\nname = "defects"\nstation = "inspect"\nunit = "1"\nchart = "c"\n'
    other.write_text(PLAN + more, encoding="utf-8")
    done = run("--plan", str(other))
    assert "not counted: defects at inspect: no run lengths for chart c" in done.stdout
    row = answer("--plan", str(other))["not_counted"][0]
    assert row["characteristic"] == "defects"


def test_weights_are_read(plan_file: str) -> None:
    plain = answer("--plan", plan_file)
    weighed = answer("--plan", plan_file, "--weights", "thickness_um=3, loading_mg_cm2=1")
    assert weighed["weighted_delay_h"] > plain["weighted_delay_h"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--shift", "a"), "shift must be numbers as 1,2, got 'a'"),
        (("--shift", "0"), "a shift must be finite and not 0, got 0"),
        (("--shift", ","), "at least one chart and one shift"),
        (("--budget", "0"), "budget must be above 0 false alarms a week, got 0"),
        (("--budget", "1e-9"), "budget must be at least"),
        (("--lots-per-week", "0"), "lots-per-week must be above 0, got 0"),
        (("--weights", "thickness_um"), "weights must be as life_h=5,thickness_um=2"),
        (("--weights", "x=1"), "weights: 'x' is not a characteristic"),
        (("--weights", "thickness_um=-1"), "weight of chart xbar_r must be above 0, got -1"),
    ],
)
def test_wrong_values_are_one_line(
    plan_file: str, arguments: tuple[str, ...], message: str
) -> None:
    done = run("--plan", plan_file, *arguments, "--json")
    assert isinstance(done.exception, InputError)
    assert message in str(done.exception)
    assert "\n" not in str(done.exception)


def test_a_plan_that_is_not_there() -> None:
    done = run("--plan", "nowhere.toml")
    assert isinstance(done.exception, InputError)
    assert "nowhere.toml" in str(done.exception)
