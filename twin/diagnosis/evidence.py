"""What each characteristic says for the likeliest cause, found by leaving it out."""

from __future__ import annotations

import numpy as np

from twin.diagnosis.incident import View
from twin.diagnosis.ranking import Comparison, Weighed, compare
from twin.diagnosis.result import Evidence

__all__ = ["evidence_of", "in_words"]

_TELLING = 0.5
_RIVALS = 6


def evidence_of(
    view: View,
    found: Comparison,
    own: int,
    cause: str,
    rolls_s: np.ndarray[tuple[int], np.dtype[np.float64]] | None,
) -> tuple[Evidence, ...]:
    """How much each characteristic speaks for `cause` against all others together.

    The logarithm of the odds with the characteristic less that without it; the alert's own is
    compared too, by what is left of the odds without it.
    """
    near = _near(found, cause)
    few = [one.hypothesis for one in near]
    whole = _odds(Comparison(tuple(near)), cause)
    shifts = _shifts(view, found, cause)
    told = []
    for column in view.pattern.read.tolist():
        rest = compare(view, few, own, rolls_s, pattern=view.pattern.without(column))
        gain = whole - _odds(rest, cause)
        name, station = view.judged.keys[column]
        told.append(Evidence(name, station, gain, in_words(gain), shifts.get(column, 0.0)))
    told = [one for one in told if abs(one.log_bayes_factor) > _TELLING or abs(one.shift_sd) > 2.0]
    return tuple(sorted(told, key=lambda one: -abs(one.log_bayes_factor)))


def _near(found: Comparison, cause: str) -> list[Weighed]:
    """What speaks for the cause, and its strongest rivals."""
    ranked = sorted(
        zip(found.log_weights.tolist(), found.weighed, strict=True), key=lambda pair: -pair[0]
    )
    rivals = [one for _, one in ranked if one.hypothesis.cause != cause][:_RIVALS]
    return [one for one in found.weighed if one.hypothesis.cause == cause] + rivals


def in_words(log_bayes_factor: float) -> str:
    """A Bayes factor in words, after the scale of Kass and Raftery (1995).

    Examples
    --------
    >>> in_words(4.0), in_words(-1.5), in_words(0.2)
    ('strongly for', 'against', 'says little')
    """
    size = abs(log_bayes_factor)
    if size < 1.0:
        return "says little"
    side = "for" if log_bayes_factor > 0 else "against"
    if size < 3.0:
        return side
    return f"strongly {side}" if size < 5.0 else f"very strongly {side}"


def _odds(found: Comparison, cause: str) -> float:
    weights = found.log_weights
    own = np.array([one.hypothesis.cause == cause for one in found.weighed])
    if own.all():
        return 0.0
    return float(np.logaddexp.reduce(weights[own]) - np.logaddexp.reduce(weights[~own]))


def _shifts(view: View, found: Comparison, cause: str) -> dict[int, float]:
    best = found.best(cause)
    if not len(best.onsets_s):
        return {}
    onset = float(best.onsets_s[int(np.argmax(best.onset_weights))])
    station = view.judged.stations.index(best.hypothesis.stations[0])
    after = view.pattern.values[:, view.judged.at_s[:, station] >= onset]
    return {
        column: float(np.nanmean(after[column]))
        for column in view.pattern.read.tolist()
        if np.isfinite(after[column]).any()
    }
