"""Hypotheses compared: how probable each made what was read around an alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from process_models.diagnosis import Pattern, Scores, log_evidence, shape_of
from twin.diagnosis.hypotheses import Hypothesis, lone_shift
from twin.diagnosis.incident import View
from twin.diagnosis.responses import Channel

__all__ = ["Comparison", "Weighed", "compare"]

Floats = NDArray[np.float64]

_SIGNALS_FALSELY = 0.05  # an in-control line signals in so many stretches like this, assumed
_ALSO = 0.02  # chance that a characteristic moves beside the cause and for another reason
_ALSO_SDS = 4.0
_STRIKING = 3.0
_MOST_ALSO = 3
_LASTS_S = 4 * 3600.0  # until trouble is mended, mean, assumed
_AT_ROLL = 0.5  # a cause that comes with a foil roll begins at a change of rolls so often


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """One hypothesis with its evidence.

    Attributes
    ----------
    log_evidence : float
        Log likelihood over that of no change at all, everything unknown integrated out.
    onsets_s, onset_weights : ndarray
        When it began, probabilities adding up to 1.
    """

    hypothesis: Hypothesis
    log_evidence: float
    onsets_s: Floats
    onset_weights: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """All hypotheses, weighed on the same readings."""

    weighed: tuple[Weighed, ...]

    @property
    def log_weights(self) -> Floats:
        """Log of prior times evidence of each hypothesis."""
        return np.array([np.log(one.hypothesis.prior) + one.log_evidence for one in self.weighed])

    def probabilities(self) -> dict[str, float]:
        """Posterior probability of each cause; they add up to 1."""
        weights = self.log_weights
        share = np.exp(weights - weights.max())
        share /= share.sum()
        found: dict[str, float] = {}
        for one, part in zip(self.weighed, share.tolist(), strict=True):
            name = one.hypothesis.cause
            found[name] = found.get(name, 0.0) + part
        return found

    def best(self, cause: str) -> Weighed:
        """The likeliest hypothesis that counts for `cause`."""
        own = [
            (weight, place) for place, weight in enumerate(self.log_weights.tolist())
            if self.weighed[place].hypothesis.cause == cause
        ]  # fmt: skip
        return self.weighed[max(own)[1]]


def compare(
    view: View,
    candidates: Sequence[Hypothesis],
    own: int,
    rolls_s: Floats | None = None,
    *,
    pattern: Pattern | None = None,
) -> Comparison:
    """Weigh hypotheses on the readings of `view`.

    Parameters
    ----------
    own : int
        Column of the alert's characteristic: causes that do not move it are not considered, and
        where it has not changed the alarm is a false one, whatever else goes on.
    rolls_s : ndarray, optional
        When the first strip of each foil roll was unwound.
    pattern : Pattern, optional
        Instead of all readings of the view.
    """
    weighing = _Weighing(view, pattern or view.pattern, own, rolls_s)
    able = [one for one in candidates if one.touches(own)]
    weighing.prepare(able)
    return Comparison(tuple(weighing.weigh(one) for one in able))


@dataclass(eq=False)
class _Weighing:
    view: View
    pattern: Pattern
    own: int
    rolls_s: Floats | None

    def __post_init__(self) -> None:
        self._scores: dict[tuple[str, ...], tuple[list[Channel], Scores]] = {}

    def prepare(self, candidates: Sequence[Hypothesis]) -> None:
        """Score what the candidates move once, station by station."""
        wanted: dict[tuple[str, ...], dict[Channel, None]] = {}
        for one in candidates:
            moved = () if one.effects is None else one.effects.channels
            wanted.setdefault(one.stations, {}).update(dict.fromkeys(moved))
        for stations, channels in wanted.items():
            if stations:
                self._ways(stations, list(channels))
        for stations in (*wanted, *((channel.station,) for channel in self.also)):
            if stations:
                self._ways(stations, self.also)

    @cached_property
    def also(self) -> list[Channel]:
        """Characteristics, not the alert's, that moved in a striking way; the strongest first."""
        found = []
        for column in self.pattern.read.tolist():
            if column == self.own:
                continue
            channel = Channel(column, self._station(column))
            ways = self._ways((channel.station,), [channel])
            evidence = log_evidence(ways.gram, ways.score, lone_shift([channel]).prior)
            found.append((float(_log_mean(evidence)), channel))
        striking = sorted((pair for pair in found if pair[0] > _STRIKING), key=lambda p: -p[0])
        return [channel for _, channel in striking[:_MOST_ALSO]]

    def weigh(self, one: Hypothesis) -> Weighed:
        """Evidence and onset of a hypothesis, with and without other things moving beside it."""
        if one.effects is None:
            return self._false_alarm(one)
        moved = {channel.column for channel in one.effects.channels}
        beside = [channel for channel in self.also if channel.column not in moved]
        onsets, prior = self._onsets(one)
        terms = []
        for many in range(len(beside) + 1):
            channels = [*one.effects.channels, *beside[:many]]
            sd = np.full(many, _ALSO_SDS)
            ways = self._ways(one.stations, channels)
            found = log_evidence(ways.gram, ways.score, one.effects.prior.with_free(sd))
            terms.append(found + prior + many * np.log(_ALSO))
        joint = np.logaddexp.reduce(np.array(terms), axis=0)
        total = float(np.logaddexp.reduce(joint))
        weights = np.exp(joint - total).reshape(2, len(onsets)).sum(axis=0)
        return Weighed(one, total, onsets, weights)

    def _false_alarm(self, one: Hypothesis) -> Weighed:
        """The alert's own characteristic is as before, whatever moves beside it."""
        terms = [-float(np.log(_SIGNALS_FALSELY))]
        for many in range(1, len(self.also) + 1):
            channels = self.also[:many]
            ways = self._ways((channels[0].station,), channels)
            prior = lone_shift(channels).prior
            found = _log_mean(log_evidence(ways.gram, ways.score, prior))
            terms.append(terms[0] + found + many * float(np.log(_ALSO)))
        return Weighed(one, float(np.logaddexp.reduce(terms)), np.zeros(0), np.zeros(0))

    def _station(self, column: int) -> str:
        return self.view.judged.keys[column][1]

    def _onsets(self, one: Hypothesis) -> tuple[Floats, Floats]:
        """Onsets, and the log prior of each shape and onset, flat."""
        onsets = self.view.onsets(one.stations)
        chance = np.full(len(onsets), 1.0 / len(onsets))
        if one.begins_with_roll and self.rolls_s is not None and len(self.rolls_s):
            apart = np.abs(onsets[:, None] + 1.0 - self.rolls_s[None, :]).min(axis=1)
            at_roll = (apart < 2.0).astype(np.float64)
            if at_roll.any():
                chance = (1 - _AT_ROLL) * chance + _AT_ROLL * at_roll / at_roll.sum()
        if self.view.quiet_after:  # trouble that is over has to have been as short as that
            lasted_s = np.maximum(self.view.full_s - onsets, 1.0)
            chance = chance * -np.expm1(-lasted_s / _LASTS_S)
        shapes = np.array([1.0 - one.ramp, one.ramp])
        return onsets, np.log(shapes[:, None] * chance[None, :]).ravel()

    def _ways(self, stations: tuple[str, ...], channels: Sequence[Channel]) -> Scores:
        """Scores of steps, then ramps, that begin at each onset."""
        known, scores = self._scores.get(stations, ([], None))
        missing = [channel for channel in channels if channel not in known]
        if scores is None or missing:
            known = [*known, *missing]
            scores = self._scored(stations, known)
            self._scores[stations] = (known, scores)
        return scores.of(np.array([known.index(one) for one in channels], dtype=np.int64))

    def _scored(self, stations: tuple[str, ...], channels: Sequence[Channel]) -> Scores:
        onsets, full_s = self.view.onsets(stations), self.view.full_s
        courses = np.stack([
            np.concatenate(
                [shape_of(self._times(channel), onsets, shape, full_s)
                 for shape in ("step", "ramp")], axis=1,
            )
            for channel in channels
        ])  # fmt: skip
        return self.pattern.scores(np.array([channel.column for channel in channels]), courses)

    def _times(self, channel: Channel) -> Floats:
        judged = self.view.judged
        return judged.at_s[:, judged.stations.index(channel.station)]


def _log_mean(values: Floats) -> float:
    return float(np.logaddexp.reduce(values) - np.log(len(values)))
