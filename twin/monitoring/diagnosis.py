"""Which cause is at work, given what signals together and what stays quiet.

Naive Bayes over the control plan's catalogue. The likelihood of a cause multiplies over the
characteristics that were measured lately: one that the cause affects signals in its direction with
the probability of the plan and stays quiet otherwise; one that it does not affect signals with a
background probability of something else going on. The alert's own characteristic has to be
explained: a cause that does not affect it has almost no chance there, and whatever else signals
says nothing for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Set

from twin.monitoring.plan import Cause, ControlPlan

__all__ = ["AFTER_S", "BEFORE_S", "diagnose"]

BEFORE_S = 4 * 3600.0
AFTER_S = 2 * 3600.0
_BACKGROUND = 0.08
_UNEXPLAINED = 0.005
_NONE = "none_of_these"
_NONE_WEIGHT = 0.3
_NONE_EXPLAINS = 0.2
_UNSUSPECTED = 0.2


def diagnose(
    plan: ControlPlan,
    characteristic: str,
    signals: Mapping[str, Set[str]],
    observed: Set[str],
    suspected: tuple[str, ...] = (),
) -> list[tuple[str, float]]:
    """Causes with their probabilities, the likeliest first; they add up to 1.

    Parameters
    ----------
    characteristic : str
        That of the alert.
    signals : mapping of str to set of str
        Characteristics that signal from `BEFORE_S` before to `AFTER_S` after, with their
        directions `high`, `low` or empty.
    observed : set of str
        Characteristics measured within the window.
    suspected : tuple of str
        Causes that the plan suspects behind the alert's characteristic, the likeliest first.
    """
    catalogue = {cause.name: cause for cause in (Cause(_NONE), *plan.causes)}
    weights = {
        name: _prior(name, suspected) * _likelihood(cause, characteristic, signals, observed)
        for name, cause in catalogue.items()
    }
    total = math.fsum(weights.values())
    ranked = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(name, weight / total) for name, weight in ranked]


def _prior(name: str, suspected: tuple[str, ...]) -> float:
    if name == _NONE:
        return _NONE_WEIGHT
    if name in suspected:
        return 1.0 / (1.0 + 0.25 * suspected.index(name))
    return _UNSUSPECTED


def _likelihood(
    cause: Cause, own: str, signals: Mapping[str, Set[str]], observed: Set[str]
) -> float:
    unexplained = _NONE_EXPLAINS if cause.name == _NONE else _UNEXPLAINED
    likelihood = 1.0
    effects = cause.effects if own in cause.effects else {}
    for name in sorted(observed | set(signals)):
        background = unexplained if name == own else _BACKGROUND
        direction, probability = effects.get(name, ("either", background))
        seen = signals.get(name)
        if seen is None:
            likelihood *= 1 - probability
        elif direction == "either" or direction in seen or seen == {""}:
            likelihood *= probability
        else:
            likelihood *= background * (1 - probability)
    return likelihood
