"""What may lie behind an alert, each hypothesis with its prior probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from process_models.diagnosis import EffectPrior
from twin.diagnosis.baseline import Baseline
from twin.diagnosis.causes import CAUSES, OUTSIDE
from twin.diagnosis.responses import Channel, Effects, effects_of

if TYPE_CHECKING:
    from process_models.physics import ProcessSettings
    from twin.monitoring.plan import Cause, ControlPlan

__all__ = ["NONE", "Hypothesis", "hypotheses", "lone_shift"]

NONE = "none_of_these"
_P_NONE = 0.25  # before anything is known of the alert, assumed
_P_OUTSIDE, _P_LONE = 0.2, 0.2  # shares of it; the rest are false alarms
_FREE_SDS = (1.5, 4.0, 10.0)
_PLAN_SIZES = (2.0, 4.0, 8.0)
_DIRECTION = {"high": (1.0,), "low": (-1.0,), "either": (1.0, -1.0)}


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """One way to explain an alert.

    Attributes
    ----------
    cause : str
        Name of the catalogue that it counts for.
    prior : float
    effects : Effects or None
        None where nothing has changed: a false alarm.
    ramp : float
        Probability that the change grew.
    product, begins_with_roll : bool
        As in `PhysicalCause`.
    """

    cause: str
    prior: float
    effects: Effects | None
    ramp: float = 0.5
    product: bool = True
    begins_with_roll: bool = False

    @property
    def stations(self) -> tuple[str, ...]:
        """Where it acts."""
        channels = () if self.effects is None else self.effects.channels
        return tuple(dict.fromkeys(channel.station for channel in channels))

    def touches(self, column: int) -> bool:
        """Whether it speaks of a characteristic: it moves it, or calls the alarm false."""
        return self.effects is None or column in {one.column for one in self.effects.channels}


def hypotheses(
    plan: ControlPlan, base: Baseline, settings: ProcessSettings
) -> tuple[Hypothesis, ...]:
    """The catalogue of the plan, physical causes outside it, lone shifts and a false alarm.

    Causes of the plan that the physics do not know are taken as the plan describes them, by
    direction and probability of what they move.
    """
    named = [cause for cause in plan.causes if cause.name != NONE]
    each = (1.0 - _P_NONE) / max(len(named), 1)
    found = [made for cause in named if (made := _named(cause, each, base, settings)) is not None]
    for outside in OUTSIDE.values():
        share = _P_NONE * _P_OUTSIDE / len(OUTSIDE)
        effects = effects_of(outside, base, settings)
        if effects is not None:
            found.append(Hypothesis(NONE, share, effects, outside.ramp))
    for column, (_, station) in enumerate(base.keys):
        lone = lone_shift([Channel(column, station)])
        found.append(Hypothesis(NONE, _P_NONE * _P_LONE / len(base.keys), lone))
    found.append(Hypothesis(NONE, _P_NONE * (1.0 - _P_OUTSIDE - _P_LONE), None))
    return tuple(found)


def lone_shift(channels: Sequence[Channel]) -> Effects:
    """A shift of these characteristics alone, of any size and direction."""
    return Effects(tuple(channels), EffectPrior.free(len(channels), _FREE_SDS))


def _named(
    cause: Cause, prior: float, base: Baseline, settings: ProcessSettings
) -> Hypothesis | None:
    known = CAUSES.get(cause.name)
    if known is not None:
        effects = effects_of(known, base, settings)
        if effects is None:
            return None
        return Hypothesis(
            cause.name, prior, effects, known.ramp, known.product, known.begins_with_roll
        )
    effects = _as_planned(cause, base)
    return None if effects is None else Hypothesis(cause.name, prior, effects)


def _as_planned(cause: Cause, base: Baseline) -> Effects | None:
    """Effects in the plan's directions, of unknown size, each there with the plan's probability."""
    channels, signs, chances = [], [], []
    for column, (name, station) in enumerate(base.keys):
        if name in cause.effects:
            direction, probability = cause.effects[name]
            channels.append(Channel(column, station))
            signs.append(_DIRECTION[direction])
            chances.append(probability)
    if not channels:
        return None
    means = np.array([
        [size * flip * sign[0] * chance for sign, chance in zip(signs, chances, strict=True)]
        for size in _PLAN_SIZES
        for flip in (1.0, -1.0)[: max(len(sign) for sign in signs)]
    ])  # fmt: skip
    spread = np.array([np.diag((0.6 * np.abs(mean) + 0.3) ** 2) for mean in means])
    weights = np.full(len(means), 1.0 / len(means))
    return Effects(tuple(channels), EffectPrior(weights, means, spread))
