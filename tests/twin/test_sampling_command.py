"""`lacss sampling` as typed: JSON, tables, refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from process_models.errors import InputError
from twin.commands import sampling

CASES = json.loads((Path(__file__).parents[1] / "cases" / "gauge.json").read_text(encoding="utf-8"))
EXPECTED = next(case for case in CASES if case["id"] == "single-plan")["expected"]
PROMISES = ("--prp", "0.01,0.95", "--crp", "0.05,0.10")


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    sampling.register(app)
    return CliRunner().invoke(app, ["sampling", *arguments])


def answer(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def test_reference_plan_with_its_curve() -> None:
    found = answer(*PROMISES, "--oc", ",".join(map(str, EXPECTED["pd"])))
    assert (found["n"], found["c"]) == (EXPECTED["n"], EXPECTED["c"])
    accept = [point["accept"] for point in found["oc"]]
    assert accept == pytest.approx(EXPECTED["pa"], rel=1e-9)
    assert found["keeps_promises"] is True


@pytest.mark.parametrize(("extra", "key"), [((), "var_unknown"), (("--known-sigma",), "var_known")])
def test_reference_plans_by_variables(extra: tuple[str, ...], key: str) -> None:
    found = answer(*PROMISES, "--type", "variables", *extra)
    assert found["n"] == EXPECTED[key]["n"]
    assert found["k"] == pytest.approx(EXPECTED[key]["k"], abs=2e-6)


def test_double_plan() -> None:
    found = answer(*PROMISES, "--type", "double")
    assert len(found["n"]) == len(found["c"]) == len(found["r"]) == 2


def test_given_double_plan_has_a_curve_without_asking() -> None:
    found = answer("--n", "125,125", "--c", "1,4", "--r", "4,5", "--lot-size", "1000")
    assert found["n"] == [125, 125]
    assert len(found["oc"]) > 10
    assert found["oc"][0]["accept"] > 0.99


def test_given_plan_by_variables() -> None:
    found = answer("--n", "55", "--k", "1.952", "--oc", "0.01,0.05", *PROMISES)
    assert [p["accept"] for p in found["oc"]] == pytest.approx([0.95, 0.097], abs=1e-3)
    assert found["consumer_risk"] == pytest.approx(0.097, abs=1e-3)


def test_table() -> None:
    done = run("--n", "125,125", "--c", "1,4", "--r", "4,5")
    assert done.exit_code == 0
    assert "[125, 125]" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [(), ("--prp", "0.01,0.95"), (*PROMISES, "--type", "triple"), ("--n", "5"),
     ("--n", "5", "--c", "1", "--k", "2"), ("--n", "x", "--c", "1"), ("--n", "5,5", "--k", "2"),
     ("--prp", "0.01", "--crp", "0.05,0.1"), (*PROMISES, "--oc", "a")],
)  # fmt: skip
def test_usage_errors(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--prp", "0.05,0.95", "--crp", "0.01,0.1"), "--prp must be below"),
     (("--prp", "1.5,0.95", "--crp", "0.01,0.1"), "above 0 and below 1, got 1.5"),
     (("--n", "125,125", "--c", "4,1"), "c must not fall"),
     (("--n", "125,125", "--c", "1,4", "--lot-size", "200"), "fit into the lot of 200"),
     ((*PROMISES, "--lot-size", "10"), "no single plan"),
     (("--n", "5", "--c", "1", "--oc", "1.2"), "from 0 to 1, got 1.2"),
     ((*PROMISES, "--distribution", "normal"), "distribution must be one of")],
)  # fmt: skip
def test_bad_values_are_one_line(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert isinstance(done.exception, InputError)
    assert words in str(done.exception)
