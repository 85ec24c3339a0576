"""From evidence to a quality model."""

from __future__ import annotations

import platform
from collections.abc import Sequence

import numpy as np

from process_models.errors import InputError
from process_models.quality.design import build_design, evidence_hash, regression_rows
from process_models.quality.evidence import EvidenceRow
from process_models.quality.model import QualityModel
from process_models.quality.optimum import optimum, prior_optimum
from process_models.quality.prior_share import prior_share
from process_models.quality.protocol import PROTOCOL
from process_models.quality.record import FitRecord
from process_models.quality.response import constants_from_normal
from process_models.quality.sampling import Draws, draw_posterior
from process_models.quality.spans import evidence_spans, longest_life_h

__all__ = ["fit", "model_of"]


def fit(
    evidence: Sequence[EvidenceRow],
    *,
    seed: int = 0,
    draws: int = 1000,
    warmup: int = 500,
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

    Returns
    -------
    QualityModel
        Its record tells whether the chains converged, `record.faults` why not.

    Raises
    ------
    InputError
        When no row can be used, or an ordinal row's reference is missing.
    """
    if draws < 2 or warmup < 1:
        raise InputError(f"draws must be at least 2 and warmup 1, got {draws} and {warmup}")
    rows = regression_rows(evidence)
    design = build_design(rows)
    drawn = draw_posterior(design, seed=seed, draws=draws, warmup=warmup)
    return model_of(rows, drawn, design.laboratories, seed=seed, warmup=warmup)


def model_of(
    rows: Sequence[EvidenceRow],
    drawn: Draws,
    laboratories: tuple[str, ...] = (),
    *,
    seed: int = 0,
    warmup: int = 0,
) -> QualityModel:
    """The model of draws made from `rows`."""
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
        longest_life_h=longest_life_h(rows),
        spans=evidence_spans(rows),
        prior_share=prior_share(constants),
        versions=_versions(),
        laboratories=laboratories,
        processes=tuple(sorted({row.process for row in rows})),
        optimum=optimum(constants),
        prior_optimum=prior_optimum(),
    )
    named = {name: np.asarray(value) for name, value in constants.items()}
    named |= {f"protocol:{name}": drawn.protocol[:, k] for k, name in enumerate(PROTOCOL)}
    for k, name in enumerate(laboratories):
        named[f"laboratory_ccd:{name}"] = drawn.laboratory_ccd[:, k]
        named[f"laboratory_life:{name}"] = drawn.laboratory_life[:, k]
    return QualityModel(named, record)


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    libraries = ("jax", "numpy", "numpyro")
    return {"python": platform.python_version(), **{name: version(name) for name in libraries}}
