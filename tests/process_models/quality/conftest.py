"""One fit on the paper's evidence for the whole session, and models without a fit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import EvidenceRow, FitRecord, QualityModel, fit
from process_models.quality.response import constants_from_normal
from twin.evidence import reference_evidence

RowMaker = Callable[..., EvidenceRow]


@pytest.fixture(scope="session")
def evidence() -> list[EvidenceRow]:
    return reference_evidence()


@pytest.fixture(scope="session")
def fitted(evidence: list[EvidenceRow]) -> QualityModel:
    """The model of the built-in evidence, seed 0, 600 draws."""
    return fit(evidence, seed=0, draws=600, warmup=400)


@pytest.fixture(scope="session")
def make_row() -> RowMaker:
    """A CCD row of the 40 s recipe, with whatever is changed."""

    def make(**changes: object) -> EvidenceRow:
        plain: dict[str, object] = {
            "id": "x1", "sample": "cell", "process": "lacss", "sublimation_time_s": 40.0,
            "test": "ccd", "value": 2.5, "unit": "mA/cm2", "laboratory": "LACSS paper",
        }
        return EvidenceRow(**{**plain, **changes})  # type: ignore[arg-type]

    return make


@pytest.fixture
def certain() -> QualityModel:
    """A model whose every draw is the prior median."""
    z = np.zeros((len(QUALITY_PARAMETERS), 50))
    record = FitRecord(
        evidence_rows=10, evidence_sha256="0", seed=0, draws=50, warmup=1, r_hat_max=1.0,
        ess_min=50.0, divergences=0, longest_life_h=700.0,
        spans={"sublimation_time_s": (0.0, 60.0), "rolling_pressure_mpa": (36.0, 36.0),
               "thickness_um": (60.0, 60.0)},
        prior_share={"sublimation_time_s": 0.2, "rolling_pressure_mpa": 1.0, "thickness_um": 1.0},
    )
    return QualityModel(constants_from_normal(z), record)
