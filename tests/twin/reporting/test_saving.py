"""Reports as files, and the options of the commands that write them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from twin.reporting.saving import about_now, save

LACSS = Path(sys.executable).with_name("lacss")
STARTS = {"excel": b"PK", "pdf": b"%PDF-", "svg": b"<?xml"}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    values = np.random.default_rng(2).normal(60.0, 1.0, 60)
    path = tmp_path / "thickness.csv"
    path.write_text("x\n" + "\n".join(f"{v:.4f}" for v in values))
    return path


def run(*arguments: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LACSS, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120
    )


def test_every_format_is_written(made_chart: Any, tmp_path: Path) -> None:
    paths = {name: tmp_path / f"out.{name}" for name in STARTS}
    save(made_chart(), paths)
    for name, path in paths.items():
        assert path.read_bytes().startswith(STARTS[name])


def test_a_folder_that_is_not_there_is_told(made_chart: Any, tmp_path: Path) -> None:
    path = tmp_path / "none" / "x.svg"
    with pytest.raises(InputError, match=r"--svg: .*x\.svg cannot be written: No such file"):
        save(made_chart(), {"svg": path})


def test_a_report_made_now_bears_the_time() -> None:
    before = datetime.now(UTC)
    assert about_now("x", provenance="imported", source="f").made_at >= before


def test_a_machine_user_without_a_name_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("uid 4711")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert about_now("x", provenance="imported", source="f").made_by == ""


def test_chart_writes_what_it_shows(table: Path, tmp_path: Path) -> None:
    paths = {name: tmp_path / f"chart.{name}" for name in STARTS}
    asked = [part for name, path in paths.items() for part in (f"--{name}", path)]
    done = run("chart", table, "--chart", "i_mr", "--value", "x", "--json", *asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["n"] == 60
    for name, path in paths.items():
        assert path.read_bytes().startswith(STARTS[name])
    assert b"thickness.csv" in paths["svg"].read_bytes()


def test_capability_writes_what_it_shows(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "capability.pdf"
    done = run("capability", table, "--value", "x", "--lsl", 56, "--usl", 64, "--pdf", out)
    assert done.returncode == 0
    assert out.read_bytes().startswith(b"%PDF-")


def test_a_file_that_cannot_be_written_is_one_line(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "none" / "x.pdf"
    done = run("chart", table, "--chart", "i_mr", "--value", "x", "--json", "--pdf", out)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "cannot be written" in done.stderr
