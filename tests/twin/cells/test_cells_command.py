"""`lacss cells label` as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from twin.cli import build, main

KEYS = {
    "file", "test", "ccd_failed_at_ma_cm2", "ccd_last_survived_ma_cm2", "life_h", "cycles",
    "censoring", "short", "cumulative_capacity_mah_cm2",
}  # fmt: skip


def run(*arguments: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(build(), ["cells", "label", *arguments])
    return found.exit_code, found.stdout, found.stderr


def test_two_files_as_json(ccd_file: Callable[..., Path]) -> None:
    shorted, whole = ccd_file("a.csv"), ccd_file("b.csv", shorted_from=None)
    code, out, _ = run(
        str(shorted), str(whole), "--area-cm2", "2", "--test", "ccd", "--step-ma-cm2", "0.05",
        "--json",
    )  # fmt: skip
    assert code == 0
    first, second = json.loads(out)["cells"]
    assert set(first) >= KEYS
    assert first["ccd_failed_at_ma_cm2"] == 0.25
    assert first["ccd_last_survived_ma_cm2"] == 0.2
    assert first["short"] == {"kind": "hard", "time_h": 9.5, "rule": "voltage_fall"}
    assert first["cumulative_capacity_mah_cm2"] == pytest.approx(1.375, abs=1e-6)
    assert (second["short"], second["censoring"]) == (None, "right")
    assert second["ccd_failed_at_ma_cm2"] is None


def test_a_table_for_people(ccd_file: Callable[..., Path]) -> None:
    code, out, _ = run(str(ccd_file()), "--area-cm2", "1", "--test", "ccd")
    assert code == 0
    assert "voltage_fall" in out
    assert "hard at 9.5 h" in out


def test_mapped_columns_by_pairs_and_by_file(ccd_file: Callable[..., Path], tmp_path: Path) -> None:
    path = ccd_file(header="t,I,U,n")
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[columns]\ntest_time_s = "t"\ncurrent_ma = "I"\nvoltage_v = "U"\ncycle = "n"\n'
    )
    pairs = "test_time_s=t,current_ma=I,voltage_v=U,cycle=n"
    common = (str(path), "--area-cm2", "1", "--test", "ccd", "--json")
    by_pairs, by_file = run(*common, "--map", pairs), run(*common, "--map", str(mapping))
    assert by_pairs == by_file
    assert json.loads(by_pairs[1])["cells"][0]["ccd_failed_at_ma_cm2"] == 0.5


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--test", "ccd"), "--area-cm2 is needed"),
        (("--area-cm2", "1"), "--test"),
        (("--area-cm2", "1", "--test", "half"), "--test is one of ccd, symmetric, full"),
        (("--area-cm2", "wide", "--test", "ccd"), "--area-cm2"),
    ],
)
def test_usage(ccd_file: Callable[..., Path], options: tuple[str, ...], word: str) -> None:
    code, _, err = run(str(ccd_file()), *options)
    assert code == 2
    assert word in " ".join(err.replace("│", " ").split())


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (("--area-cm2", "0"), "area_cm2 must be above 0, got 0.0"),
        (("--area-cm2", "1", "--step-ma-cm2", "nan"), "step_ma_cm2 must be above 0, got nan"),
        (("--area-cm2", "1", "--map", "=t"), "--map must be OURS=THEIRS,..., got '=t'"),
        (("--area-cm2", "1", "--map", "current_ma=I"), "there is no column 'I'"),
    ],
)
def test_one_line_for_what_is_wrong(
    ccd_file: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    rule: str,
) -> None:
    arguments = ["lacss", "cells", "label", str(ccd_file()), "--test", "ccd", *options]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1
    err = capsys.readouterr().err.strip()
    assert rule in err
    assert len(err.splitlines()) == 1


def test_from_import_to_evidence(
    ccd_file: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path / "home"))

    def cells(*arguments: str) -> dict[str, Any]:
        found = CliRunner().invoke(build(), ["cells", *arguments, "--json"])
        assert found.exit_code == 0, found.stderr
        return dict(json.loads(found.stdout))

    who = ("--user", "eva")
    [taken] = cells(
        "import", str(ccd_file()), "--test", "ccd", "--area-cm2", "1", "--sample", "A1",
        "--laboratory", "ours", *who,
    )["cells"]  # fmt: skip
    assert (taken["id"], taken["state"]) == (1, "rule")
    why = ("--reason", "a lead came off")
    [called] = cells("overrule", "1", "--no-short", *who, *why)["cells"]
    assert (called["state"], called["short"]) == ("overruled", None)
    shown = cells("show", "1")
    assert [call["action"] for call in shown["calls"]] == ["rule", "overruled"]
    assert cells("confirm", "1", *who)["cells"][0]["state"] == "confirmed"
    assert cells("withdraw", "1", *who, *why)["cells"][0]["state"] == "withdrawn"
    assert [cell["id"] for cell in cells("list")["cells"]] == [1]


def test_overruling_needs_one_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))
    arguments = ["cells", "overrule", "1", "--user", "eva", "--reason", "x"]
    for more in ([], ["--no-short", "--short-at-h", "3"]):
        found = CliRunner().invoke(build(), [*arguments, *more])
        assert found.exit_code == 2
        assert "either --short-at-h or --no-short" in " ".join(found.stderr.split())
