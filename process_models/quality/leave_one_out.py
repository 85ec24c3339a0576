"""What the Bayesian model says of each row when it has not seen it: exact refits, no shortcut.

A row is left out by leaving its result open on both sides. The table keeps its shape, so that the
compiled sampler serves every refit, and other rows may still be compared with the cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from process_models.quality import likelihood
from process_models.quality.design import Design, build_design, regression_rows
from process_models.quality.evidence import EvidenceRow
from process_models.quality.evidence_table import compared_rows, known_bounds
from process_models.quality.response import constants_from_normal
from process_models.quality.rows_likelihood import design_arrays, row_laws
from process_models.quality.sampling import Draws, draw_posterior
from process_models.quality.scores import normal_mixture_crps

__all__ = ["RowScore", "certain_bounds", "score_left_out"]

Floats = NDArray[np.float64]
_DRAWS, _WARMUP, _MOST_FITS = 400, 300, 20


@dataclass(frozen=True, slots=True)
class RowScore:
    """How well a row was foretold by a fit that had not seen it.

    Attributes
    ----------
    id, sample, test : str
    log_score : float
        ln probability of what was observed; ln density of ln value where exact. Higher is better.
    crps : float
        Censored CRPS in units of ln value; lower is better.
    """

    id: str
    sample: str
    test: str
    log_score: float
    crps: float


def certain_bounds(rows: Sequence[EvidenceRow]) -> tuple[Floats, Floats]:
    """Between which values every row's result certainly lies, in ln units, (r,) each.

    Those of an ordinal row are what the cells that it is compared with leave certain.
    """
    bounds = []
    for row in rows:
        low, high = known_bounds(row)
        below, above = compared_rows(row, rows)
        if below >= 0:
            low = max(low, known_bounds(rows[below])[0])
        if above >= 0:
            high = min(high, known_bounds(rows[above])[1])
        bounds.append((low, high))
    with np.errstate(divide="ignore"):
        ends = np.log(np.array(bounds, dtype=float))
    return ends[:, 0], ends[:, 1]


def score_left_out(evidence: Sequence[EvidenceRow], *, seed: int = 0) -> list[RowScore]:
    """Score every row of the regression under a fit without it.

    Up to 20 rows are left out one at a time, more of them in 20 groups.

    Parameters
    ----------
    evidence : sequence of EvidenceRow
    seed : int
    """
    rows = regression_rows(evidence)
    design = build_design(rows)
    lower, upper = certain_bounds(rows)
    folds = np.arange(len(rows)) % min(len(rows), _MOST_FITS)
    scores: dict[int, RowScore] = {}
    for fold in np.unique(folds):
        left_out = np.flatnonzero(folds == fold)
        drawn = draw_posterior(
            _without(design, left_out), seed=seed, draws=_DRAWS, warmup=_WARMUP, chains=2
        )
        mean, sd = _laws(design, drawn)
        for k in left_out:
            scores[int(k)] = _score(rows[k], mean[:, k], sd[:, k], lower[k], upper[k])
    return [scores[k] for k in range(len(rows))]


def _without(design: Design, left_out: NDArray[np.int64]) -> Design:
    gone = np.isin(np.arange(len(design.value)), left_out)
    return replace(
        design,
        is_exact=design.is_exact & ~gone,
        lower=np.where(gone, -np.inf, design.lower),
        upper=np.where(gone, np.inf, design.upper),
        below=np.where(gone, -1, design.below),
        above=np.where(gone, -1, design.above),
    )


def _laws(design: Design, drawn: Draws) -> tuple[Floats, Floats]:
    """Mean and spread of every row under every draw, (draws, r)."""
    rows = design_arrays(design)
    pairs = [
        row_laws(rows, constants_from_normal(z), drawn.effects(k)) for k, z in enumerate(drawn.z)
    ]
    mean, sd = (np.array(part) for part in zip(*pairs, strict=True))
    return mean, sd


def _score(row: EvidenceRow, mean: Floats, sd: Floats, low: float, high: float) -> RowScore:
    from scipy.special import logsumexp

    if low == high:
        each = likelihood.exact(low, mean, sd)
    else:
        each = likelihood.interval(low, high, mean, sd)
    weights = np.full(len(mean), 1.0 / len(mean))
    return RowScore(
        id=row.id,
        sample=row.sample,
        test=row.test,
        log_score=float(logsumexp(each) - np.log(len(mean))),
        crps=normal_mixture_crps(mean, sd, weights, low, high),
    )
