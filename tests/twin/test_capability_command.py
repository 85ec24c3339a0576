"""`lacss capability` as a stranger uses it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from twin.cli import main

Run = Callable[..., tuple[int, str, str]]
CASES = Path(__file__).resolve().parents[1] / "cases" / "spc.json"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lacss", "capability", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.fixture
def rings(tmp_path: Path) -> Path:
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    rows = next(c for c in cases if c["id"].startswith("V14"))["data"]["phase1"]
    lines = [f"{i:03},{value}" for i, row in enumerate(rows) for value in row]
    path = tmp_path / "rings.csv"
    path.write_text("\n".join(["subgroup,diameter_mm", *lines]) + "\n", encoding="utf-8")
    return path


SPEC = ("--value", "diameter_mm", "--lsl", 73.95, "--usl", 74.05, "--target", 74)


def test_piston_rings_as_json(run: Run, rings: Path) -> None:
    code, out, err = run(rings, *SPEC, "--subgroup", "subgroup", "--json")
    assert (code, err) == (0, "")
    printed = json.loads(out)
    assert printed["n"] == 125
    assert printed["sigma_within"] == pytest.approx(0.009785337607412918, rel=1e-9)
    assert printed["indices"]["cp"]["value"] == pytest.approx(1.70323, abs=1e-5)
    assert printed["indices"]["cpk"]["low"] == pytest.approx(1.44808, abs=1e-5)
    assert set(printed["ppm"]) == {"observed", "expected_within", "expected_overall"}
    assert printed["in_control"] is True


def test_confidence_narrows_the_interval(run: Run, rings: Path) -> None:
    wide = json.loads(run(rings, *SPEC, "--json", "--confidence", 0.99)[1])["indices"]["pp"]
    narrow = json.loads(run(rings, *SPEC, "--json", "--confidence", 0.8)[1])["indices"]["pp"]
    assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]


def test_readable_output(run: Run, rings: Path) -> None:
    code, out, _ = run(rings, *SPEC, "--subgroup", "subgroup")
    assert code == 0
    for word in ("cpk", "95 % low", "sigma within", "in control"):
        assert word in out


def test_signals_are_said_beside_the_indices(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("x\n" + "\n".join(["1", "2"] * 10) + "\n99\n", encoding="utf-8")
    _, out, _ = run(path, "--value", "x", "--usl", 100)
    assert "has signals" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--value", "diameter_mm", "--lsl", 75, "--usl", 74), ("lsl must be below usl", "75")),
        (("--value", "diameter_mm"), ("needs lsl, usl or both",)),
        (("--value", "width", "--lsl", 1), ("no column 'width'",)),
        ((*SPEC, "--subgroup", "lot"), ("no column 'lot'",)),
        ((*SPEC, "--confidence", 2), ("confidence", "got 2")),
        ((*SPEC, "--distribution", "pareto"), ("distribution", "'pareto'")),
    ],
)
def test_wrong_data_is_one_line_and_exit_code_1(
    run: Run, rings: Path, arguments: tuple[object, ...], words: tuple[str, ...]
) -> None:
    code, out, err = run(rings, *arguments, "--json")
    assert (code, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    for word in ("rings.csv", *words):
        assert word in err


def test_rounded_constants_give_the_numbers_of_the_reference(run: Run, rings: Path) -> None:
    _, out, _ = run(rings, *SPEC, "--subgroup", "subgroup", "--constants", "rounded", "--json")
    cp = json.loads(out)["indices"]["cp"]
    assert list(cp.values()) == pytest.approx([1.70328061, 1.49141089, 1.91482638], rel=1e-8)


def test_a_fitted_distribution(run: Run, rings: Path) -> None:
    code, out, err = run(rings, *SPEC, "--distribution", "weibull", "--seed", 4, "--json")
    assert (code, err) == (0, "")
    printed = json.loads(out)
    assert printed["distribution"]["name"] == "weibull"
    assert printed["distribution"]["bootstrap"]["seed"] == 4
    assert printed["indices"]["cp"]["value"] is None
    assert printed["indices"]["ppk"]["low"] < printed["indices"]["ppk"]["value"]


def test_auto_prints_its_ranking(run: Run, rings: Path) -> None:
    code, out, _ = run(rings, *SPEC, "--distribution", "auto")
    assert code == 0
    assert "By AICc:" in out
    assert "Anderson-Darling" in out


def test_between_and_within(run: Run, rings: Path) -> None:
    arguments = (rings, *SPEC, "--subgroup", "subgroup", "--between-within")
    printed = json.loads(run(*arguments, "--json")[1])
    total = printed["sigma_between"] ** 2 + printed["sigma_within"] ** 2
    assert printed["sigma_between_within"] ** 2 == pytest.approx(total)
    assert "sigma between" in run(*arguments)[1]


def test_a_natural_boundary(run: Run, rings: Path) -> None:
    _, out, _ = run(rings, "--value", "diameter_mm", "--lsl", 0, "--usl", 75, "--lsl-natural",
                    "--json")  # fmt: skip
    indices = json.loads(out)["indices"]
    assert indices["cpl"]["value"] is None
    assert indices["cpk"] == indices["cpu"]


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    path = tmp_path / "counts.csv"
    path.write_text("bad,flaws,n\n3,4,100\n5,2,100\n2,6,100\n", encoding="utf-8")
    return path


def test_defective_items(run: Run, counts: Path) -> None:
    arguments = (counts, "--defectives", "bad", "--size", "n")
    printed = json.loads(run(*arguments, "--json")[1])
    assert printed["proportion"]["value"] == pytest.approx(1 / 30)
    assert printed["process_z"]["value"] == pytest.approx(1.834, abs=1e-3)
    assert "10 defective of 300 items" in run(*arguments)[1]


def test_defects(run: Run, counts: Path) -> None:
    arguments = (counts, "--defects", "flaws", "--size", "n")
    assert json.loads(run(*arguments, "--json")[1])["dpu"]["value"] == pytest.approx(0.04)
    assert "12 defects on 300 units" in run(*arguments)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--size", "n"),
        ("--defectives", "bad"),
        ("--value", "bad", "--size", "n"),
        ("--value", "bad", "--defects", "flaws", "--size", "n"),
    ],
)
def test_columns_that_do_not_go_together_are_a_usage_error(
    run: Run, counts: Path, arguments: tuple[str, ...]
) -> None:
    code, out, _ = run(counts, *arguments)
    assert (code, out) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--defectives", "n", "--size", "bad"), ("counts.csv", "'n'", "sample 1", "100 of 3")),
        (("--value", "bad", "--usl", 9, "--distribution", "johnson"), ("at least 8", "got 3")),
        (("--value", "bad", "--usl", 9, "--target", 10), ("target must not be above usl 9",)),
        (("--value", "bad", "--usl", 9, "--interval-df", "exact"), ("interval-df", "'exact'")),
        (("--value", "n", "--usl", 9), ("values that vary, all 3 are 100",)),
    ],
)
def test_more_wrong_data(
    run: Run, counts: Path, arguments: tuple[object, ...], words: tuple[str, ...]
) -> None:
    code, out, err = run(counts, *arguments, "--json")
    assert (code, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    for word in words:
        assert word in err
