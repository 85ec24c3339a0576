"""`lacss quality report --pdf FILE` as it is typed, without the minute of fits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import FitRecord, QualityModel
from process_models.quality.comparison import MethodScore
from process_models.quality.response import constants_from_normal
from twin.cli import build
from twin.quality_report import QualityReport


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A model of 120 draws of the prior, seed 9; what was compared is counted."""
    z = np.random.default_rng(9).standard_normal((len(QUALITY_PARAMETERS), 120))
    record = FitRecord(
        evidence_rows=10, evidence_sha256="cd" * 32, seed=0, draws=120, warmup=1, r_hat_max=1.0,
        ess_min=120.0, divergences=0, longest_life_h=700.0, spans={}, prior_share={},
    )  # fmt: skip
    model = QualityModel(constants_from_normal(z), record)
    calls: list[str] = []

    def compared(*_: Any, **__: Any) -> QualityReport:
        calls.append("compared")
        return QualityReport(record, (MethodScore("bayes", "ccd", (), "none"),))

    monkeypatch.setattr("twin.quality_report.quality_report", compared)
    monkeypatch.setattr("twin.quality_artifact.load_or_fit", lambda *_, **__: model)
    monkeypatch.setenv("LACSS_HOME", str(tmp_path / "home"))
    return calls


def run(*arguments: str) -> Any:
    return CliRunner().invoke(build(), ["quality", "report", *arguments])


def test_the_report_is_written_beside_the_tables(asked: list[str], tmp_path: Path) -> None:
    path = tmp_path / "model.pdf"
    told = run("--pdf", str(path), "--json")
    assert told.exit_code == 0
    assert json.loads(told.stdout)["evidence_sha256"] == "cd" * 32
    assert path.read_bytes().startswith(b"%PDF-")
    assert f"written to {path}" in " ".join(told.stderr.split())


def test_a_missing_folder_is_told_before_anything_is_fitted(
    asked: list[str], tmp_path: Path
) -> None:
    told = run("--pdf", str(tmp_path / "none" / "model.pdf"))
    assert told.exit_code == 1
    assert asked == []


def test_without_the_option_no_file_is_made(asked: list[str], tmp_path: Path) -> None:
    assert run().exit_code == 0
    assert not list(tmp_path.glob("*.pdf"))
