"""Sweeps over factors of a line: one at a time (tornado), and factorial with interactions.

All lines share their random numbers, so an effect is a weighted sum of means whose variance comes
from the covariance of the lines over the replications. Least squares with independent errors, the
usual analysis of a factorial, would give intervals that are wrong here, mostly far too wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations, islice, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.estimate import CONFIDENCE
from twin.experiments.comparison import AS_IT_IS, MAIN_FIGURE, Comparison, compare, gather
from twin.experiments.factor import Factor, factorial_scenarios, one_at_a_time
from twin.experiments.gathering import Gathering
from twin.experiments.paired import contrast, holm
from twin.experiments.scenario import LineSource

__all__ = ["DESIGNS", "Effect", "Sweep", "sweep"]

DESIGNS = ("one-at-a-time", "factorial")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a level, or two factors together, change in the figure; None where it is not known.

    Attributes
    ----------
    factors : tuple of str
        One key for a main effect, two for an interaction.
    level : str
        In words; for a main effect in a factorial with what it is compared.
    half_normal : float or None
        Quantile of the half-normal distribution that the size of the effect stands against, in a
        two-level factorial: what lies above the line through the small ones is no chance.
    """

    factors: tuple[str, ...]
    level: str
    mean: float | None
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None = None
    half_normal: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Sweep:
    """Effects of factors on one figure.

    Attributes
    ----------
    effects : tuple of Effect
        One at a time: sorted by the size of their factor's effect. Factorial: main effects and
        two-factor interactions, in the order of the factors.
    cells : tuple
        Name and mean of every line that was run.
    base : float or None
        Mean of the line as it is; None in a factorial.
    """

    design: str
    figure: str
    factors: tuple[Factor, ...]
    effects: tuple[Effect, ...]
    cells: tuple[tuple[str, float], ...]
    base: float | None
    replications: int
    confidence: float = CONFIDENCE

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `lacss sweep`."""
        return {
            "design": self.design,
            "figure": self.figure,
            "replications": self.replications,
            "confidence": self.confidence,
            "factors": [{"key": one.key, "levels": list(one.levels)} for one in self.factors],
            "base": self.base,
            "effects": [effect.to_dict() for effect in self.effects],
            "cells": [{"name": name, "mean": mean} for name, mean in self.cells],
        }


def sweep(
    source: LineSource,
    factors: Sequence[Factor],
    *,
    design: str = DESIGNS[0],
    figure: str = MAIN_FIGURE,
    **run: Any,
) -> Sweep:
    """Run a line over levels of factors, with the same random numbers.

    Parameters
    ----------
    design : str
        one-at-a-time, or factorial for all combinations.
    run
        As `twin.experiments.comparison.gather` takes them.

    Raises
    ------
    InputError
        When a factor or an argument breaks its rule.
    """
    if design not in DESIGNS:
        raise InputError(f"design must be one of {', '.join(DESIGNS)}, got {design!r}")
    if design == "factorial":
        scenarios = factorial_scenarios(factors)
        gathered = gather(source, scenarios, figure=figure, **run)
        effects = _factorial_effects(gathered, figure, factors)
        names, base = [one.name for one in scenarios], None
    else:
        compared = compare(source, one_at_a_time(factors), figure=figure, **run)
        gathered, effects = compared.gathered, _tornado(compared, factors)
        names = [AS_IT_IS, *(one.name for one in compared.scenarios[1:])]
        base = float(gathered.moments.mean[gathered.place(figure), 0])
    means = gathered.moments.mean[gathered.place(figure)].tolist()
    return Sweep(
        design=design,
        figure=figure,
        factors=tuple(factors),
        effects=tuple(_with_holm(effects)),
        cells=tuple(zip(names, means, strict=True)),
        base=base,
        replications=gathered.moments.replications,
    )


def _tornado(compared: Comparison, factors: Sequence[Factor]) -> list[Effect]:
    found = iter(compared.differences(compared.figure))
    by_factor = []
    for factor in factors:
        effects = [
            Effect((factor.key,), factor.named(place), one.mean, one.low, one.high, one.p)
            for place, one in enumerate(islice(found, len(factor.levels)))
        ]
        by_factor.append(effects)
    by_factor.sort(key=lambda effects: -max(abs(one.mean or 0.0) for one in effects))
    return [effect for effects in by_factor for effect in effects]


def _factorial_effects(gathered: Gathering, figure: str, factors: Sequence[Factor]) -> list[Effect]:
    sizes = [len(factor.levels) for factor in factors]
    cells = np.array(list(product(*map(range, sizes))))
    at = gathered.place(figure)
    effects = []
    for factor, name in enumerate(factors):
        for level in range(1, sizes[factor]):
            weights = _marginal(cells, factor, level) - _marginal(cells, factor, 0)
            text = f"{name.named(level)} instead of {name.named(0).split(' = ')[1]}"
            found = contrast(gathered.moments, at, weights.tolist(), confidence=CONFIDENCE)
            effects.append(Effect((name.key,), text, *found))
    for a, b in combinations(range(len(factors)), 2):
        weights = _interaction(cells, a, sizes[a] - 1, b, sizes[b] - 1)
        text = f"{factors[a].named(sizes[a] - 1)} with {factors[b].named(sizes[b] - 1)}"
        found = contrast(gathered.moments, at, weights.tolist(), confidence=CONFIDENCE)
        effects.append(Effect((factors[a].key, factors[b].key), text, *found))
    return _half_normal(effects) if max(sizes) == 2 else effects


def _marginal(cells: NDArray[np.int64], factor: int, level: int) -> NDArray[np.float64]:
    """Weights of the mean over all lines with this level."""
    there = cells[:, factor] == level
    return np.asarray(there / there.sum(), dtype=np.float64)


def _interaction(
    cells: NDArray[np.int64], a: int, high_a: int, b: int, high_b: int
) -> NDArray[np.float64]:
    """Half of what changing `a` does at the last level of `b` less at its first."""
    signs = np.zeros(len(cells))
    for level_a, level_b in product((0, high_a), (0, high_b)):
        there = (cells[:, a] == level_a) & (cells[:, b] == level_b)
        sign = 1.0 if (level_a == 0) == (level_b == 0) else -1.0
        signs += sign * there / there.sum() / 2
    return signs


def _half_normal(effects: Sequence[Effect]) -> list[Effect]:
    from scipy.special import ndtri

    order = np.argsort([abs(effect.mean or 0.0) for effect in effects])
    quantiles = ndtri(0.5 + 0.5 * (np.arange(len(effects)) + 0.5) / len(effects))
    by_place = dict(zip(order.tolist(), quantiles.tolist(), strict=True))
    return [replace(one, half_normal=by_place[place]) for place, one in enumerate(effects)]


def _with_holm(effects: Sequence[Effect]) -> list[Effect]:
    adjusted = holm([effect.p for effect in effects])
    return [replace(one, p_holm=p) for one, p in zip(effects, adjusted, strict=True)]
