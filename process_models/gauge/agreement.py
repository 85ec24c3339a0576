"""Attribute agreement: do operators who judge agree with themselves, each other and the standard?

As AIAG, Measurement Systems Analysis, chapter III.C: share of parts on which all judgements agree,
with exact (Clopper-Pearson) limits, and kappa.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.gauge.intervals import Interval
from process_models.gauge.kappa import Kappa, averaged, cohen, fleiss
from process_models.gauge.ratings import Ratings, rated

__all__ = ["Agreement", "AgreementStudy", "agreement"]

_GOOD, _POOR = 0.75, 0.40


@dataclass(frozen=True)
class Agreement:
    """On how many parts the judgements agreed.

    Attributes
    ----------
    parts, agreed : int
    limits : Interval
        Of the share, 0 to 1.
    fleiss, cohen : Kappa or None
    """

    parts: int
    agreed: int
    limits: Interval
    fleiss: Kappa | None = None
    cohen: Kappa | None = None

    @property
    def share(self) -> float:
        """Share of parts agreed on."""
        return self.agreed / self.parts

    def to_dict(self) -> dict[str, Any]:
        """The agreement as plain JSON data; percent of parts."""
        limits = self.limits.mapped(lambda share: 100 * share)
        return {
            "inspected": self.parts,
            "matched": self.agreed,
            "percent": 100 * self.share,
            **limits.to_dict(),
            "fleiss": None if self.fleiss is None else self.fleiss.to_dict(),
            "cohen": None if self.cohen is None else self.cohen.to_dict(),
        }


@dataclass(frozen=True)
class AgreementStudy:
    """An attribute agreement study.

    Attributes
    ----------
    parts, trials : int
    operators, categories : tuple of str
    within : mapping of str to Agreement, or None
        Of each operator with themselves; None with one trial.
    versus_standard : mapping of str to Agreement, or None
        Of all trials of each operator with the standard; None without one.
    between : Agreement or None
        Of all trials of all operators; None with one operator.
    all_versus_standard : Agreement or None
    pairs : mapping of (str, str) to Kappa
        Cohen's, of two operators trial by trial.
    wrong : mapping of str to float
        Of each category of the standard, the share of judgements that were something else.
    confidence : float
    """

    parts: int
    trials: int
    operators: tuple[str, ...]
    categories: tuple[str, ...]
    within: dict[str, Agreement] | None
    versus_standard: dict[str, Agreement] | None
    between: Agreement | None
    all_versus_standard: Agreement | None
    pairs: dict[tuple[str, str], Kappa]
    wrong: dict[str, float] | None
    confidence: float

    @property
    def verdict(self) -> str:
        """By the kappa of all against the standard, else between operators, else within.

        Above 0.75 `acceptable`, below 0.40 `unacceptable`, else `marginal` (AIAG).
        """
        value = self.kappa
        if value is None:
            return "unknown"
        if value < _POOR:
            return "unacceptable"
        return "acceptable" if value > _GOOD else "marginal"

    @property
    def kappa(self) -> float | None:
        """The kappa that the verdict rests on."""
        chosen = self.all_versus_standard or self.between
        if chosen is None and self.within:
            chosen = next(iter(self.within.values()))
        return None if chosen is None or chosen.fleiss is None else chosen.fleiss.value

    def to_dict(self) -> dict[str, Any]:
        """The study as plain JSON data."""
        return {
            "parts": self.parts,
            "operators": list(self.operators),
            "trials": self.trials,
            "categories": list(self.categories),
            "within": _plain(self.within),
            "versus_standard": _plain(self.versus_standard),
            "between": None if self.between is None else self.between.to_dict(),
            "all_versus_standard": None
            if self.all_versus_standard is None
            else self.all_versus_standard.to_dict(),
            "pairs": [{"operators": list(p), **k.to_dict()} for p, k in self.pairs.items()],
            "wrong": self.wrong,
            "kappa": self.kappa,
            "verdict": self.verdict,
            "confidence": self.confidence,
        }


def agreement(
    ratings: Sequence[object],
    parts: Sequence[object],
    operators: Sequence[object],
    standard: Sequence[object] | None = None,
    *,
    confidence: float = 0.95,
) -> AgreementStudy:
    """Agreement of judgements within, between and with the standard.

    Parameters
    ----------
    ratings, parts, operators : (n,) sequences
        Category, part and operator of each judgement; trials in the order of rows.
    standard : (n,) sequence, optional
        True category of each row's part.

    Raises
    ------
    InputError
        When operators judged parts differently often, a part has two standards, there is one
        judgement a part, or all judgements are the same.
    """
    if not 0 < confidence < 1:
        raise InputError(f"confidence must be above 0 and below 1, got {confidence:g}")
    r = rated(ratings, parts, operators, standard)
    within = versus = overall = wrong = None
    if r.trials > 1:
        within = {o: _within(r, r.codes[:, i], confidence) for i, o in enumerate(r.operators)}
    if r.standard is not None:
        versus = {o: _versus(r, r.codes[:, i], confidence) for i, o in enumerate(r.operators)}
        overall = _versus(r, r.codes.reshape(r.parts, -1), confidence, pooled=False)
        wrong = _wrong(r, r.standard)
    between = _within(r, r.codes.reshape(r.parts, -1), confidence) if len(r.operators) > 1 else None
    pairs = {
        (r.operators[i], r.operators[j]): cohen(
            r.cross(r.codes[:, i].ravel(), r.codes[:, j].ravel()), confidence
        )
        for i, j in combinations(range(len(r.operators)), 2)
    }
    return AgreementStudy(
        r.parts, r.trials, r.operators, r.categories, within, versus, between, overall, pairs,
        wrong, confidence,
    )  # fmt: skip


def _within(r: Ratings, codes: NDArray[np.intp], confidence: float) -> Agreement:
    agreed = int(np.sum(np.ptp(codes, axis=1) == 0))
    both = cohen(r.cross(codes[:, 0], codes[:, 1]), confidence) if codes.shape[1] == 2 else None
    kappa = fleiss(r.counts(codes), r.categories)
    return Agreement(r.parts, agreed, _exact(agreed, r.parts, confidence), kappa, both)


def _versus(
    r: Ratings, codes: NDArray[np.intp], confidence: float, *, pooled: bool = True
) -> Agreement:
    standard = np.asarray(r.standard)
    agreed = int(np.sum((codes == standard[:, None]).all(axis=1)))
    trials = [fleiss(r.counts(np.stack([trial, standard], axis=1)), r.categories)
              for trial in codes.T]  # fmt: skip
    told = np.repeat(standard, codes.shape[1])
    both = cohen(r.cross(codes.ravel(), told), confidence) if pooled else None
    kappa = averaged(trials, r.categories)
    return Agreement(r.parts, agreed, _exact(agreed, r.parts, confidence), kappa, both)


def _wrong(r: Ratings, standard: NDArray[np.intp]) -> dict[str, float]:
    missed = r.codes != standard[:, None, None]
    return {
        name: float(missed[standard == code].mean())
        for code, name in enumerate(r.categories)
        if (standard == code).any()
    }


def _exact(agreed: int, parts: int, confidence: float) -> Interval:
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = float(betaincinv(agreed, parts - agreed + 1, tail)) if agreed else 0.0
    high = float(betaincinv(agreed + 1, parts - agreed, 1 - tail)) if agreed < parts else 1.0
    return Interval(low, high)


def _plain(agreements: dict[str, Agreement] | None) -> dict[str, Any] | None:
    return None if agreements is None else {k: a.to_dict() for k, a in agreements.items()}
