"""`lacss chart` as a stranger uses it: reference charts, refusals, readable output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from twin.cli import main

CASES = {
    c["id"][:3]: c
    for c in json.loads(
        (Path(__file__).resolve().parents[1] / "cases" / "spc.json").read_text(encoding="utf-8")
    )
    if not c["id"].endswith("xbar-S")
}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the command in this process; exit code, stdout, stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lacss", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    def write(header: str, rows: Iterable[Sequence[object]]) -> Path:
        path = tmp_path / "t.csv"
        lines = [header, *(",".join(map(str, row)) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def drawn(run: Run, *arguments: object) -> dict[str, Any]:
    code, out, err = run("chart", *arguments, "--json")
    assert (code, err) == (0, "")
    return dict(json.loads(out))


def flagged(chart: dict[str, Any], panel: str, rule: str = "beyond_limits") -> list[int]:
    return [s["point"] for s in chart["signals"] if (s["panel"], s["rule"]) == (panel, rule)]


def test_piston_rings_from_a_wide_and_a_long_table(run: Run, table: Callable[..., Path]) -> None:
    case = CASES["V02"]
    rows = case["data"]["phase1"] + case["data"]["phase2"]
    options = ("--chart", "xbar_r", "--phase1", 25)
    wide = drawn(run, table("a,b,c,d,e", rows), *options, "--columns", "a,b,c,d,e")
    tall = [(f"{i:03}", v) for i, row in enumerate(rows) for v in row]
    long = drawn(run, table("s,x", tall), *options, "--value", "x", "--subgroup", "s")
    assert wide == long
    assert wide["panels"][0]["ucl"] == pytest.approx(case["expected"]["xbar_ucl"], rel=1e-9)
    assert flagged(wide, "xbar") == case["expected"]["xbar_beyond_limits_1based"]


def test_an_empty_cell_of_a_ragged_subgroup_is_not_measured(
    run: Run, table: Callable[..., Path]
) -> None:
    path = table("a,b,c", [(1, 3, ""), (2, 6, 4), (4, 4, 4)])
    chart = drawn(run, path, "--chart", "xbar_s", "--columns", "a,b,c")
    assert chart["panels"][0]["points"] == [2.0, 4.0, 4.0]
    assert len(chart["panels"][0]["ucl"]) == 3


def test_proportions_with_excluded_points(run: Run, table: Callable[..., Path]) -> None:
    case = CASES["V04"]["data"]
    rows = list(zip(case["counts"], case["sizes"], strict=True))
    options = ("--chart", "p", "--value", "d", "--size", "n", "--exclude", "15,23")
    chart = drawn(run, table("d,n", rows), *options)
    assert chart["panels"][0]["centre_line"] == pytest.approx(0.215, rel=1e-9)
    assert chart["excluded"] == [15, 23]
    assert {15, 23} <= set(flagged(chart, "p"))


def test_cusum_prints_since_when(run: Run, table: Callable[..., Path]) -> None:
    case = CASES["V11"]
    path = table("x", [[v] for v in case["data"]["x"]])
    options = ("--value", "x", "--centre", 10, "--sigma", 1, "--k", 0.5, "--h", 5)
    chart = drawn(run, path, "--chart", "cusum", *options)
    assert [p["statistic"] for p in chart["panels"]] == ["cusum_high", "cusum_low"]
    assert chart["n_plus"] == case["expected"]["n_plus"]
    assert flagged(chart, "cusum_high") == [29, 30]


@pytest.mark.parametrize("number", ["V10", "V12"])
def test_ewma_of_the_handbooks(run: Run, table: Callable[..., Path], number: str) -> None:
    case = CASES[number]
    p = case["parameters"]
    path = table("x", [[v] for v in case["data"]["x"]])
    chart = drawn(
        run, path, "--chart", "ewma", "--value", "x", "--centre", p["target"], "--sigma",
        p["sigma"], "--lambda", p["lambda"], "--width", p["L"], "--limits", p["limits"],
    )  # fmt: skip
    assert chart["panels"][0]["points"] == pytest.approx(case["expected"]["z"], rel=1e-9)
    assert isinstance(chart["panels"][0]["ucl"], list) == (p["limits"] == "exact")
    assert flagged(chart, "ewma") == case["expected"]["signals_1based"]


def test_run_rules_by_set_and_by_name(run: Run, table: Callable[..., Path]) -> None:
    case = CASES["V13"]
    path = table("x", [[v] for v in case["data"]["x"]])
    options = ("--value", "x", "--centre", 0, "--sigma", 1, "--rules", "nelson,we_4")
    chart = drawn(run, path, "--chart", "i_mr", *options)
    assert flagged(chart, "individual", "nelson_7") == case["expected"]["N7"]
    assert flagged(chart, "individual", "we_4") == case["expected"]["WE4_8run"]


def test_readable_output_names_limits_and_signals(run: Run, table: Callable[..., Path]) -> None:
    path = table("x", [[v] for v in (9.9, 10.1, 10.0, 9.8, 10.2, 12.0)])
    code, out, err = run("chart", path, "--chart", "i_mr", "--value", "x", "--phase1", 5)
    assert (code, err) == (0, "")
    for word in ("individual", "moving_range", "LCL", "2 signals", "beyond_limits"):
        assert word in out
    _, quiet, _ = run("chart", path, "--chart", "i_mr", "--value", "x", "--rules", "nelson_2")
    assert "No signals." in quiet


def test_varying_limits_and_many_signals_stay_readable(
    run: Run, table: Callable[..., Path]
) -> None:
    path = table("d,n", [(i % 9, 10 + i) for i in range(90)])
    code, out, _ = run("chart", path, "--chart", "p", "--value", "d", "--size", "n",
                       "--nsigma", 0.01)  # fmt: skip
    assert code == 0
    assert " to " in out
    assert "more; --json has all." in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--chart", "pie", "--value", "x"), ("chart must be one of", "'pie'")),
        (("--chart", "i_mr", "--value", "y"), ("no column 'y'", "columns are x, d, n, t")),
        (("--chart", "i_mr", "--value", "t"), ("row 1", "column 't'", "'a'")),
        (("--chart", "i_mr", "--value", "x", "--rules", "nelson_9"), ("rule", "'nelson_9'")),
        (("--chart", "i_mr", "--value", "x", "--phase1", 9), ("t.csv", "phase1", "3, got 9")),
        (("--chart", "i_mr", "--value", "x", "--exclude", 9), ("excluded point", "got 9")),
        (("--chart", "i_mr", "--value", "x", "--nsigma", -1), ("nsigma", "above 0", "-1")),
        (("--chart", "xbar_r", "--value", "x"), ("xbar_r needs subgroups",)),
        (("--chart", "p", "--value", "d", "--size", "n"), ("row 2, column 'd'", "at most", "9")),
        (("--chart", "c", "--value", "x"), ("row 1, column 'x'", "whole number", "1.5")),
        (("--chart", "p", "--value", "d"), ("--size",)),
        (("--chart", "p", "--value", "d", "--size", "z"), ("row 3, column 'z'", "above 0")),
    ],
)
def test_wrong_data_is_one_line_and_exit_code_1(
    run: Run, table: Callable[..., Path], arguments: tuple[object, ...], words: tuple[str, ...]
) -> None:
    path = table("x,d,n,t,z", [(1.5, 1, 5, "a", 5), (2, 9, 5, "b", 5), (2.5, 1, 5, "c", 0)])
    code, out, err = run("chart", path, *arguments, "--json")
    assert (code, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    assert len(err) <= 400
    for word in words:
        assert word in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("t.csv", "--value", "x"),
        ("t.csv", "--chart", "i_mr"),
        ("t.csv", "--chart", "i_mr", "--value", "x", "--columns", "x"),
        ("--chart", "i_mr"),
        ("t.csv", "--stored", "x", "--chart", "i_mr"),
        ("t.csv", "--chart", "i_mr", "--value", "x", "--exclude", "two"),
        ("t.csv", "--chart", "xbar_r", "--columns", "x", "--subgroup", "x"),
        ("t.csv", "--chart", "short_run", "--value", "x", "--targets", "a"),
        ("t.csv", "--chart", "ar_residual", "--value", "x", "--order", "1"),
        ("--stored", "x", "--stage", "x"),
    ],
)
def test_usage_errors_end_with_2(
    run: Run, table: Callable[..., Path], arguments: tuple[str, ...], monkeypatch: Any
) -> None:
    monkeypatch.chdir(table("x", [(1,), (2,)]).parent)
    code, _, err = run("chart", *arguments)
    assert code == 2
    assert "Traceback" not in err


def test_stored_measurements_are_charted_in_their_order(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime, timedelta

    from twin.measurement import Measurement
    from twin.store import Store

    monkeypatch.setenv("LACSS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    start = datetime(2026, 1, 5, tzinfo=UTC)
    rows = [
        Measurement(
            measured_at=start + timedelta(minutes=i), lot_id=f"L{i}", station="wind",
            characteristic="site_width_mm", value=v, unit="mm",
        )
        for i, v in enumerate((9.9, 10.1, 10.0, 9.8, 10.2, 12.0))
    ]  # fmt: skip
    with Store.open() as store:
        store.add_measurements(rows[::-1])
    chart = drawn(run, "--stored", "site_width_mm", "--chart", "i_mr", "--phase1", 5)
    assert chart["panels"][0]["points"] == [9.9, 10.1, 10.0, 9.8, 10.2, 12.0]
    assert flagged(chart, "individual") == [6]
    assert chart["provenance"] == "imported"
    assert chart["lot_ids"][-1] == "L5"
    code, _, err = run("chart", "--stored", "absent", "--json")
    assert code == 1
    assert "absent" in err


@pytest.mark.parametrize(
    ("kind", "panels"),
    [
        ("i_mr_rs", ["individual", "moving_range", "range"]),
        ("ma", ["ma"]),
        ("zone", ["zone"]),
        ("xbar", ["xbar"]),
        ("s", ["s"]),
    ],
)
def test_panels_of_subgroup_charts(
    run: Run, table: Callable[..., Path], kind: str, panels: list[str]
) -> None:
    path = table("a,b,c", [row[:3] for row in CASES["V02"]["data"]["phase1"]])
    chart = drawn(run, path, "--chart", kind, "--columns", "a,b,c")
    assert [panel["statistic"] for panel in chart["panels"]] == panels


@pytest.mark.parametrize(
    ("kind", "panels"),
    [
        ("t2_individuals", ["t2_individuals"]),
        ("mewma", ["mewma"]),
        ("mcusum", ["mcusum"]),
        ("pca", ["t2", "spe"]),
    ],
)
def test_panels_of_multivariate_charts(
    run: Run, table: Callable[..., Path], kind: str, panels: list[str]
) -> None:
    rows = [row[:3] for row in CASES["V02"]["data"]["phase1"]]
    chart = drawn(run, table("a,b,c", rows), "--chart", kind, "--columns", "a,b,c")
    assert [panel["statistic"] for panel in chart["panels"]] == panels
    assert ("eigenvalues" in chart) == (kind == "pca")


def test_subgroups_of_several_variables(run: Run, table: Callable[..., Path]) -> None:
    case = CASES["V16"]
    pairs = zip(case["data"]["X1"], case["data"]["X2"], strict=True)
    rows = [(i, a, b) for i, (x, y) in enumerate(pairs) for a, b in zip(x, y, strict=True)]
    options = ("--columns", "x,y", "--subgroup", "s", "--phase1", 19)
    chart = drawn(run, table("s,x,y", rows), "--chart", "t2", *options)
    assert len(chart["panels"][0]["ucl"]) == 20
    whole = drawn(run, table("s,x,y", rows), "--chart", "t2", *options[:4])
    assert whole["panels"][0]["ucl"] == pytest.approx(case["expected"]["UCL_phase1"], rel=1e-8)
    assert set(whole["signals"][0]["contributions"]) == {"x", "y"}


def test_every_signal_says_since_when(run: Run, table: Callable[..., Path]) -> None:
    path = table("x", [(v,) for v in [9.9, 10.1, 10.0, 9.8, 10.2] * 3 + [12.0, 12.1]])
    chart = drawn(run, path, "--chart", "i_mr", "--value", "x", "--phase1", 15)
    assert chart["signals"][0]["since"] == {"point": 16, "low": 16, "high": 16}
    assert all(set(s) >= {"panel", "point", "rule", "since"} for s in chart["signals"])


def test_the_guard_tells_of_autocorrelation(run: Run, table: Callable[..., Path]) -> None:
    path = table("x", [(50 + i % 20 - (i % 40 >= 20) * 2 * (i % 20),) for i in range(120)])
    chart = drawn(run, path, "--chart", "i_mr", "--value", "x")
    assert chart["guard"]["significant"]
    assert chart["guard"]["true_arl"] < 50 < chart["guard"]["promised_arl"]
    _, out, _ = run("chart", path, "--chart", "i_mr", "--value", "x")
    assert "Points are not independent" in out
    assert "since point" in out


def test_stages_have_limits_of_their_own(run: Run, table: Callable[..., Path]) -> None:
    rows = [(v + 5 * (i > 4), "old" if i < 5 else "new") for i, v in enumerate([1, 2, 1, 2, 1] * 2)]
    options = ("--chart", "i_mr", "--value", "x", "--stage", "s")
    chart = drawn(run, table("x,s", rows), *options, "--exclude", 7, "--exclude-reason", "spill")
    assert chart["panels"][0]["centre_line"] == [1.4] * 5 + [pytest.approx(6.25)] * 5
    assert [stage["stage"] for stage in chart["stages"]] == ["old", "new"]
    assert (chart["excluded"], chart["exclude_reason"]) == ([7], "spill")
    subgroups = [(i // 2, v, "a" if i < 6 else "b") for i, v in enumerate([1, 2, 1, 3, 2, 1] * 2)]
    path = table("g,x,s", subgroups)
    options = ("--chart", "xbar_r", "--value", "x", "--subgroup", "g", "--stage", "s")
    assert len(drawn(run, path, *options)["stages"]) == 2


def test_a_stage_must_not_change_within_a_subgroup(run: Run, table: Callable[..., Path]) -> None:
    path = table("g,x,s", [(1, 1.0, "a"), (1, 2.0, "b")])
    options = ("--chart", "xbar_r", "--value", "x", "--subgroup", "g", "--stage", "s", "--json")
    code, _, err = run("chart", path, *options)
    assert code == 1
    assert "row 2, column 's'" in err
    assert "'a' as in the rest of subgroup '1'" in err


def test_short_runs_by_part(run: Run, table: Callable[..., Path]) -> None:
    rows = [(10, "a"), (12, "a"), (100, "b"), (11, "a"), (104, "b"), (102, "b")]
    path = table("x,p", rows)
    options = ("--chart", "short_run", "--value", "x")
    z_mr = drawn(run, path, *options, "--part", "p")
    assert [panel["statistic"] for panel in z_mr["panels"]] == ["z", "moving_range"]
    assert z_mr == drawn(run, path, *options, "--subgroup", "p")
    dnom = drawn(
        run, path, *options, "--part", "p", "--short-run", "dnom", "--targets", "a=10,b=102"
    )
    assert dnom["panels"][0]["points"] == [0, 2, -2, 1, 2, 0]


def test_rounded_constants_and_higher_orders(run: Run, table: Callable[..., Path]) -> None:
    path = table("x", [(v,) for v in (1, 3, 2, 4, 2, 1, 3, 3, 2, 5, 1, 2, 4, 3, 2, 1)])
    chart = drawn(run, path, "--chart", "i_mr", "--value", "x", "--constants", "rounded")
    assert chart["sigma"] == pytest.approx(24 / 15 / 1.128)
    chart = drawn(run, path, "--chart", "ar_residual", "--value", "x", "--order", "1,1")
    assert len(chart["ar"]) == len(chart["ma"]) == 1


def test_autocorrelated_residuals_print_phi(run: Run, table: Callable[..., Path]) -> None:
    path = table("x", [[v] for v in (1, 2, 4, 3, 5)])
    chart = drawn(run, path, "--chart", "ar_residual", "--value", "x")
    assert chart["phi"] == pytest.approx(0.1)
    assert chart["panels"][0]["statistic"] == "residual"
    assert chart["panels"][0]["points"][0] is None
