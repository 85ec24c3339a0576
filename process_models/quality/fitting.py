"""From evidence to a quality model."""

from __future__ import annotations

import platform
from collections.abc import Sequence

import numpy as np

from process_models.errors import InputError
from process_models.quality.design import (
    build_design,
    evidence_hash,
    evidence_spans,
    regression_rows,
)
from process_models.quality.evidence import EvidenceRow
from process_models.quality.model import FitRecord, QualityModel
from process_models.quality.prior_share import prior_share
from process_models.quality.response import constants_from_normal
from process_models.quality.sampling import draw_posterior

__all__ = ["fit"]


def fit(
    evidence: Sequence[EvidenceRow],
    *,
    seed: int = 0,
    draws: int = 1000,
    warmup: int = 500,
    progress: bool = False,
) -> QualityModel:
    """Fit CCD and life jointly on the evidence as it is.

    Parameters
    ----------
    evidence : sequence of EvidenceRow
        Rows of other tests are ignored.
    seed : int
        The same seed and evidence give the same model.
    draws, warmup : int
        Posterior draws kept, and warm-up steps of each chain.
    progress : bool
        Show the sampler's bar on stderr.

    Raises
    ------
    InputError
        When no row can be used, or an ordinal row's reference is missing.
    """
    if draws < 2 or warmup < 1:
        raise InputError(f"draws must be at least 2 and warmup 1, got {draws} and {warmup}")
    rows = regression_rows(evidence)
    drawn = draw_posterior(
        build_design(rows), seed=seed, draws=draws, warmup=warmup, progress=progress)
    constants = constants_from_normal(drawn.z.T)
    record = FitRecord(
        evidence_rows=len(rows),
        evidence_sha256=evidence_hash(rows),
        seed=seed,
        draws=len(drawn.z),
        warmup=warmup,
        r_hat_max=drawn.r_hat_max,
        ess_min=drawn.ess_min,
        divergences=drawn.divergences,
        longest_life_h=_longest_life(rows),
        spans=evidence_spans(rows),
        prior_share=prior_share(constants),
        versions=_versions(),
    )
    return QualityModel({name: np.asarray(value) for name, value in constants.items()}, record)


def _longest_life(rows: Sequence[EvidenceRow]) -> float:
    """Longest life seen; an upper bound of a left-censored row was not seen."""
    seen = [row.value if row.value is not None else row.lower
            for row in rows if row.test == "life"]
    return max((hours for hours in seen if hours), default=0.0)


def _versions() -> dict[str, str]:
    import jax
    import numpyro

    return {"python": platform.python_version(), "numpy": np.__version__,
            "jax": jax.__version__, "numpyro": numpyro.__version__}
