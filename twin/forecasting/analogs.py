"""Moments of the past that are like now, and the lots that followed them.

A cause that spoils one lot spoils its neighbours, so lots are not drawn one by one: every future
takes over a stretch of the past, station by station, that began in a state like that of now. A
state is told by what the last lots measured, each characteristic against its usual spread: which
are off, how far and since how many lots; noise counts for nothing. After a stretch, another one
follows that begins as the first ended. Where no moment of the past is like now, the last lots
repeat themselves for as long as such spells last. While the past is short, some stretches are
invented from a prior.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.forecasting.history import History, Passes

__all__ = ["NEAREST", "STRETCH", "Donors", "Stretches", "donors_of"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
NEAREST, STRETCH = 60, 240
_SMOOTHED, _NOISE, _MOST = 2, 1.8, 6.0
_AGE_LOTS, _AGE_MOST = 12.0, 60
_QUIET_LOTS, _QUIET_MOST = 25.0, 50
_LIKE_SD = 0.7
_STRANGE = 2.5
_SPELL_LOTS = 30.0
_FEWEST = 2
_ANYWHERE = 0.03
_SPELL = 60.0
_PRIOR_SPELLS = 2.0
PRIOR = (0.75, 2.4)  # mean and size of a Beta: anything from a lost stretch to a perfect one


@dataclass(frozen=True)
class Stretches:
    """Where the futures take their lots from: R futures, B stretches each.

    Attributes
    ----------
    passes : mapping of str to Passes
    first : mapping of str to ndarray of int (R, B)
        Of each station, the place in its passes that a stretch begins with.
    nearest, length : int
        Lots in the first stretch, and in each later one.
    repeated : ndarray of int (R,)
        So many lots repeat the last ones before the first stretch counts.
    invented : ndarray (R, B)
        Share of good lots of a stretch from the prior; nan where the past is used.
    likeness : float
        0 to 1: how much the past knows of moments like now.
    """

    passes: Mapping[str, Passes]
    first: Mapping[str, Places]
    nearest: int
    length: int
    repeated: Places
    invented: Floats
    likeness: float

    def stretch_of(self, orders: Places) -> Places:
        """The stretch that each coming lot belongs to."""
        later = 1 + (orders - self.nearest) // self.length
        found = np.where(orders < self.nearest, 0, later)
        return np.asarray(np.minimum(found, self.invented.shape[1] - 1), dtype=np.int64)

    def donors(self, station: str, orders: Places, rng: np.random.Generator) -> Places:
        """Whom the coming lots of a station take after.

        Parameters
        ----------
        orders : ndarray of int (n,)
            0 is the next lot that the station finishes.

        Returns
        -------
        ndarray of int (R, n)
            Places in the passes of the station.
        """
        passed = len(self.passes[station].at_s)
        stretch = self.stretch_of(orders)
        begun = np.where(stretch > 0, self.nearest + (stretch - 1) * self.length, 0)
        place = self.first[station][:, stretch] + (orders - begun)
        place = np.where(place >= passed, place % max(passed, 1), place)
        again = orders[None, :] < self.repeated[:, None]
        recent = passed - 1 - rng.integers(0, min(3, max(passed, 1)), size=place.shape)
        return np.asarray(np.where(again, recent, place), dtype=np.int64)


@dataclass(frozen=True)
class _Moments:
    """What every moment of the past was like; the last row is now."""

    signals: Floats
    ages: Floats
    quiet: Floats
    kind: NDArray[np.int64]
    places: Mapping[str, Places]


class Donors:
    """Finds stretches in a history.

    Parameters
    ----------
    history : History
        What was known.
    """

    def __init__(self, history: History) -> None:
        self._passes = {name: one for name, one in history.stations.items() if len(one.at_s)}
        self._moments = _moments_of(self._passes) if self._passes else None

    @property
    def stations(self) -> tuple[str, ...]:
        """Those that any lot has passed."""
        return tuple(self._passes)

    @property
    def passes(self) -> Mapping[str, Passes]:
        """By station."""
        return self._passes

    def stretches(self, replications: int, lots: int, rng: np.random.Generator) -> Stretches:
        """Choose where `replications` futures of `lots` lots begin, and how they go on."""
        moments = self._moments
        fewest = min((len(one.at_s) for one in self._passes.values()), default=0)
        nearest = max(1, min(NEAREST, fewest // 4))
        length = max(1, min(STRETCH, fewest // 4))
        many = -(-max(lots - nearest, 1) // length) + 2
        nothing = np.full((replications, many), np.nan)
        if moments is None:
            return Stretches(
                {}, {}, nearest, length, np.zeros(replications, np.int64), nothing, 0.0
            )
        usable = self._usable(moments, nearest)
        distance = _distances(moments, usable)
        begin = _drawn(distance, usable, replications, rng)
        likeness = float(np.exp(-0.5 * (min(float(distance.min()), 10.0) / _STRANGE) ** 2))
        whole = self._usable(moments, length)
        chosen = self._chained(moments, begin, whole, many, (nearest, length), rng)
        first = {name: moments.places[name][chosen] for name in self._passes}
        strange = rng.random(replications) > likeness
        spell = rng.exponential(_SPELL_LOTS, replications)
        return Stretches(
            self._passes,
            first,
            nearest,
            length,
            np.where(strange, np.ceil(spell), 0.0).astype(np.int64),
            _invented(nothing, fewest / _SPELL, self._good_share(), rng),
            likeness,
        )

    def _good_share(self) -> float:
        """What the past says of how good lots are, stations taken apart."""
        return float(np.prod([one.share.mean() for one in self._passes.values()]))

    def _usable(self, moments: _Moments, length: int) -> Places:
        """Moments that a whole stretch is known after."""
        good = np.ones(len(moments.kind) - 1, dtype=bool)
        for name, places in moments.places.items():
            good &= places[:-1] + length <= len(self._passes[name].at_s)
        found = np.flatnonzero(good)
        return found if len(found) else np.array([0])

    def _chained(
        self,
        moments: _Moments,
        begin: Places,
        usable: Places,
        many: int,
        lengths: tuple[int, int],
        rng: np.random.Generator,
    ) -> Places:
        """After each stretch, one that begins in a state of the kind that it ended in."""
        found = np.empty((len(begin), many), dtype=np.int64)
        found[:, 0] = begin
        by_kind = {kind: usable[moments.kind[usable] == kind] for kind in np.unique(moments.kind)}
        last = len(moments.kind) - 2
        for stretch in range(1, many):
            length = lengths[min(stretch - 1, 1)]
            ended = np.minimum(found[:, stretch - 1] + length, max(last, 0))
            kinds = moments.kind[ended]
            following = usable[rng.integers(len(usable), size=len(begin))]
            for kind in np.unique(kinds):
                alike, here = by_kind[kind], kinds == kind
                if len(alike):
                    following[here] = alike[rng.integers(len(alike), size=int(here.sum()))]
            found[:, stretch] = following
        return found


def donors_of(history: History) -> Donors:
    """As `Donors`."""
    return Donors(history)


def _invented(nothing: Floats, spells: float, share: float, rng: np.random.Generator) -> Floats:
    """Stretches from the prior, the fewer the more is known; the first one less than others.

    The prior itself is drawn towards the `share` of the past, and narrows, with every spell known.
    """
    size = PRIOR[1] + spells
    mean = float(np.clip((PRIOR[0] * PRIOR[1] + share * spells) / size, 0.02, 0.98))
    chances = np.full(nothing.shape[1], _PRIOR_SPELLS / (_PRIOR_SPELLS + spells))
    chances[0] *= 0.1
    drawn = rng.beta(mean * size, (1 - mean) * size, size=nothing.shape)
    return np.where(rng.random(nothing.shape) < chances, drawn, np.nan)


def _moments_of(passes: Mapping[str, Passes]) -> _Moments:
    """The state at each lot that the busiest station has finished, and at the end of all."""
    clock = max(passes.values(), key=lambda one: len(one.at_s))
    now_s = max(float(one.at_s[-1]) for one in passes.values())
    at_s = np.append(clock.at_s, now_s)
    places = {name: np.searchsorted(one.at_s, at_s, side="right") for name, one in passes.items()}
    signals, ages = [], []
    for name, one in passes.items():
        before = np.maximum(places[name] - 1, 0)
        for levels in one.levels.values():
            signal, age = _signal_of(levels)
            signals.append(signal[before])
            ages.append(age[before])
    strong = np.array(signals).T if signals else np.zeros((len(at_s), 1))
    old = np.array(ages).T if ages else np.zeros((len(at_s), 1))
    loud = np.any(strong != 0, axis=1)
    quiet = np.minimum(_since(loud), _QUIET_MOST)
    return _Moments(strong, old, quiet, _kinds(strong, old, quiet), places)


def _signal_of(levels: Floats) -> tuple[Floats, Floats]:
    """How far the last lots are off beyond noise, in usual spreads, and for how many lots."""
    seen = ~np.isnan(levels)
    if seen.sum() < 2 * _FEWEST or len(levels) == 0:
        return np.zeros(len(levels)), np.zeros(len(levels))
    median = float(np.median(levels[seen]))
    spread = 1.4826 * float(np.median(np.abs(levels[seen] - median)))
    filled = np.where(seen, levels, median)
    z = (filled - median) / spread if spread > 0 else np.sign(filled - median) * _MOST
    total = np.convolve(z, np.ones(_SMOOTHED) / _SMOOTHED)[: len(z)]
    signal = np.sign(total) * np.clip(np.abs(total) - _NOISE, 0.0, _MOST)
    age = np.minimum(_since(signal == 0), _AGE_MOST) * (signal != 0)
    return signal, age


def _since(ends: NDArray[np.bool_]) -> Floats:
    """Lots since the last True, this one counted."""
    place = np.arange(len(ends))
    last = np.maximum.accumulate(np.where(ends, place, -1))
    return (place - last).astype(np.float64)


def _kinds(signals: Floats, ages: Floats, quiet: Floats) -> NDArray[np.int64]:
    """Which characteristic is furthest off, to which side and since when; -1, -2: none."""
    furthest = np.argmax(np.abs(signals), axis=1)
    rows = np.arange(len(signals))
    size = signals[rows, furthest]
    side = (size > 0).astype(np.int64)
    old = np.digitize(ages[rows, furthest], (15.0, 35.0))
    kind = (furthest * 2 + side) * 3 + old
    return np.where(size == 0, -1 - (quiet > _QUIET_LOTS), kind).astype(np.int64)


def _distances(moments: _Moments, usable: Places) -> Floats:
    """How unlike now each usable moment was."""
    signal = moments.signals[usable] - moments.signals[-1]
    age = (moments.ages[usable] - moments.ages[-1]) / _AGE_LOTS
    quiet = (moments.quiet[usable] - moments.quiet[-1]) / _QUIET_LOTS
    square = (signal**2).sum(axis=1) + (age**2).sum(axis=1) + 0.5 * quiet**2
    return np.asarray(np.sqrt(square))


def _drawn(distance: Floats, usable: Places, replications: int, rng: np.random.Generator) -> Places:
    """Moments by likeness to now; the nearest set the scale, and a few come from anywhere."""
    nearest = float(np.partition(distance, min(24, len(distance) - 1))[min(24, len(distance) - 1)])
    width = max(_LIKE_SD, nearest)
    weight = np.exp(-0.5 * (distance / width) ** 2)
    weight = (1 - _ANYWHERE) * weight / weight.sum() + _ANYWHERE / len(distance)
    return np.asarray(rng.choice(usable, size=replications, p=weight / weight.sum()))
