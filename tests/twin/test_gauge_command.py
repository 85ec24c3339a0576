"""`lacss gauge` as typed: every study, as JSON and as tables, and refusals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from process_models.errors import InputError
from twin.commands import gauge

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[1] / "cases" / "gauge.json").read_text(encoding="utf-8")
    )
}
NAMED = ("--part", "part", "--operator", "operator", "--value", "y")


def run(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    gauge.register(app)
    return CliRunner().invoke(app, ["gauge", *map(str, arguments)])


def answer(*arguments: str | Path) -> Any:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.exception
    return json.loads(done.stdout)


def written(path: Path, header: str, rows: Sequence[Sequence[object]]) -> Path:
    lines = [header, *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def aiag(tmp_path: Path) -> Path:
    rows = CASES["crossed-aiag"]["data"]["rows"]
    table = [(r["part"], r["operator"], r["y"]) for r in rows]
    return written(tmp_path / "aiag.csv", "part,operator,y", table)


def test_crossed_study_of_reference(aiag: Path) -> None:
    expected = CASES["crossed-aiag"]["expected"]
    found = answer(aiag, *NAMED, "--tolerance", "8")
    for name in ("part", "operator", "interaction", "repeatability"):
        assert set(found["anova"][name]) == {"ss", "df", "ms", "f", "p"}
        assert found["anova"][name]["ss"] == pytest.approx(expected["SS"][name], rel=1e-8)
    assert set(found["variance"]) == {
        "repeatability", "operator", "interaction", "reproducibility", "gauge", "part", "total",
    }  # fmt: skip
    study = found["study"]
    assert study["percent_contribution"]["gauge"] == pytest.approx(7.762158675, rel=1e-8)
    assert study["percent_study"]["gauge"] == pytest.approx(27.86065088, rel=1e-8)
    assert study["percent_tolerance"]["gauge"] == pytest.approx(22.677864174, rel=1e-8)
    assert found["ndc"] == 4


@pytest.mark.parametrize("design", ["crossed", "nested", "expanded"])
@pytest.mark.parametrize("form", [("--json",), ()])
def test_every_design_speaks_both_forms(aiag: Path, design: str, form: tuple[str, ...]) -> None:
    done = run(aiag, *NAMED, "--design", design, *form)
    assert done.exit_code == 0, done.exception
    assert "repeatability" in done.stdout or "repeatab" in done.stdout


def test_other_multiplier_changes_only_the_tolerance(aiag: Path) -> None:
    six = answer(aiag, *NAMED, "--tolerance", "8")
    less = answer(aiag, *NAMED, "--tolerance", "8", "--study-multiplier", "5.15")
    ratio = less["study"]["percent_tolerance"]["gauge"] / six["study"]["percent_tolerance"]["gauge"]
    assert ratio == pytest.approx(5.15 / 6)
    assert less["study"]["percent_study"] == six["study"]["percent_study"]


def test_further_factors(tmp_path: Path) -> None:
    rows = [
        (p, o, d, 10 * p + o + 0.3 * d + ((p * 7 + o * 5 + d * 3 + r) % 4) / 10)
        for p in range(4) for o in range(2) for d in range(3) for r in range(2)
    ]  # fmt: skip
    file = written(tmp_path / "days.csv", "part,operator,day,y", rows[:-3])
    found = answer(file, *NAMED, "--design", "expanded", "--factors", "day")
    assert found["variance"]["day"] > 0
    assert found["replicates"] is None
    assert "only" not in run(file, *NAMED, "--factors", "day").stdout
    assert "need --design expanded" in str(run(file, *NAMED, "--factors", "day").exception)


@pytest.fixture
def master(tmp_path: Path) -> Path:
    """Readings of a master of 5.0, two a day."""
    readings = [5.1, 5.0, 5.2, 5.1, 5.0, 5.3, 5.1, 5.0]
    rows = [(f"day {i // 2}", value, 5.0) for i, value in enumerate(readings)]
    return written(tmp_path / "master.csv", "day,y,true", rows)


@pytest.mark.parametrize("reference", ["5", "true"])
def test_type1_takes_a_number_or_a_column(master: Path, reference: str) -> None:
    found = answer(master, "--value", "y", "--study", "type1", "--reference", reference,
                   "--tolerance", "4")  # fmt: skip
    assert found["bias"] == pytest.approx(0.1)
    assert found["cg"] == pytest.approx(0.8 / (6 * found["sd"]))
    assert found["cgk"] == pytest.approx((0.4 - 0.1) / (3 * found["sd"]))


def test_bias(master: Path) -> None:
    found = answer(master, "--value", "y", "--study", "bias", "--reference", "5")
    assert found["t"] == pytest.approx(0.1 / (found["sd"] / 8**0.5))
    assert found["bias_interval"]["low"] < 0.1 < found["bias_interval"]["high"]


def test_linearity_of_reference(tmp_path: Path) -> None:
    case = CASES["linearity-aiag"]
    rows = [(reference, value) for reference, row in case["data"].items() for value in row]
    file = written(tmp_path / "line.csv", "true,y", rows)
    found = answer(file, "--value", "y", "--study", "linearity", "--reference", "true",
                   "--process-variation", "6")  # fmt: skip
    assert found["slope"] == pytest.approx(case["expected"]["slope"], abs=1e-6)
    assert found["intercept"] == pytest.approx(case["expected"]["intercept"], abs=1e-6)
    done = run(file, "--value", "y", "--study", "type1", "--reference", "true", "--tolerance", "1")
    assert "one reference, got 5 different" in str(done.exception)


@pytest.mark.parametrize(("extra", "chart"), [(("--time", "day"), "xbar_r"), ((), "i_mr")])
def test_stability(master: Path, extra: tuple[str, ...], chart: str) -> None:
    found = answer(master, "--value", "y", "--study", "stability", "--reference", "5", *extra)
    assert found["chart"] == chart
    assert found["stable"] is True
    assert found["bias"]["bias"] == pytest.approx(0.1)


def test_attribute_agreement(tmp_path: Path) -> None:
    rows = [
        (p, o, "ok" if (p + (o == "b" and p == 1)) % 2 else "no", "ok" if p % 2 else "no")
        for p in range(6) for o in "ab" for _ in range(2)
    ]  # fmt: skip
    file = written(tmp_path / "said.csv", "part,operator,said,true", rows)
    found = answer(file, "--value", "said", "--part", "part", "--operator", "operator",
                   "--standard", "true", "--study", "attribute")  # fmt: skip
    assert found["versus_standard"]["a"]["percent"] == 100
    assert found["versus_standard"]["b"]["matched"] == 5
    assert found["pairs"][0]["operators"] == ["a", "b"]


@pytest.mark.parametrize(
    "arguments",
    [("--study", "type1", "--reference", "5", "--tolerance", "4"),
     ("--study", "bias", "--reference", "5"), ("--study", "stability", "--time", "day"),
     ("--study", "attribute", "--part", "true", "--operator", "day")],
)  # fmt: skip
def test_every_study_prints_a_table(master: Path, arguments: tuple[str, ...]) -> None:
    done = run(master, "--value", "y", *arguments)
    assert done.exit_code == 0, done.exception
    assert done.stdout


@pytest.mark.parametrize(
    "arguments",
    [("--value", "y"), (*NAMED, "--study", "nonsense"), ("--value", "y", "--study", "bias"),
     ("--value", "y", "--study", "type1", "--reference", "1"), NAMED[:4]],
)  # fmt: skip
def test_usage_errors(aiag: Path, arguments: tuple[str, ...]) -> None:
    assert run(aiag, *arguments).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((*NAMED, "--tolerance", "-1"), "tolerance must be above 0, got -1"),
     (("--part", "part", "--operator", "who", "--value", "y"), "no column 'who'"),
     ((*NAMED, "--design", "square"), "design must be one of crossed, nested, expanded"),
     ((*NAMED, "--interaction", "maybe"), "interaction must be one of"),
     (("--value", "operator", *NAMED[:4]), "row 1, column 'operator'"),
     (("--value", "y", "--study", "bias", "--reference", "much"), "must be a number or a column")],
)  # fmt: skip
def test_bad_requests_are_one_line(aiag: Path, arguments: tuple[str, ...], words: str) -> None:
    done = run(aiag, *arguments)
    assert isinstance(done.exception, InputError)
    assert words in str(done.exception)
    assert "aiag.csv" in str(done.exception)


@pytest.mark.parametrize(
    ("change", "words"),
    [(lambda rows: rows[1:], "must be measured 3 times as the others, got 2"),
     (lambda rows: [r for r in rows if r[1] == "A"], "at least 2 operators, got 1"),
     (lambda rows: rows[::3], "to tell repeatability, got 1"),
     (lambda rows: [(*r[:2], 5) for r in rows], "values must vary, all 90 are 5"),
     (lambda rows: [*rows[:4], (rows[4][0], rows[4][1], ""), *rows[5:]], "row 5, column 'y'"),
     (lambda rows: [*rows[:4], (rows[4][0], "", 1), *rows[5:]], "row 5, column 'operator'"),
     (lambda rows: [], "needs measurements, got none")],
)  # fmt: skip
def test_bad_data_are_one_line(tmp_path: Path, change: Any, words: str) -> None:
    given = CASES["crossed-aiag"]["data"]["rows"]
    rows = sorted((r["part"], r["operator"], r["y"]) for r in given)
    file = written(tmp_path / "bad.csv", "part,operator,y", change(rows))
    done = run(file, *NAMED)
    assert isinstance(done.exception, InputError)
    assert words in str(done.exception)
    assert len(str(done.exception)) < 390
