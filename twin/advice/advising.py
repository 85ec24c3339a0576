"""The advice for the next lot, from what is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.run_to_run import Controller
from twin.advice.benefit import best_controller, p_stable
from twin.advice.doubts import doubts
from twin.advice.learning import Effect, learn_effect, learn_wander
from twin.advice.loops import LOOPS, ControlLoop, gain_draws, window_of
from twin.advice.quality import predicted_quality, within_quality
from twin.advice.result import Advice, MoveAdvice
from twin.diagnosis.baseline import Baseline, baseline
from twin.diagnosis.readings import COLUMNS, LotTable, lot_table
from twin.forecasting.known import moment_of
from twin.state import PATH

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from twin.monitoring.plan import ControlPlan
    from twin.recipe import Recipe
    from twin.store import Store

__all__ = ["advise"]

Floats = NDArray[np.float64]
_BACK = timedelta(days=7)
_FOLLOWED = 40
_LEARNED = 300
_USUAL = 5
_DEADBAND = 0.25  # of the spread from lot to lot


def advise(
    store: Store,
    plan: ControlPlan,
    recipe: Recipe,
    model: QualityModel | None = None,
    *,
    as_of: datetime | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Advice:
    """Exposure time and rolling pressure for the next lot, each with its limits and its doubts.

    Parameters
    ----------
    model : QualityModel, optional
        Fitted cells: keeps settings where cells conform, and says what the moves do to them.
    as_of : datetime, optional
        Default now; the newest event where that is more than a day old.

    Raises
    ------
    InputError
        When nothing is stored.
    """
    moment = moment_of(store, as_of)
    base = baseline(store, plan, PATH)
    if base is None:
        text = "no characteristic has a completed Phase I: there is no level to hold"
        return Advice(moment, (), {}, (text,), "")
    frame = store.measurements(since=moment - _BACK, known_by=moment, columns=(
        *COLUMNS, "provenance",
    ))  # fmt: skip
    table = lot_table(frame, base.keys, PATH)
    moves, messages = [], []
    for place, (name, loop) in enumerate(LOOPS.items()):
        seen = _seen(table, base, loop)
        if seen is None:
            messages.append(f"{name}: {loop.setting[0]} or {loop.output[0]} has no Phase I yet")
            continue
        made = _move(name, loop, seen, plan, recipe, model, seed)
        against = doubts(
            store,
            plan,
            loop,
            as_of=moment,
            newest=seen.newest,
            lots=len(seen.outputs),
            effect=made.effect,
            p_stable=made.p_stable,
        )
        moves.append(made.told(against))
        if progress is not None:
            progress((place + 1) / len(LOOPS))
    provenance = "+".join(sorted(set(frame["provenance"]))) if len(frame) else ""
    if model is None:
        messages.append("no quality model stored: nothing is said of CCD and life")
    quality = predicted_quality(model, plan, recipe, moves)
    return Advice(moment, tuple(moves), quality, tuple(messages), provenance)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What was read of a loop: settings and outputs lot by lot, and their levels of Phase I."""

    settings: Floats
    outputs: Floats
    newest: datetime | None
    reference: float
    target: float
    spread: float


def _seen(table: LotTable, base: Baseline, loop: ControlLoop) -> _Seen | None:
    setting, output = base.place(loop.setting), base.place(loop.output)
    if setting is None or output is None:
        return None
    read = np.flatnonzero(
        np.isfinite(table.values[:, setting]) & np.isfinite(table.values[:, output])
    )
    order = read[np.argsort(table.read_s[read, output], kind="stable")][-_LEARNED:]
    at_s = table.read_s[order, output]
    return _Seen(
        table.values[order, setting], table.values[order, output],
        datetime.fromtimestamp(float(at_s[-1]), UTC) if len(at_s) else None,
        float(base.centre[setting]), float(base.centre[output]), float(base.sd[output]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Made:
    """A move with what it rests on, before anybody has doubted it."""

    move: MoveAdvice
    effect: Effect

    @property
    def p_stable(self) -> float:
        return self.move.p_stable

    def told(self, reasons: tuple[str, ...]) -> MoveAdvice:
        return replace(self.move, reasons=reasons)


def _move(
    name: str,
    loop: ControlLoop,
    seen: _Seen,
    plan: ControlPlan,
    recipe: Recipe,
    model: QualityModel | None,
    seed: int,
) -> _Made:
    settings = recipe.settings
    prior = gain_draws(loop, settings, seen.target)
    effect = learn_effect(prior, seen.settings, seen.outputs)
    target = _target(loop, seen, plan)
    low, high = within_quality(model, plan, recipe, loop, window_of(loop, settings, plan))
    usual = float(getattr(settings, loop.recipe_key))
    start = Controller(
        target=target, reference=seen.reference, gain=effect.mean, weight=0.2,
        largest_move=loop.largest_move_share * usual, low=low, high=high,
        deadband=_DEADBAND * seen.spread,
    )  # fmt: skip
    levels = seen.outputs - effect.mean * (seen.settings - seen.reference)
    controller, benefit = best_controller(start, effect, learn_wander(levels), seed)
    now = float(np.median(seen.settings[-_USUAL:])) if len(seen.settings) else seen.reference
    level, drift = (
        controller.follow(seen.outputs[-_FOLLOWED:], seen.settings[-_FOLLOWED:])
        if len(seen.outputs) else (target, 0.0)
    )  # fmt: skip
    proposed = controller.move(level, drift, now)
    ahead = level + drift
    units = {one.name: one.unit for one in plan.characteristics}
    return _Made(
        MoveAdvice(
            loop=name, setting=loop.setting[0], unit=units.get(loop.setting[0], ""),
            output=loop.output[0], output_unit=units.get(loop.output[0], ""), now=now,
            proposed=proposed.setting, low=low, high=high, largest_move=controller.largest_move,
            limited_by=proposed.limited_by, target=target,
            predicted_now=ahead + effect.mean * (now - seen.reference),
            predicted_after=ahead + effect.mean * (proposed.setting - seen.reference),
            effect=effect.mean, effect_sd=effect.sd, prior_share=effect.prior_share,
            p_stable=p_stable(controller, effect, seed), benefit=benefit,
            lots=len(seen.outputs), reasons=(),
        ),
        effect,
    )  # fmt: skip


def _target(loop: ControlLoop, seen: _Seen, plan: ControlPlan) -> float:
    """The plan's target of the output, else the level at which the line was found good."""
    planned = plan.find(*loop.output)
    return seen.target if planned is None or planned.target is None else planned.target
