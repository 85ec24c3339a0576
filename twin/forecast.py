"""Forecast of the lots in process and of the line, from the line's state at one time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.forecasting.cells import CellChances, cell_chances
from twin.forecasting.futures import Futures, run_futures
from twin.forecasting.good_share import draw_good_share
from twin.forecasting.interval import Interval, interval_of, required_level
from twin.forecasting.known import Known, known_at, moment_of
from twin.forecasting.lot_yield import LotYields, YieldDraws
from twin.forecasting.result import Driver, FinishTime, Forecast, LineForecast, LotForecast
from twin.line_scaling import scaled_line
from twin.line_time import line_time

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from twin.line import LineModel
    from twin.monitoring.plan import ControlPlan
    from twin.recipe import Recipe
    from twin.state import LotState
    from twin.store import Store

__all__ = ["Forecast", "forecast"]

_YIELD_DRAWS = 1000
_PACE_SD = 0.02  # stations keep no better pace from day to day, assumed


def forecast(
    store: Store, line: LineModel, recipe: Recipe, plan: ControlPlan,
    quality_model: QualityModel | None = None, *,
    lots: Sequence[str] | None = None, horizon_h: float = 168.0, replications: int = 100,
    as_of: datetime | None = None, level: float = 0.9, seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Forecast:
    """Forecast lots in process and the line over a horizon.

    Parameters
    ----------
    store : Store
        Only what was received by `as_of` is used.
    line, recipe, plan
        As the twin knows them; service times follow what the events show.
    quality_model : QualityModel, optional
        Without it nothing is said of cells.
    lots : sequence of str, optional
        Only these lots; default all in process.
    horizon_h : float
        For the figures of the line; lots are followed until they leave.
    replications : int
        Futures of the line.
    as_of : datetime, optional
        Default now; the newest event where that is more than a day old.
    level : float
        Of every interval.
    progress : callable, optional
        Called with the share done.

    Raises
    ------
    InputError
        When nothing is stored, a lot is not in process, or an option is out of range.
    """
    required_level(level)
    if not horizon_h > 0:
        raise InputError(f"horizon must be above 0 h, got {horizon_h:g}")
    if replications < 1:
        raise InputError(f"replications must be at least 1, got {replications}")
    moment = moment_of(store, as_of)
    known = known_at(store, line, plan, moment)
    chosen = _chosen(known, lots)
    futures = run_futures(
        scaled_line(line, known.service_factors), known.state, horizon_s=3600 * horizon_h,
        replications=replications, seed=seed, pace_sd=_PACE_SD, progress=progress,
    )
    chosen, strangers = _followed(chosen, futures, asked=lots is not None)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(replications,)))
    yields = LotYields(known.donors, known.planned, draws=_YIELD_DRAWS, rng=rng)
    cells = _cells(quality_model, plan, recipe, chosen, known, rng)
    return Forecast(
        as_of=moment, horizon_h=horizon_h, level=level, replications=replications, seed=seed,
        lots=tuple(
            _lot(lot, known, futures, yields, cells.get(lot.lot_id), plan, level)
            for lot in chosen
        ),
        line=_line(known, futures, line.sheets_per_lot, horizon_h, level, rng),
        messages=(*_messages(known, quality_model), *strangers),
        provenance=known.provenance,
        service_factors=known.service_factors,
    )


def _chosen(known: Known, lots: Sequence[str] | None) -> list[LotState]:
    inside = {lot.lot_id: lot for lot in known.state.in_process}
    for lot in lots or ():
        if lot not in inside:
            at = known.state.as_of.isoformat(timespec="seconds")
            raise InputError(f"lots: {lot!r} is not in process at {at}")
    return [inside[lot] for lot in lots] if lots else list(inside.values())


def _followed(
    lots: list[LotState], futures: Futures, *, asked: bool
) -> tuple[list[LotState], tuple[str, ...]]:
    """The lots that the line's futures hold, and a message about the others."""
    strange = [lot for lot in lots if lot.lot_id not in futures.lot_ids]
    if not strange:
        return lots, ()
    first = strange[0]
    if asked:
        raise InputError(
            f"lots: {first.lot_id!r} is at station {first.station!r}, which the line does not have"
        )
    more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
    return [lot for lot in lots if lot.lot_id in futures.lot_ids], (
        f"not forecast, at a station that the line does not have: {first.lot_id!r} at "
        f"{first.station!r}{more}",
    )


def _cells(
    model: QualityModel | None, plan: ControlPlan, recipe: Recipe, lots: Sequence[LotState],
    known: Known, rng: np.random.Generator,
) -> dict[str, CellChances]:
    if model is None:
        return {}
    ids = [lot.lot_id for lot in lots]
    chances = cell_chances(model, plan, recipe, ids, known.readings, known.donors, rng)
    return dict(zip(ids, chances, strict=True))


def _lot(
    lot: LotState, known: Known, futures: Futures, yields: LotYields,
    cells: CellChances | None, plan: ControlPlan, level: float,
) -> LotForecast:
    place = futures.lot_ids.index(lot.lot_id)
    finish = futures.finish_s[:, place]
    p_scrap = float(np.mean(futures.scrapped[:, place]))
    drawn = yields.of(lot.lot_id, known.readings, known.passed.get(lot.lot_id, frozenset()))
    measured = bool(known.readings)
    good = float(np.mean(drawn.values >= plan.conforming_share))
    return LotForecast(
        lot_id=lot.lot_id, station=lot.station, phase=lot.phase,
        finish=_finish(finish[~np.isnan(finish)], level),
        yield_=interval_of(drawn.values, level) if measured else None,
        p_conforming=good * (1.0 - p_scrap) if measured else None,
        p_scrap=p_scrap, cells=cells, drivers=_drivers(drawn) if measured else (),
    )


def _finish(finish_s: NDArray[np.float64], level: float) -> FinishTime | None:
    if not len(finish_s):
        return None
    drawn = interval_of(finish_s, level)
    return FinishTime(line_time(drawn.mean), line_time(drawn.low), line_time(drawn.high), level)


def _drivers(drawn: YieldDraws) -> tuple[Driver, ...]:
    largest_first = sorted(drawn.losses.items(), key=lambda item: -item[1])
    return tuple(Driver(name, loss) for name, loss in largest_first if loss > 0)


def _line(
    known: Known, futures: Futures, sheets_per_lot: int, horizon_h: float, level: float,
    rng: np.random.Generator,
) -> LineForecast:
    finished = futures.finished.astype(np.float64)
    good_lots: Interval | None = None
    good_sheets: Interval | None = None
    if known.readings:
        share = draw_good_share(known.spells, futures.finished, rng)
        good = rng.binomial(futures.finished, share.conforming)
        good_lots = interval_of(good.astype(np.float64), level)
        good_sheets = interval_of(finished * sheets_per_lot * share.area, level)
    return LineForecast(
        finished_lots=interval_of(finished, level), good_lots=good_lots, good_sheets=good_sheets,
        throughput_per_h=interval_of(finished / horizon_h, level),
    )


def _messages(known: Known, model: QualityModel | None) -> tuple[str, ...]:
    messages = []
    if not known.state.in_process:
        messages.append("no lots in process: only the line is forecast")
    if not known.readings:
        messages.append("no measurements of recent lots: yields are not forecast")
    if model is None:
        messages.append("no quality model stored: nothing is said of cells (lacss quality fit)")
    return tuple(messages)
