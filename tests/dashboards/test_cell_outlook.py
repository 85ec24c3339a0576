"""The forecast of a running life test on the page Cells."""

from __future__ import annotations

import getpass
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import models
from dashboards.cell_import import CellForm, take_in
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import FitRecord, QualityModel
from process_models.quality.response import constants_from_normal

FORM = CellForm(
    test="symmetric", area_cm2=1.0, step_ma_cm2=0.1, sample="A1", laboratory="ours",
    recipe="LACSS 40 s", mapping="",
)  # fmt: skip


@pytest.fixture
def believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """100 draws of the prior, seed 6, in place of a fit."""
    z = np.random.default_rng(6).standard_normal((len(QUALITY_PARAMETERS), 100))
    record = FitRecord(
        evidence_rows=1, evidence_sha256="0", seed=0, draws=100, warmup=1, r_hat_max=1.0,
        ess_min=100.0, divergences=0, longest_life_h=700.0, spans={}, prior_share={},
    )  # fmt: skip
    model = QualityModel(constants_from_normal(z), record)
    monkeypatch.setattr(models, "quality", lambda: model)


def life_file(cycles: int = 20, shorted: bool = False) -> bytes:
    n = np.arange(120 * cycles)
    amps = np.where(n // 60 % 2 == 0, 1.0, -1.0)
    volts = 0.05 * amps * np.where(shorted & (n > 1990), 0.05, 1.0)
    rows = [f"{60 * k},{i},{v}" for k, i, v in zip(n, amps, volts, strict=True)]
    return "\n".join(["test_time_s,current_ma,voltage_v", *rows]).encode()


def words(app: AppTest) -> str:
    app.run()
    page = app.switch_page("views/cells.py").run()
    assert not page.exception
    assert not page.error
    return "\n".join(str(part.value) for part in (*page.markdown, *page.caption))


def test_a_running_test_has_an_outlook(app: AppTest, empty: Path, believed: None) -> None:
    take_in("life.csv", life_file(), FORM, getpass.getuser())
    text = words(app)
    assert "Alive after **39.98 h**, it outlives 700 h with a probability" in text
    assert "trend of resistance (assumed)" in text


def test_a_shorted_test_has_none(app: AppTest, empty: Path, believed: None) -> None:
    take_in("life.csv", life_file(shorted=True), FORM, getpass.getuser())
    assert "outlives" not in words(app)


def test_what_is_missing_is_said(app: AppTest, empty: Path, believed: None) -> None:
    take_in("life.csv", life_file(), replace(FORM, recipe="not known"), getpass.getuser())
    assert "cannot be said without how its foil was made" in words(app)


def test_without_a_model_it_is_said(app: AppTest, empty: Path) -> None:
    take_in("life.csv", life_file(), FORM, getpass.getuser())
    assert "cannot be said without a fitted quality model" in words(app)
