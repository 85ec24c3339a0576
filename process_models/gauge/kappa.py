"""Kappa: agreement beyond chance, of many raters (Fleiss) and of two (Cohen).

Fleiss, Psychological Bulletin 76 (1971), with the standard errors of Fleiss, Nee and Landis (1979)
under the hypothesis that there is no agreement. Cohen (1960); its standard errors by statsmodels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.gauge.intervals import FloatArray, Interval

__all__ = ["Kappa", "averaged", "cohen", "fleiss"]


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance: 0 is chance, 1 is perfect.

    Attributes
    ----------
    value : float or None
        None where only one category was ever used.
    se : float or None
        Standard error when there is no agreement beyond chance, which z and p test.
    z, p : float or None
        One-sided: that agreement is above chance.
    limits : Interval or None
        Confidence limits, where they are known (Cohen).
    categories : mapping of str to Kappa
        Of each category against all others.
    """

    value: float | None
    se: float | None = None
    z: float | None = None
    p: float | None = None
    limits: Interval | None = None
    categories: Mapping[str, Kappa] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The kappa as plain JSON data."""
        plain: dict[str, Any] = {"kappa": self.value, "se": self.se, "z": self.z, "p": self.p}
        if self.limits is not None:
            plain.update(self.limits.to_dict())
        if self.categories:
            plain["categories"] = {name: kappa.to_dict() for name, kappa in self.categories.items()}
        return plain


def fleiss(counts: NDArray[np.intp] | FloatArray, names: Sequence[str]) -> Kappa:
    """Kappa of ratings, each subject rated equally often.

    Parameters
    ----------
    counts : (subjects, categories) array
        How often each subject was put into each category; at least 2 ratings a subject.
    names : sequence of str
        Of the categories.

    Examples
    --------
    >>> kappa = fleiss(np.array([[2, 0], [0, 2], [2, 0], [1, 1]]), ("good", "bad"))
    >>> round(kappa.value, 4), round(kappa.categories["bad"].se, 4)
    (0.4667, 0.5)
    """
    table = np.asarray(counts, dtype=np.float64)
    subjects, ratings = table.shape[0], float(table[0].sum())
    pairs = subjects * ratings * (ratings - 1)
    share = table.sum(axis=0) / (subjects * ratings)
    spread = share * (1 - share)
    apart = np.sum(table * (ratings - table), axis=0)
    each = {
        name: _tested(1 - apart[j] / (pairs * spread[j]), math.sqrt(2 / pairs))
        if spread[j] > 0
        else Kappa(None)
        for j, name in enumerate(names)
    }
    total = float(spread.sum())
    if total == 0:
        return Kappa(None, categories=each)
    value = 1 - float(apart.sum()) / (pairs * total)
    inner = max(total**2 - float(np.sum(spread * (1 - 2 * share))), 0.0)
    whole = _tested(value, math.sqrt(2 * inner / pairs) / total)
    return Kappa(whole.value, whole.se, whole.z, whole.p, categories=each)


def averaged(kappas: Sequence[Kappa], names: Sequence[str]) -> Kappa:
    """Mean of independent kappas, as of the trials of one operator against the standard."""
    found = _mean(kappas)
    each = {name: _mean([kappa.categories[name] for kappa in kappas]) for name in names}
    return Kappa(found.value, found.se, found.z, found.p, categories=each)


def cohen(table: NDArray[np.intp] | FloatArray, confidence: float = 0.95) -> Kappa:
    """Kappa of two raters.

    Parameters
    ----------
    table : (categories, categories) array
        How often the first rater said the row and the second the column.
    confidence : float
        Of the limits.

    Examples
    --------
    >>> round(cohen(np.array([[20, 5], [10, 15]])).value, 4)
    0.4
    """
    from scipy.special import ndtri
    from statsmodels.stats.inter_rater import cohens_kappa

    counts = np.asarray(table, dtype=np.float64)
    used = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    counts = counts[np.ix_(used, used)]
    if counts.shape[0] < 2:
        return Kappa(None)
    with np.errstate(divide="ignore", invalid="ignore"):  # z of a table without any variance
        found = cohens_kappa(counts)
    value = float(found.kappa)
    null, sampling = float(found.var_kappa0), max(float(found.var_kappa), 0.0)
    reach = float(ndtri((1 + confidence) / 2)) * math.sqrt(sampling)
    whole = _tested(value, math.sqrt(max(null, 0.0)))
    limits = Interval(max(value - reach, -1.0), min(value + reach, 1.0))
    return Kappa(whole.value, whole.se, whole.z, whole.p, limits)


def _mean(kappas: Sequence[Kappa]) -> Kappa:
    known = [(k.value, k.se) for k in kappas if k.value is not None and k.se is not None]
    if not known:
        return Kappa(None)
    value = sum(value for value, _ in known) / len(known)
    return _tested(value, math.sqrt(sum(se**2 for _, se in known)) / len(known))


def _tested(value: float, se: float) -> Kappa:
    from scipy.special import ndtr

    if se <= 0:
        return Kappa(float(value), float(se))
    z = float(value) / se
    return Kappa(float(value), float(se), z, float(ndtr(-z)))
