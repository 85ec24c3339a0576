"""Which few cells to make and test next: those whose results would narrow the window most.

A point of the map is in the window or not; the posterior draws disagree about many. The expected
drop of that disagreement is worked out by simulating the result of each candidate under the draws
and weighting all of them by how well they explain it (importance weighting of the posterior;
Chaloner and Verdinelli, 1995, on the utility of an experiment). Tests cost time, so the drop is
also told by the hour.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.physics.cell import ln_life_h
from process_models.quality.acceptance import Goal, acceptance_of_draws, parts_of
from process_models.quality.candidate import LIFE_TEST_H, Candidate, cost_h, log_likelihood
from process_models.quality.model import QualityModel
from process_models.quality.prior_share import ALLOWED
from process_models.quality.response import features, median_ln_ccd
from process_models.quality.window import check_probability

__all__ = ["Candidate", "Experiment", "Result", "next_experiments", "summary"]

Floats = NDArray[np.float64]
_CANDIDATES = {
    "sublimation_time_s": (20.0, 30.0, 40.0, 50.0, 60.0),
    "rolling_pressure_mpa": (20.0, 36.0, 60.0),
    "thickness_um": (40.0, 60.0, 90.0),
}
_MAP = (13, 7, 5)
_SETTLED = 1e-9
_DRAWS, _OUTCOMES, _SHORTLIST, _TOLD = 400, 120, 25, (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Result:
    """What one result would do: its value, and the window's share of the region afterwards."""

    quantile: float
    value: float
    censored: bool
    window_share: float
    uncertainty: float


@dataclass(frozen=True, slots=True)
class Experiment:
    """A candidate and what its result is expected to do, those before it in the list given.

    Attributes
    ----------
    cost_h : float
        Hours on a cycler.
    narrowing : float
        Expected drop of the uncertainty of the window, as a share of that before it.
    narrowing_per_100_h : float
    information_bits : float
        Expected information about all constants of the model.
    results : tuple of Result
        For a low, a middling and a high result.
    """

    candidate: Candidate
    cost_h: float
    narrowing: float
    narrowing_per_100_h: float
    information_bits: float
    results: tuple[Result, ...]


def next_experiments(
    model: QualityModel,
    goal: Goal,
    *,
    probability: float = 0.8,
    cells: int = 3,
    candidates: Sequence[Candidate] | None = None,
    by_hour: bool = False,
    seed: int = 0,
) -> tuple[Experiment, ...]:
    """The next cells to test, best first; each is chosen given those before it.

    Parameters
    ----------
    probability : float
        That defines the window, as for `process_window`.
    cells : int
        How many.
    candidates : sequence of Candidate, optional
        Among which to choose; by default a grid of 45 recipes, each with either test.
    by_hour : bool
        Rank by narrowing an hour instead of by narrowing.
    seed : int
        Of the simulated results.

    Raises
    ------
    InputError
        When cells is below 1 or beyond the candidates, or the probability not between 0 and 1.
    """
    check_probability(probability)
    listed = list(_all_candidates() if candidates is None else candidates)
    if not 1 <= cells <= len(listed):
        raise InputError(f"cells must be 1 to {len(listed)}, got {cells}")
    search = _Search(model, goal, probability, seed)
    chosen: list[Experiment] = []
    for _ in range(cells):
        tried = [search.judge(candidate) for candidate in listed]
        tried.sort(key=lambda one: one.narrowing_per_100_h if by_hour else one.narrowing)
        best = tried.pop()
        chosen.append(best)
        search.suppose(best.candidate)
        # what promised least alone is not looked at again: results rarely add to each other
        listed = [one.candidate for one in tried[-max(_SHORTLIST, cells) :]]
    return tuple(chosen)


def _all_candidates() -> Sequence[Candidate]:
    return [
        Candidate(test, *inputs)
        for test in ("ccd", "life")
        for inputs in product(*(_CANDIDATES[name] for name in ALLOWED))
    ]


class _Search:
    """Draws that disagree about a map, and what simulated results say of them.

    Attributes
    ----------
    inside : ndarray (draws, points)
        Whether a point is in the window if that draw is the truth.
    log_weights : ndarray (outcomes, draws)
        What the supposed results say of the draws, in each simulated world.
    """

    def __init__(self, model: QualityModel, goal: Goal, probability: float, seed: int) -> None:
        self.goal = goal
        total = len(model.draws["ccd0_ma_cm2"])
        kept = np.linspace(0, total - 1, min(_DRAWS, total)).astype(int)
        self.draws = {name: np.asarray(values)[kept] for name, values in model.draws.items()}
        axes = [np.linspace(*ALLOWED[name], n) for name, n in zip(ALLOWED, _MAP, strict=True)]
        parts = parts_of(model, goal.process, *axes, draws=len(kept))
        met = acceptance_of_draws(parts, goal)
        likely: Floats = met.reshape(-1, len(kept)).T
        self.inside = np.where(likely >= probability, 1.0, 0.0)
        self.truth = np.linspace(0, len(kept) - 1, min(_OUTCOMES, len(kept))).astype(int)
        self.log_weights = np.zeros((len(self.truth), len(kept)))
        self.noise = np.random.default_rng(seed)
        self.before = self._uncertainty(self.log_weights)

    def _uncertainty(self, log_weights: Floats) -> Floats:
        """Mean over the map of p (1 - p), of each world, shape (outcomes,)."""
        weights = _normalised(log_weights)
        p = weights @ self.inside
        return np.asarray(np.mean(p * (1 - p), axis=1))

    def laws(self, candidate: Candidate) -> tuple[Floats, Floats]:
        """Median and sd of ln result of the candidate under each draw."""
        cell = features(
            self.goal.process, candidate.sublimation_time_s, candidate.rolling_pressure_mpa,
            candidate.thickness_um,
        )  # fmt: skip
        ccd = np.broadcast_to(median_ln_ccd(cell, self.draws), self.inside.shape[:1])
        if candidate.test == "ccd":
            return ccd, self.draws["ccd_spread"]
        goal = self.goal
        life = ln_life_h(ccd, goal.current_ma_cm2, goal.capacity_mah_cm2, self.draws)
        return np.asarray(life), self.draws["life_spread"]

    def judge(self, candidate: Candidate) -> Experiment:
        """What the result of a candidate is expected to do."""
        mean, sd = self.laws(candidate)
        noise = _scores(len(self.truth))
        results = mean[self.truth] + sd[self.truth] * noise
        support = log_likelihood(candidate.test, results, mean, sd)
        log_weights = self.log_weights + support
        after = self._uncertainty(log_weights)
        open_before = float(self.before.mean())
        narrowing = 1 - float(after.mean()) / open_before if open_before > _SETTLED else 0.0
        own = support[np.arange(len(self.truth)), self.truth]
        prior = _normalised(self.log_weights)
        evidence = np.log(np.maximum((prior * np.exp(support)).sum(axis=1), 1e-300))
        hours = cost_h(candidate.test, results)
        return Experiment(
            candidate, hours, narrowing, 100 * narrowing / hours,
            float(np.mean(own - evidence)) / math.log(2), self._told(candidate, mean, sd),
        )  # fmt: skip

    def _told(self, candidate: Candidate, mean: Floats, sd: Floats) -> tuple[Result, ...]:
        """A low, a middling and a high result, and the window after each, in the mean world."""
        spread = np.sort((mean[:, None] + sd[:, None] * _scores(51)).ravel())
        asked = np.quantile(spread, _TOLD)
        base = _log_mean(self.log_weights)
        after = base + log_likelihood(candidate.test, asked, mean, sd)
        weights = _normalised(after)
        shares = (weights @ self.inside).mean(axis=1)
        uncertain = self._uncertainty(after)
        limit = math.log(LIFE_TEST_H) if candidate.test == "life" else math.inf
        return tuple(
            Result(quantile, float(np.exp(min(value, limit))), bool(value >= limit),
                   float(share), float(left))
            for quantile, value, share, left in zip(_TOLD, asked, shares, uncertain, strict=True)
        )  # fmt: skip

    def suppose(self, candidate: Candidate) -> None:
        """Take the candidate as tested: each world has its own result of it."""
        mean, sd = self.laws(candidate)
        noise = self.noise.permutation(_scores(len(self.truth)))
        results = mean[self.truth] + sd[self.truth] * noise
        self.log_weights = self.log_weights + log_likelihood(candidate.test, results, mean, sd)
        self.before = self._uncertainty(self.log_weights)


def _scores(n: int) -> Floats:
    """Normal scores in a scattered but fixed order, so that no candidate has better luck."""
    from scipy.special import ndtri

    order = np.random.default_rng(n).permutation(n)
    return np.asarray(ndtri((order + 0.5) / n))


def _normalised(log_weights: Floats) -> Floats:
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _log_mean(log_weights: Floats) -> Floats:
    return np.asarray(np.log(_normalised(log_weights).mean(axis=0) + 1e-300))


def summary(experiments: Sequence[Experiment]) -> list[Mapping[str, Any]]:
    """As in the JSON of `lacss quality next-experiment`."""
    from dataclasses import asdict

    return [
        {"rank": rank, **asdict(one.candidate), "cost_h": one.cost_h, "narrowing": one.narrowing,
         "narrowing_per_100_h": one.narrowing_per_100_h,
         "information_bits": one.information_bits,
         "results": [asdict(result) for result in one.results]}
        for rank, one in enumerate(experiments, start=1)
    ]  # fmt: skip
