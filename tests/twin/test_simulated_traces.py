"""A simulated cell, labelled as a measured one would be: the call must find what was put in."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from process_models.physics import SimulatedTrace, ccd_trace, cycling_trace
from twin.cli import build


def labelled(trace: SimulatedTrace, path: Path, *options: str) -> dict[str, Any]:
    columns = trace.columns()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    done = CliRunner().invoke(
        build(),
        ["cells", "label", str(path), "--area-cm2", str(trace.area_cm2), "--json", *options],
    )
    assert done.exit_code == 0, done.output
    cell: dict[str, Any] = json.loads(done.stdout)["cells"][0]
    return cell


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_a_stepped_test(tmp_path: Path, kind: str) -> None:
    trace = ccd_trace(1.27, np.random.default_rng(2), short=kind)  # type: ignore[arg-type]
    assert trace.short is not None
    cell = labelled(trace, tmp_path / "cell.csv", "--test", "ccd", "--step-ma-cm2", "0.1")
    assert cell["ccd_failed_at_ma_cm2"] == pytest.approx(1.3)
    assert cell["ccd_last_survived_ma_cm2"] == pytest.approx(1.2)
    assert cell["short"]["kind"] == kind
    assert cell["short"]["time_h"] * 3600 == pytest.approx(trace.short.time_s, abs=180)


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_cycling_until_a_short(tmp_path: Path, kind: str) -> None:
    trace = cycling_trace(20.3, np.random.default_rng(1), short=kind)  # type: ignore[arg-type]
    cell = labelled(trace, tmp_path / "cell.csv", "--test", "symmetric")
    assert cell["life_h"] == pytest.approx(20.3, abs=0.05)
    assert cell["censoring"] == "exact"
    assert cell["short"]["kind"] == kind


def test_a_record_that_ends_first_is_censored(tmp_path: Path) -> None:
    trace = cycling_trace(600.0, np.random.default_rng(1), end_h=20.0)
    cell = labelled(trace, tmp_path / "cell.csv", "--test", "symmetric")
    assert cell["short"] is None
    assert cell["censoring"] == "right"
    assert cell["life_h"] == pytest.approx(20.0)
