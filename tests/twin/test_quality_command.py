"""`lacss quality`: its JSON, its refusals, and a fit on first use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from process_models.errors import InputError
from process_models.quality import FitRecord, QualityModel
from process_models.quality.prior_share import prior_constants
from twin.cli import build
from twin.quality_artifact import load, save

AT = ("--sublimation-time-s", "40", "--rolling-pressure-mpa", "36", "--thickness-um", "60")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def stored(home: Path) -> Path:
    """A home with the prior itself as a model: quick, and good enough for the form."""
    record = FitRecord(
        evidence_rows=10, evidence_sha256="0", seed=0, draws=200, warmup=1, r_hat_max=1.0,
        ess_min=200.0, divergences=0, longest_life_h=700.0,
        spans={"sublimation_time_s": (0.0, 60.0), "thickness_um": (60.0, 60.0)},
        prior_share={"sublimation_time_s": 1.0},
    )
    save(home, QualityModel({k: v[:200] for k, v in prior_constants().items()}, record))
    return home


def lacss(*arguments: str) -> Result:
    return CliRunner().invoke(build(), ["quality", *arguments])


def test_predict_prints_one_json_object(stored: Path) -> None:
    result = lacss("predict", *AT, "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert set(answer) == {"ccd_ma_cm2", "life_h", "structure", "basis"}
    assert answer["ccd_ma_cm2"]["level"] == 0.9
    assert max(point["hours"] for point in answer["life_h"]["survival"]) >= 700


def test_predict_without_json_is_a_table_and_says_what_is_extrapolated(stored: Path) -> None:
    result = lacss("predict", *AT[:4], "--thickness-um", "40")
    assert "CCD mA/cm2" in result.stdout
    assert "beyond the evidence: thickness_um" in result.stderr


def test_level_and_protocol_are_passed_on(stored: Path) -> None:
    fast = json.loads(lacss("predict", *AT, "--json", "--current-ma-cm2", "2").stdout)
    slow = json.loads(lacss("predict", *AT, "--json", "--level", "0.5").stdout)
    assert slow["ccd_ma_cm2"]["level"] == 0.5
    last = [answer["life_h"]["survival"][-1]["probability"] for answer in (fast, slow)]
    assert last[0] < last[1]


@pytest.mark.parametrize(("arguments", "message"), [
    (("--sublimation-time-s", "-4"), "sublimation_time_s must not be negative, got -4"),
    (("--thickness-um", "0"), "thickness_um must be above 0, got 0"),
    (("--process", "cake"), "process must be one of lacss, drac, bare, coarse_powder, got 'cake'"),
    (("--current-ma-cm2", "0"), "current_ma_cm2 must be above 0"),
    (("--level", "2"), "level must lie between 0 and 1"),
])
def test_impossible_inputs_are_refused_before_any_fit(
    home: Path, arguments: tuple[str, str], message: str
) -> None:
    result = lacss("predict", *AT, *arguments)
    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)
    assert list(home.iterdir()) == []


def test_a_missing_option_is_a_usage_error(home: Path) -> None:
    assert lacss("predict", "--thickness-um", "60").exit_code == 2


def test_fit_refuses_a_bad_table_and_stores_nothing(home: Path) -> None:
    bad = home / "bad.csv"
    bad.write_text("id,sample,test,censoring,kind,process,value\n1,a,ccd,exact,measured,lacss,x\n")
    result = lacss("fit", "--evidence", str(bad))
    assert isinstance(result.exception, InputError)
    assert "row 1: column value: must be a number, got 'x'" in str(result.exception)
    assert not (home / "quality").exists()


def test_fit_stores_a_model_that_predict_uses(home: Path) -> None:
    result = lacss("fit", "--draws", "100", "--seed", "1", "--json")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["evidence_rows"], said["context_rows"], said["draws"]) == (10, 72, 100)
    assert said["optimum"]["p_interior"] > 0.5
    assert isinstance(said["converged"], bool)
    assert set(said["diagnostics"]) == {"r_hat_max", "ess_min", "divergences"}
    model = load(home)
    assert model is not None
    assert model.record.seed == 1
    ccd = json.loads(lacss("predict", *AT, "--json").stdout)["ccd_ma_cm2"]
    assert 2.2 < ccd["median"] < 2.7


def test_predict_imports_no_jax_when_a_model_is_stored(stored: Path) -> None:
    code = (
        "import sys; from twin.cli import build\n"
        f"build()({['quality', 'predict', *AT, '--json']!r}, standalone_mode=False)\n"
        "assert 'jax' not in sys.modules and 'numpyro' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
