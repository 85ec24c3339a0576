"""Scripted lines with hidden parameters: is the true cause first, and is the doubt honest?

The short form takes every cause once; the long one several hundred. Each case draws its plant, the
size and the length of its cause anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from twin.measuring import CAUSES

NONE = "none_of_these"
NAMES = (*CAUSES, NONE)


@dataclass(frozen=True)
class Tally:
    """What a campaign gave, one entry a case."""

    causes: tuple[str, ...]
    ranked: tuple[tuple[str, ...], ...]
    top: tuple[float, ...]
    none: tuple[float, ...]

    def within(self, many: int) -> float:
        """Share of catalogued causes among the first `many`."""
        own = [
            cause in names[:many] for cause, names in zip(self.causes, self.ranked, strict=True)
            if cause != NONE
        ]  # fmt: skip
        return float(np.mean(own))


def campaign(
    scripted: Callable[..., Any], cases: int, first_seed: int, wrong: bool = False
) -> Tally:
    causes, ranked, top, none = [], [], [], []
    for number in range(cases):
        seed = first_seed + number
        case = scripted(seed, NAMES[number % len(NAMES)])
        if case is None:
            continue
        order = None
        if wrong:
            order = np.roll(np.arange(len(case.base.keys)), 3)
        chances = case.compared(order).probabilities()
        names = sorted(chances, key=lambda name: -chances[name])
        causes.append(case.cause)
        ranked.append(tuple(names))
        top.append(chances[names[0]])
        none.append(chances.get(NONE, 0.0))
    return Tally(tuple(causes), tuple(ranked), tuple(top), tuple(none))


@pytest.fixture(scope="module")
def tally(scripted: Any) -> Tally:
    """Every cause once; several hundred lines in the long form."""
    return campaign(scripted, 450 if os.environ.get("LACSS_SOAK") else 9, 1000)


@pytest.mark.soak
def test_the_true_cause_comes_first(tally: Tally, rounds: Callable[[int, int], int]) -> None:
    assert len(tally.causes) >= rounds(8, 400)
    assert tally.within(1) >= 0.85
    assert tally.within(3) >= 0.97


@pytest.mark.soak
def test_doubt_is_honest(tally: Tally, rounds: Callable[[int, int], int]) -> None:
    """What is said with 95 % and more is right nearly always; none of these keeps its share."""
    right = np.array([c == names[0] for c, names in zip(tally.causes, tally.ranked, strict=True)])
    sure = np.array(tally.top) >= 0.95
    assert np.mean(right[sure]) >= 0.95 - 1.0 / max(int(sure.sum()), 1)
    share = np.mean([cause == NONE for cause in tally.causes])
    assert abs(float(np.mean(tally.none)) - share) < rounds(2, 1) * 0.1


def test_control_readings_of_the_wrong_characteristic_tell_nothing(scripted: Any) -> None:
    found = campaign(scripted, 8, 1000, wrong=True)
    assert found.within(1) < 0.5
