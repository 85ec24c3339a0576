"""`lacss quality window|next-experiment|running` as they are typed, on a model of the prior."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import FitRecord, QualityModel
from process_models.quality.response import constants_from_normal
from twin.cli import build


@pytest.fixture(autouse=True)
def _model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """200 draws of the prior, seed 2, in place of a fit that takes a minute."""
    z = np.random.default_rng(2).standard_normal((len(QUALITY_PARAMETERS), 200))
    record = FitRecord(
        evidence_rows=10, evidence_sha256="0", seed=0, draws=200, warmup=1, r_hat_max=1.0,
        ess_min=200.0, divergences=0, longest_life_h=700.0, spans={},
        prior_share={"sublimation_time_s": 1.0},
    )  # fmt: skip
    model = QualityModel(constants_from_normal(z), record)
    monkeypatch.setattr("twin.quality_artifact.load_or_fit", lambda *_, **__: model)
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))


def run(*arguments: str) -> Any:
    return CliRunner().invoke(build(), ["quality", *arguments])


def test_the_window_as_json_and_as_table() -> None:
    options = ("window", "--ccd-min", "1.5", "--life-min-h", "200", "--probability", "0.5")
    found = json.loads(run(*options, "--json").stdout)
    assert found["probability"] == 0.5
    assert 0 < found["window_share"] < 1
    assert np.shape(found["map"]) == (60, 60, 5)
    assert set(found["limits"]) == {"sublimation_time_s", "rolling_pressure_mpa", "thickness_um"}
    assert found["optimum"]["probability"] >= 0.5
    told = run(*options)
    assert told.exit_code == 0
    assert "of the allowed region is inside" in " ".join(told.stdout.split())


def test_a_window_that_is_nowhere() -> None:
    told = run("window", "--ccd-min", "40")
    assert told.exit_code == 0
    assert "nowhere" in told.stderr


def test_the_next_experiments() -> None:
    found = json.loads(run("next-experiment", "--cells", "2", "--json").stdout)["experiments"]
    assert [one["rank"] for one in found] == [1, 2]
    assert found[0]["test"] in ("ccd", "life")
    assert found[0]["cost_h"] > 0
    assert "What a result would do" in run("next-experiment", "--cells", "1").stdout


def test_a_running_test(tmp_path: Path) -> None:
    path = tmp_path / "life.csv"
    n = np.arange(60 * 60)
    amps = np.where(n // 60 % 2 == 0, 1.0, -1.0)
    rows = [f"{60 * k},{i},{0.05 * i}" for k, i in zip(n, amps, strict=True)]
    path.write_text("\n".join(["test_time_s,current_ma,voltage_v", *rows]))
    options = (
        "running", str(path), "--area-cm2", "1", "--sublimation-time-s", "40",
        "--rolling-pressure-mpa", "36", "--thickness-um", "60",
    )  # fmt: skip
    found = json.loads(run(*options, "--json").stdout)
    assert found["test"]["alive_h"] == pytest.approx(60, abs=0.1)
    assert found["survival"][0]["probability"] == 1.0
    assert "alive at 59.98 h" in run(*options).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("window", "--probability", "1"), "probability must lie between 0 and 1, got 1"),
        (("window", "--ccd-min", "nan"), "ccd_min_ma_cm2 must be at least 0 and finite, got nan"),
        (("window", "--process", "odd"), "process"),
        (("next-experiment", "--probability", "0"), "probability must lie between 0 and 1, got 0"),
    ],
)
def test_what_makes_no_sense_is_one_line(arguments: tuple[str, ...], message: str) -> None:
    found = run(*arguments)
    assert found.exit_code == 1
    assert message in str(found.exception)
