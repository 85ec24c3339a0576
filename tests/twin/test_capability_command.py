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
