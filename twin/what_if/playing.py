"""The comparison: the line as it is and as it would be, run on from the same state and chances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.forecasting.ahead import Ahead, engine_for, run_ahead
from twin.forecasting.analogs import donors_of
from twin.forecasting.interval import required_level
from twin.forecasting.known import Known, known_at, moment_of
from twin.forecasting.lot_yield import Coming, draw_yields
from twin.what_if.applying import applied, new_recipe
from twin.what_if.change import Change
from twin.what_if.figures import cell_figures, good_figures, line_figures, order_figures
from twin.what_if.quality import RecipeQuality, recipe_quality
from twin.what_if.result import Compared, WhatIf

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from twin.calibration import CalibratedLine
    from twin.forecasting.orders import Order
    from twin.line import LineModel
    from twin.monitoring.plan import ControlPlan
    from twin.recipe import Recipe
    from twin.store import Store

__all__ = ["what_if"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
_DEPOSITED_AT = "sublimation"
_EXACT_FUTURES, _SIMPY_FUTURES = 400, 100


@dataclass(frozen=True)
class _Pair:
    """Both ways on, and what becomes of the lots.

    `yields` are those of the line as it is, (futures, lots), None where nothing was measured;
    `cells` the two arrays of whether a cell of the lot would meet its specification.
    """

    base: Ahead
    changed: Ahead
    yields: Floats | None
    cells: tuple[Mask, Mask] | None


def what_if(
    store: Store,
    line: LineModel,
    recipe: Recipe,
    plan: ControlPlan,
    changes: Sequence[Change],
    model: QualityModel | None = None,
    *,
    horizon_h: float = 24.0,
    replications: int | None = None,
    as_of: datetime | None = None,
    level: float = 0.9,
    seed: int = 0,
    orders: Sequence[Order] = (),
    progress: Callable[[float], None] | None = None,
) -> WhatIf:
    """Compare going on as it is with going on after `changes`, from the line's state.

    Parameters
    ----------
    changes : sequence of Change
        Made together.
    model : QualityModel, optional
        Without it nothing is said of the cells of another recipe.
    horizon_h : float
        Lots and sheets are counted so far; lots in process are followed until they leave.
    replications : int, optional
        Futures, each played twice with the same chances; default 400 by the exact engine, 100
        by SimPy where one of the two lines needs it.
    orders : sequence of Order
        Whether each is served in time.
    progress : callable, optional
        Called with the share done.

    Raises
    ------
    InputError
        When no change is given, one of them cannot be made, or an option is out of range.
    """
    required_level(level)
    if not changes:
        raise InputError("what-if needs at least one change of the line")
    if replications is not None and replications < 2:
        raise InputError(f"replications must be at least 2, got {replications}")
    moment = moment_of(store, as_of)
    known = known_at(store, line, plan, moment)
    other = applied(known.calibration, known.state, recipe, changes)
    base, changed = _both_ways(known, other, horizon_h, replications, seed, progress)
    after = new_recipe(changes)
    quality = None if after is None else recipe_quality(recipe, after, plan, model, seed)
    pair = _pair(base, changed, known, line, quality, seed)
    return WhatIf(
        as_of=moment, changes=tuple(change.words for change in changes), horizon_h=horizon_h,
        replications=base.replications, level=level, seed=seed,
        figures=(*_figures(pair, plan, line, orders, level), *cell_figures(quality, level)),
        engine=changed.engine, why=base.why or changed.why,
        messages=_messages(known, model, after, measured=pair.yields is not None),
        provenance=known.provenance,
    )  # fmt: skip


def _both_ways(
    known: Known,
    other: CalibratedLine,
    horizon_h: float,
    replications: int | None,
    seed: int,
    progress: Callable[[float], None] | None,
) -> tuple[Ahead, Ahead]:
    both = (known.calibration, other)
    # Chances are the same within an engine only, so both ways need one that runs both.
    exact = all(engine_for(one.line)[0] == "recursion" for one in both)
    told = progress or (lambda _: None)
    base, changed = (
        run_ahead(
            one, known.state, horizon_s=3600 * horizon_h, seed=seed,
            replications=replications or (_EXACT_FUTURES if exact else _SIMPY_FUTURES),
            engine="recursion" if exact else "simpy",
            progress=lambda share, place=place: told((place + share) / 2),  # type: ignore[misc]
        )
        for place, one in enumerate(both)
    )  # fmt: skip
    return base, changed


def _figures(
    pair: _Pair, plan: ControlPlan, line: LineModel, orders: Sequence[Order], level: float
) -> tuple[Compared, ...]:
    base, changed, yields = pair.base, pair.changed, pair.yields
    moved = line_figures(base, changed, base.horizon_s / 3600, level)
    if yields is None:
        return moved
    good = good_figures(base, changed, yields, plan, line, level, pair.cells)
    return (*good, *moved, *order_figures(base, changed, yields, line, orders, level))


def _pair(
    base: Ahead,
    changed: Ahead,
    known: Known,
    line: LineModel,
    quality: RecipeQuality | None,
    seed: int,
) -> _Pair:
    lots = max(base.leave_s.shape[1], changed.leave_s.shape[1])
    futures = base.replications
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(futures,)))
    yields = None
    if known.readings or any(one.levels for one in known.history.stations.values()):
        coming = Coming(base.lot_ids, known.passed, lots - len(base.lot_ids))
        stretches = donors_of(known.history).stretches(futures, lots, rng)
        yields = draw_yields(stretches, coming, known.readings, known.planned, rng).values
    cells = None
    if quality is not None and quality.modelled:
        chance = quality.conforming[rng.integers(len(quality.conforming), size=futures)]
        uniform = rng.random((futures, lots))
        usual = uniform < chance[:, :1]
        other = np.where(_undeposited(base, line, lots), uniform < chance[:, 1:], usual)
        cells = (usual, other)
    return _Pair(base, changed, yields, cells)


def _undeposited(base: Ahead, line: LineModel, lots: int) -> NDArray[np.bool_]:
    """Lots that another recipe can still reach; those in service in the chamber are not."""
    names = [one.name for one in line.path]
    if _DEPOSITED_AT not in names:
        return np.ones(lots, dtype=bool)
    chamber = names.index(_DEPOSITED_AT)
    reached = np.ones(lots, dtype=bool)
    reached[: len(base.stations)] = [names.index(one) < chamber for one in base.stations]
    return reached


def _messages(
    known: Known, model: QualityModel | None, after: Recipe | None, *, measured: bool
) -> tuple[str, ...]:
    messages = []
    if not measured:
        messages.append("no measurements of recent lots: good lots are not told")
    if after is not None:
        messages.append("structure of another recipe is prior, not measured on this line")
        if model is None:
            messages.append("no quality model stored: nothing is said of CCD and life")
    if not known.state.in_process:
        messages.append("no lots in process: the line starts empty")
    return tuple(messages)
