"""Forecast of the lots in process and of the line, from the line's state at one time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from process_models.errors import InputError
from twin.calibration.cells import folded_model
from twin.forecasting.ahead import Ahead, engine_for, run_ahead
from twin.forecasting.analogs import donors_of
from twin.forecasting.interval import required_level
from twin.forecasting.known import Known, known_at, moment_of
from twin.forecasting.lot_yield import Coming, draw_yields
from twin.forecasting.orders import Order
from twin.forecasting.result import Forecast
from twin.forecasting.telling import Site, telling

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from twin.calibration import CalibratedLine
    from twin.line import LineModel
    from twin.monitoring.plan import ControlPlan
    from twin.recipe import Recipe
    from twin.state import LotState
    from twin.store import Store

__all__ = ["Forecast", "Site", "forecast", "forecast_from"]

EXACT_FUTURES, SIMPY_FUTURES = 1_000, 100


def forecast(
    store: Store,
    line: LineModel,
    recipe: Recipe,
    plan: ControlPlan,
    quality_model: QualityModel | None = None,
    *,
    lots: Sequence[str] | None = None,
    horizon_h: float = 168.0,
    replications: int | None = None,
    as_of: datetime | None = None,
    level: float = 0.9,
    seed: int = 0,
    orders: Sequence[Order] = (),
    calibration: CalibratedLine | None = None,
    progress: Callable[[float], None] | None = None,
) -> Forecast:
    """Forecast lots in process and the line over a horizon.

    Parameters
    ----------
    store : Store
        Only what was received by `as_of` is used.
    line, recipe, plan
        As the twin knows them; times follow what the events show.
    quality_model : QualityModel, optional
        Without it nothing is said of cells.
    lots : sequence of str, optional
        Only these lots; default all in process.
    horizon_h : float
        For the figures of the line; lots are followed until they leave.
    replications : int, optional
        Futures; default 1,000 by the exact engine, 100 by SimPy where the line needs it.
    as_of : datetime, optional
        Default now; the newest event where that is more than a day old.
    level : float
        Of every interval.
    orders : sequence of Order
        To be served from what is finished from now on.
    calibration : CalibratedLine, optional
        An approved one; by default the line is fitted to what was known.
    progress : callable, optional
        Called with the share done.

    Raises
    ------
    InputError
        When nothing is stored, a lot is not in process, or an option is out of range.
    """
    _check(level, horizon_h, replications)
    moment = moment_of(store, as_of)
    known = known_at(store, line, plan, moment, calibration)
    model, told = quality_model, ""
    if model is not None:
        folded = folded_model(model, store, recipe, known.history, moment, seed=seed)
        model, told = folded.model, folded.message
    made = forecast_from(
        known,
        Site(line, recipe, plan, model),
        lots=lots,
        horizon_h=horizon_h,
        replications=replications,
        level=level,
        seed=seed,
        orders=orders,
        progress=progress,
    )
    return replace(made, messages=(*made.messages, told)) if told else made


def _check(level: float, horizon_h: float, replications: int | None) -> None:
    required_level(level)
    if not 0 < horizon_h < float("inf"):
        raise InputError(f"horizon must be above 0 h, got {horizon_h:g}")
    if replications is not None and replications < 1:
        raise InputError(f"replications must be at least 1, got {replications}")


def forecast_from(
    known: Known,
    site: Site,
    *,
    lots: Sequence[str] | None = None,
    horizon_h: float = 168.0,
    replications: int | None = None,
    level: float = 0.9,
    seed: int = 0,
    orders: Sequence[Order] = (),
    progress: Callable[[float], None] | None = None,
) -> Forecast:
    """As `forecast`, from what is known already.

    Raises
    ------
    InputError
        When a lot is not in process, or an option is out of range.
    """
    _check(level, horizon_h, replications)
    chosen = _chosen(known, lots)
    many = replications or _usual_futures(known)
    ahead = run_ahead(
        known.calibration, known.state, horizon_s=3600 * horizon_h, replications=many, seed=seed,
        progress=progress,
    )  # fmt: skip
    followed, strangers = _followed(chosen, ahead, asked=lots is not None)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(many,)))
    coming = Coming(ahead.lot_ids, known.passed, ahead.leave_s.shape[1] - len(ahead.lot_ids))
    stretches = donors_of(known.history).stretches(many, ahead.leave_s.shape[1], rng)
    yields = draw_yields(stretches, coming, known.readings, known.planned, rng)
    return telling(
        known,
        site,
        ahead,
        yields,
        followed,
        rng,
        horizon_h=horizon_h,
        level=level,
        seed=seed,
        orders=orders,
        likeness=stretches.likeness,
        strangers=strangers,
    )


def _usual_futures(known: Known) -> int:
    exact = engine_for(known.calibration.line)[0] == "recursion"
    return EXACT_FUTURES if exact else SIMPY_FUTURES


def _chosen(known: Known, lots: Sequence[str] | None) -> list[LotState]:
    inside = {lot.lot_id: lot for lot in known.state.in_process}
    for lot in lots or ():
        if lot not in inside:
            at = known.state.as_of.isoformat(timespec="seconds")
            raise InputError(f"lots: {lot!r} is not in process at {at}")
    return [inside[lot] for lot in lots] if lots else list(inside.values())


def _followed(
    lots: list[LotState], ahead: Ahead, *, asked: bool
) -> tuple[list[LotState], tuple[str, ...]]:
    """The lots that the line's futures hold, and a message about the others."""
    strange = [lot for lot in lots if lot.lot_id not in ahead.lot_ids]
    if not strange:
        return lots, ()
    first = strange[0]
    if asked:
        raise InputError(
            f"lots: {first.lot_id!r} is at station {first.station!r}, which the line does not have"
        )
    more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
    return [lot for lot in lots if lot.lot_id in ahead.lot_ids], (
        f"not forecast, at a station that the line does not have: {first.lot_id!r} at "
        f"{first.station!r}{more}",
    )
