from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from process_models.physics import PRIORS
from process_models.quality import FitRecord, QualityModel
from twin.settings import Settings


@pytest.fixture(scope="session")
def prior_model() -> QualityModel:
    """A quality model that has seen nothing: draws from the priors, made in no time."""
    rng = np.random.default_rng(0)
    draws = {
        name: np.asarray(prior.value(rng.standard_normal(100))) for name, prior in PRIORS.items()
    }
    record = FitRecord(
        evidence_rows=0, evidence_sha256="", seed=0, draws=100, warmup=0, r_hat_max=1.0,
        ess_min=100.0, divergences=0, longest_life_h=700.0,
        spans={"sublimation_time_s": (0.0, 60.0)}, prior_share={"sublimation_time_s": 1.0},
    )
    return QualityModel(draws, record)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home of this test's own, for this process and its children."""
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    return Settings.from_environment()
