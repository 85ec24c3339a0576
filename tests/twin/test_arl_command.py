"""`lacss arl` as typed: JSON, tables, every reference figure, refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from process_models.errors import InputError
from twin.commands import arl

CASES = Path(__file__).resolve().parents[1] / "cases" / "run_length.json"


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    arl.register(app)
    return CliRunner().invoke(app, ["arl", *arguments])


def answer(*arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


def lengths(*arguments: str) -> list[float]:
    return list(answer(*arguments)["arl"])


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    return {case["id"][:3]: case["expected"] for case in cases}


def shifts(row: dict[str, Any]) -> str:
    return ",".join(str(shift) for shift in row["shift"])


def test_reference_shewhart(expected: dict[str, Any]) -> None:
    row = expected["V17"]["shewhart3"]
    found = lengths("--chart", "shewhart", "--shift", shifts(row))
    assert found == pytest.approx(row["arl"], rel=1e-8)


@pytest.mark.parametrize("at", [0, 1])
def test_reference_cusum(expected: dict[str, Any], at: int) -> None:
    row = expected["V17"]["cusum"][at]
    usual = ("--chart", "cusum", "--k", str(row["k"]), "--h", str(row["h"]), "--shift", shifts(row))
    assert lengths(*usual) == pytest.approx(row["arl_two"], rel=1e-8)
    assert lengths(*usual, "--one-sided") == pytest.approx(row["arl_one"], rel=1e-8)
    fast = lengths(*usual, "--head-start", str(row["h"] / 2))
    assert fast == pytest.approx(row["fir_half_two"], rel=1e-7)


@pytest.mark.parametrize("at", [0, 1])
def test_reference_ewma(expected: dict[str, Any], at: int) -> None:
    row = expected["V17"]["ewma_fixed_limits"][at]
    usual = (
        "--chart", "ewma", "--lambda", str(row["lambda"]), "--width", str(row["L"]),
        "--shift", shifts(row),
    )  # fmt: skip
    assert lengths(*usual, "--limits", "asymptotic") == pytest.approx(row["arl"], rel=1e-8)
    assert lengths(*usual, "--limits", "exact") == pytest.approx(row["arl_vacl"], rel=1e-6)
    assert lengths(*usual) == lengths(*usual, "--limits", "exact")


@pytest.mark.parametrize("at", [0, 1, 2])
def test_reference_run_rules(expected: dict[str, Any], at: int) -> None:
    row = expected["V18"]["table"][at]
    rules = ",".join(f"we_{number}" for number in row["rules"])
    found = lengths("--chart", "rules", "--rules", rules, "--shift", shifts(row))
    assert found == pytest.approx(row["arl"], rel=1e-9)


def test_all_keys_are_printed() -> None:
    found = answer("--chart", "cusum", "--shift", "0,1", "--quantiles", "0.1,0.5,0.9")
    assert set(found) == {"arl", "quantiles", "standard_error", "method", "parameters"}
    assert found["quantiles"]["0.5"] == [325, 9]
    assert found["standard_error"] is None
    assert found["method"] == "integral_equation"
    assert found["parameters"]["h"] == 5


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        (("shewhart",), "nsigma", 2.99967),
        (("shewhart", "--one-sided"), "nsigma", 2.78183),
        (("cusum", "--k", "0.5"), "h", 4.77383),
        (("ewma", "--lambda", "0.1", "--limits", "asymptotic"), "width", 2.70105),
        (("t2", "--variables", "2"), "h", 11.82702),
        (("t2", "--variables", "2"), "width", 11.82702),
        (("rules", "--rules", "beyond_limits,nelson_2"), "nsigma", 3.36783),
    ],
)
def test_design_for_370(arguments: tuple[str, ...], name: str, value: float) -> None:
    found = answer("--design", "--arl0", "370", "--chart", *arguments)
    assert found["arl"] == pytest.approx([370], rel=1e-6)
    assert found["parameters"][name] == pytest.approx(value, abs=2e-5)


def test_width_or_h_or_alpha_limits_a_multivariate_chart() -> None:
    usual = ("--chart", "t2", "--variables", "3")
    by_width = answer(*usual, "--width", "14.16")["arl"]
    assert by_width == answer(*usual, "--h", "14.16")["arl"]
    assert answer(*usual, "--alpha", "0.005")["arl"] == pytest.approx([200])
    assert answer(*usual)["arl"] == pytest.approx([1 / 0.0027])
    mewma = ("--chart", "mewma", "--lambda", "0.1", "--limits", "asymptotic", "--width", "8.63358")
    assert answer(*mewma)["arl"] == pytest.approx([200], rel=1e-5)


def test_ewma_without_width_is_as_wide_as_nsigma() -> None:
    assert answer("--chart", "ewma", "--nsigma", "2.5")["parameters"]["width"] == 2.5


def test_spread_phi_estimates_and_steady_state_reach_the_answer() -> None:
    usual = ("--chart", "shewhart")
    plain = lengths(*usual)[0]
    assert lengths(*usual, "--spread", "2")[0] == pytest.approx(7.4842, rel=1e-4)
    assert lengths(*usual, "--phi", "0.5")[0] == pytest.approx(396.2805307, rel=1e-8)
    assert lengths(*usual, "--estimated-from", "100")[0] == pytest.approx(455.913908, rel=1e-7)
    assert lengths(*usual, "--moving-range")[0] == pytest.approx(105.330932, rel=1e-7)
    rules = ("--chart", "rules", "--rules", "we", "--shift", "1")
    conditional, cyclical = (
        lengths(*rules, "--steady-state", "--steady-mode", mode)[0]
        for mode in ("conditional", "cyclical")
    )
    assert conditional == pytest.approx(8.5390854, rel=1e-7)
    assert cyclical == pytest.approx(8.5546555, rel=1e-7)
    assert plain == pytest.approx(370.3983473)


def test_a_simulated_answer_says_so() -> None:
    found = answer("--chart", "cusum", "--h", "3", "--phi", "0.4", "--shift", "0,1")
    assert found["method"] == "simulation"
    assert len(found["standard_error"]) == 2


def test_a_run_length_beyond_telling_is_null() -> None:
    assert answer("--chart", "rules", "--rules", "beyond_limits", "--nsigma", "9")["arl"] == [None]


def test_table_for_people() -> None:
    done = run("--chart", "cusum", "--shift", "0,1", "--quantiles", "0.5")
    assert done.exit_code == 0
    assert "465.4" in done.stdout
    assert "0.5 quantile" in done.stdout
    assert "integral equation" in done.stdout


def test_table_of_a_simulated_answer_shows_the_error() -> None:
    done = run("--chart", "cusum", "--h", "3", "--phi", "0.4")
    assert "standard error" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--chart", "p"), "chart must be one of shewhart, rules, cusum, ewma, mewma, t2, got 'p'"),
        (("--chart", "shewhart", "--shift", "0,x"), "shift must be numbers as 0,0.5,1, got '0,x'"),
        (("--chart", "shewhart", "--shift", ","), "shift must name at least one shift"),
        (("--chart", "rules", "--rules", "nelson_9"), "rule must be one of"),
        (("--chart", "cusum", "--h", "0"), "h must be above 0, got 0"),
        (("--chart", "shewhart", "--quantiles", "2"), "quantiles must be above 0 and below 1"),
        (("--chart", "t2", "--alpha", "3"), "alpha must be above 0 and below 1, got 3"),
        (("--chart", "t2", "--h", "9", "--width", "8"), "h and width both are the limit of t2"),
        (("--chart", "shewhart", "--estimated-from", "5"), "estimated-from must be above 10"),
        (("--chart", "shewhart", "--design", "--arl0", "0.5"), "arl0 must be above 1"),
        (("--chart", "ewma", "--limits", "wide"), "limits must be exact or asymptotic"),
        (("--chart", "shewhart", "--steady-state", "--steady-mode", "x"), "steady state must be"),
    ],
)
def test_wrong_values_are_one_line(arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments, "--json")
    assert isinstance(done.exception, InputError)
    assert message in str(done.exception)
    assert "\n" not in str(done.exception)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--chart", "shewhart", "--design"),
        ("--chart", "shewhart", "--arl0", "370"),
        ("--chart", "shewhart", "--alpha", "0.01"),
    ],
)
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
