"""`lacss tolerance` as typed: JSON, tables, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from process_models.errors import InputError
from twin.commands import tolerance


def run(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    tolerance.register(app)
    return CliRunner().invoke(app, ["tolerance", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "values.csv"
    values = np.random.default_rng(1).normal(60, 1, 100)
    path.write_text("y\n" + "\n".join(f"{v:.4f}" for v in values), encoding="utf-8")
    return path


@pytest.mark.parametrize(("sides", "k"), [(2, 2.22282517471448), (1, 1.87395360585798)])
def test_factor(sides: int, k: float) -> None:
    done = run("--n", "43", "--coverage", "0.9", "--confidence", "0.99", "--sides", str(sides),
               "--json")  # fmt: skip
    assert json.loads(done.stdout)["k"] == pytest.approx(k, abs=1e-6)


@pytest.mark.parametrize(("extra", "n"), [((), 93), (("--sides", "1"), 59)])
def test_distribution_free_sample_size(extra: tuple[str, ...], n: int) -> None:
    done = run(
        "--distribution-free", "--coverage", "0.95", "--confidence", "0.95", *extra, "--json"
    )
    assert json.loads(done.stdout)["n"] == n


@pytest.mark.parametrize("extra", [(), ("--distribution-free",)])
def test_interval_of_a_column(file: Path, extra: tuple[str, ...]) -> None:
    found = json.loads(run(file, "--value", "y", "--json", *extra).stdout)
    assert found["low"] < 58.5
    assert found["high"] > 61.5
    assert found["n"] == 100
    assert found["normality_p"] > 0.01


def test_a_short_column_has_no_test_of_normality(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("y\n1\n2\n3\n", encoding="utf-8")
    assert json.loads(run(path, "--value", "y", "--json").stdout)["normality_p"] is None


def test_table_names_what_it_shows() -> None:
    done = run("--n", "43")
    assert done.exit_code == 0
    assert "two-sided" in done.stdout
    assert "2.4" in done.stdout


@pytest.mark.parametrize(
    "arguments", [(), ("--n", "five"), ("file.csv",), ("file.csv", "--value", "y", "--n", "5")]
)
def test_usage_errors(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--n", "1"), "at least 2"), (("--n", "5", "--coverage", "1.5"), "coverage"),
     (("--distribution-free", "--confidence", "0"), "confidence"),
     (("--n", "5", "--sides", "3"), "sides must be 1 or 2, got 3")],
)  # fmt: skip
def test_bad_values_are_one_line(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert isinstance(done.exception, InputError)
    assert words in str(done.exception)


def test_bad_file_names_row_or_column(file: Path) -> None:
    assert "no column 'z'" in str(run(file, "--value", "z").exception)
    file.write_text("y\n1\nx\n", encoding="utf-8")
    assert "row 2" in str(run(file, "--value", "y").exception)
    file.write_text("y\n1\n1\n", encoding="utf-8")
    assert "must vary" in str(run(file, "--value", "y").exception)
