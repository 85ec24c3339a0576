"""`lacss quality report` in JSON and as tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from process_models.quality import EvidenceRow, FitRecord, Optimum, QualityModel, comparison
from process_models.quality.leave_one_out import RowScore
from process_models.quality.prior_share import prior_constants
from twin.cli import build
from twin.quality_artifact import save


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))

    def scores(rows: list[EvidenceRow], seed: int) -> list[RowScore]:
        return [RowScore(row.id, row.sample, row.test, -1.0, 0.5) for row in rows]

    monkeypatch.setattr(comparison, "score_left_out", scores)
    record = FitRecord(
        evidence_rows=10, evidence_sha256="0", seed=0, draws=50, warmup=1, r_hat_max=1.3,
        ess_min=40.0, divergences=0, longest_life_h=700.0, spans={},
        prior_share={"thickness_um": 1.0}, optimum=Optimum(0.9, 0.6, 38.0, 22.0, 70.0),
        prior_optimum=Optimum(0.8, 0.3, 33.0, 13.0, 90.0),
    )  # fmt: skip
    save(tmp_path, QualityModel({k: v[:50] for k, v in prior_constants().items()}, record))
    return tmp_path


def test_the_report_is_one_json_object() -> None:
    result = CliRunner().invoke(build(), ["quality", "report", "--json"])
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert said["converged"] is False
    assert said["optimum"]["p_interior"] == 0.9
    methods = {(one["test"], one["method"]): one for one in said["methods"]}
    assert len(methods) == 6
    assert methods["ccd", "bayes"]["log_score"] == -1.0
    assert methods["life", "bayes"]["rows"] == 6
    assert {"id", "sample", "test", "log_score", "crps"} == set(
        methods["ccd", "bayes"]["scores"][0]
    )


def test_the_tables_name_every_method_and_the_fault_is_loud() -> None:
    result = CliRunner().invoke(build(), ["quality", "report"])
    assert result.exit_code == 0
    for word in ("bayes", "maximum_likelihood", "scikit_learn", "P(interior optimum)"):
        assert word in result.stdout
    assert "NOT CONVERGED, r-hat 1.300 is above 1.05" in result.stderr
    assert "lower is better" in result.stderr
