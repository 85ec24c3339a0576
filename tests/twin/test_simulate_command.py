"""`lacss simulate` and `lacss kpi`: JSON, tables, files and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from process_models.errors import InputError
from twin.cli import build
from twin.settings import data_folder

LINE = """
[line]
name = "two"
[[station]]
name = "a"
service_s = {distribution = "exponential", mean = 100}
[[station]]
name = "b"
buffer = 2
service_s = {distribution = "exponential", mean = 90}
"""
RUNNER = CliRunner()


@pytest.fixture
def line(tmp_path: Path) -> Path:
    path = tmp_path / "line.toml"
    path.write_text(LINE)
    return path


def lacss(*arguments: object, fails: bool = False) -> Result:
    result = RUNNER.invoke(build(), [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert (result.exit_code != 0) == fails, result.output
    return result


def test_json_is_one_object(line: Path) -> None:
    result = lacss("simulate", line, "--hours", 20, "--replications", 3, "--seed", 1, "--json")
    found = json.loads(result.stdout)
    assert found["replications"] == 3
    low, mean, high = (found["throughput_per_h"][key] for key in ("low", "mean", "high"))
    assert low < mean < high


def test_a_table_for_people(line: Path) -> None:
    text = lacss("simulate", line, "--hours", 20).stdout
    assert "two" in text
    assert "bottleneck" in text


def test_departures_of_one_run_have_the_agreed_columns(line: Path, tmp_path: Path) -> None:
    path = tmp_path / "out" / "departures.parquet"
    lacss("simulate", line, "--lots", 30, "--seed", 1, "--departures", path)
    table = pd.read_parquet(path)
    assert list(table.columns) == ["lot", "station", "start_s", "finish_s", "depart_s"]
    assert len(table) == 60
    assert (table["start_s"] <= table["finish_s"]).all()
    assert str(table["depart_s"].dtype) == "float64"


def test_records_of_several_runs_are_told_apart(line: Path, tmp_path: Path) -> None:
    lacss("simulate", line, "--lots", 5, "--replications", 2, "--records", tmp_path / "records")
    names = sorted(path.name for path in (tmp_path / "records").iterdir())
    assert names == ["events.parquet", "genealogy.parquet", "lots.parquet", "visits.parquet"]
    assert set(pd.read_parquet(tmp_path / "records" / "visits.parquet")["replication"]) == {1, 2}


@pytest.mark.parametrize(
    "arguments", [(), ("--hours", 1, "--lots", 1), ("--hours", 1, "--engine", "magic")]
)
def test_usage_errors_exit_with_2(line: Path, arguments: tuple[object, ...]) -> None:
    assert lacss("simulate", line, *arguments, fails=True).exit_code == 2


def test_a_bad_recipe_stops_the_run(line: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('[recipe]\nname = "x"\nsublimation_time_s = -40\n')
    with pytest.raises(InputError, match=r"recipe\.toml: recipe"):
        lacss("simulate", line, "--hours", 1, "--recipe", recipe)


def test_oee() -> None:
    arguments = ["--busy-s", 480, "--down-s", 45, "--setup-s", 15, "--run-s-per-item", 0.9]
    result = lacss("kpi", "oee", *arguments, "--produced", 400, "--good", 380, "--json")
    assert json.loads(result.stdout)["oee"] == pytest.approx(0.7125)
    assert "availability" in lacss("kpi", "oee", *arguments, "--produced", 4, "--good", 3).stdout


def test_warm_up(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text("x,y\n" + "\n".join(f"{n},{-9 if n < 5 else n % 3}" for n in range(60)))
    result = lacss("kpi", "warm-up", path, "--value", "y", "--json")
    assert json.loads(result.stdout)["truncation_observations"] == 5
    with pytest.raises(InputError, match=r"series\.csv: needs a column z, got x, y"):
        lacss("kpi", "warm-up", path, "--value", "z")
    path.write_text("y\n1\nmuch\n")
    with pytest.raises(InputError, match="row 2: y must be a finite number, got 'much'"):
        lacss("kpi", "warm-up", path, "--value", "y")


def test_bottleneck(tmp_path: Path) -> None:
    path = tmp_path / "active.csv"
    path.write_text("machine,start_s,end_s\nA,0,10\nB,8,22\n007,3,9\n")
    found = json.loads(lacss("kpi", "bottleneck", path, "--json").stdout)
    assert found["sequence"][1] == {"machine": "B", "start_s": 8.0, "end_s": 22.0}
    assert set(found["sole_share"]) == {"A", "B", "007"}
    assert "Shares" in lacss("kpi", "bottleneck", path).stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("machine,start_s,end_s\nA,10,10\n", "row 1: end_s must be above start_s 10.0, got 10.0"),
        ("machine,start_s,end_s\nA,0,nan\n", "row 1: end_s must be a finite number, got 'nan'"),
        ("machine,start_s,end_s\n,0,1\n", "row 1: machine must not be empty"),
        ("machine,start_s\nA,0\n", "needs a column end_s"),
        ("start_s,end_s\n0,1\n", "needs a column machine"),
        ("machine,start_s,end_s\n", "needs at least one row"),
        ("", "needs a header row, the file is empty"),
    ],
)
def test_bad_periods(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "active.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        lacss("kpi", "bottleneck", path)


def test_with_a_recipe_the_records_hold_what_gauges_would_have_read(
    line: Path, tmp_path: Path
) -> None:
    line.write_text(LINE.replace('"a"', '"wind"').replace('"b"', '"roll"'))
    recipe = data_folder() / "recipes" / "lacss_40s.toml"
    folder = tmp_path / "records"
    lacss("simulate", line, "--lots", 4, "--recipe", recipe, "--replications", 2,
          "--records", folder)  # fmt: skip
    table = pd.read_parquet(folder / "measurements.parquet")
    assert {"measured_at", "lot_id", "station", "characteristic", "value", "unit"} <= set(table)
    assert set(table["provenance"]) == {"simulated"}
    thickness = table[table["characteristic"] == "thickness_um"]
    assert thickness.groupby("replication").size().tolist() == [20, 20]
    first, second = (part["value"].tolist() for _, part in thickness.groupby("replication"))
    assert first != second


def test_records_of_a_line_without_gauges_hold_an_empty_table(line: Path, tmp_path: Path) -> None:
    recipe = data_folder() / "recipes" / "lacss_40s.toml"
    lacss("simulate", line, "--lots", 2, "--recipe", recipe, "--records", tmp_path)
    assert len(pd.read_parquet(tmp_path / "measurements.parquet")) == 0
