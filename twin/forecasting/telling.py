"""Puts a forecast together from its futures: lots, line, periods, orders, cell tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.forecasting.ahead import Ahead
from twin.forecasting.cell_tests import CellTestForecast, cell_tests
from twin.forecasting.cells import CellChances, cell_chances
from twin.forecasting.interval import interval_of, quantiles_of
from twin.forecasting.known import Known
from twin.forecasting.lot_yield import YieldDraws
from twin.forecasting.orders import Order, order_forecasts
from twin.forecasting.periods import period_forecast, period_forecasts, shift_forecasts
from twin.forecasting.result import Driver, FinishTime, Forecast, LineForecast, LotForecast

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from twin.line import LineModel
    from twin.monitoring.plan import ControlPlan
    from twin.recipe import Recipe
    from twin.state import LotState

__all__ = ["Site", "telling"]


@dataclass(frozen=True)
class Site:
    """What the twin knows of a site: line, recipe, plan and, perhaps, a quality model."""

    line: LineModel
    recipe: Recipe
    plan: ControlPlan
    quality_model: QualityModel | None = None


def telling(
    known: Known, site: Site, ahead: Ahead, yields: YieldDraws, lots: Sequence[LotState],
    rng: np.random.Generator, *, horizon_h: float, level: float, seed: int,
    orders: Sequence[Order], likeness: float, strangers: tuple[str, ...],
) -> Forecast:  # fmt: skip
    """The forecast of these lots and of the line."""
    measured = _any_read(known)
    cells = _cells(site, lots, known, rng)
    values = yields.values if measured else None
    sheets = site.line.sheets_per_lot
    options: dict[str, Any] = {
        "least": site.plan.conforming_share,
        "sheets": sheets,
        "level": level,
    }
    served = [] if values is None else order_forecasts(
        orders, ahead, values, sheets=sheets, level=level
    )  # fmt: skip
    return Forecast(
        as_of=known.state.as_of,
        horizon_h=horizon_h,
        level=level,
        replications=ahead.replications,
        seed=seed,
        lots=tuple(
            _lot(lot, ahead, yields, cells.get(lot.lot_id), site.plan, level, measured=measured)
            for lot in lots
        ),
        line=_line(ahead, values, horizon_h, options),
        messages=(*_messages(known, site.quality_model, ahead, measured=measured), *strangers),
        provenance=known.provenance,
        service_factors=known.calibration.factors,
        engine=ahead.engine,
        why=ahead.why,
        periods=period_forecasts(ahead, values, **options),
        shifts=shift_forecasts(ahead, values, **options),
        orders=tuple(served),
        cell_tests=_tests(site, known, ahead, rng),
        likeness=likeness,
    )


def _any_read(known: Known) -> bool:
    return any(
        bool(np.any(~np.isnan(levels)))
        for one in known.history.stations.values()
        for levels in one.levels.values()
    )


def _cells(
    site: Site, lots: Sequence[LotState], known: Known, rng: np.random.Generator
) -> dict[str, CellChances]:
    if site.quality_model is None:
        return {}
    ids = [lot.lot_id for lot in lots]
    chances = cell_chances(
        site.quality_model, site.plan, site.recipe, ids, known.readings, known.history, rng
    )
    return dict(zip(ids, chances, strict=True))


def _tests(
    site: Site, known: Known, ahead: Ahead, rng: np.random.Generator
) -> tuple[CellTestForecast, ...]:
    if site.quality_model is None:
        return ()
    return cell_tests(site.quality_model, site.recipe, site.line, known, ahead, rng)


def _lot(
    lot: LotState,
    ahead: Ahead,
    yields: YieldDraws,
    cells: CellChances | None,
    plan: ControlPlan,
    level: float,
    *,
    measured: bool,
) -> LotForecast:
    drawn = yields.values[:, ahead.lot_ids.index(lot.lot_id)]
    p_scrap = ahead.p_scrap(lot.lot_id)
    good = float(np.mean(drawn >= plan.conforming_share))
    with_cells = None
    if cells is not None and measured:
        both = np.resize(cells.conforming, len(drawn))
        with_cells = interval_of(drawn * both, level)
    losses = sorted(yields.losses[lot.lot_id].items(), key=lambda item: -item[1])
    return LotForecast(
        lot_id=lot.lot_id,
        station=lot.station,
        phase=lot.phase,
        finish=_finish(ahead, ahead.finish_s(lot.lot_id), level),
        yield_=interval_of(drawn, level) if measured else None,
        p_conforming=good * (1.0 - p_scrap) if measured else None,
        p_scrap=p_scrap,
        cells=cells,
        drivers=tuple(Driver(name, loss) for name, loss in losses if loss > 0) if measured else (),
        with_cells=with_cells,
        decided=lot.lot_id in yields.decided,
    )


def _finish(ahead: Ahead, finish_s: NDArray[np.float64], level: float) -> FinishTime | None:
    finish_s = finish_s[np.isfinite(finish_s)]
    if not len(finish_s):
        return None
    drawn = interval_of(finish_s, level)
    return FinishTime(
        ahead.at(drawn.mean),
        ahead.at(drawn.low),
        ahead.at(drawn.high),
        level,
        quantiles_of(finish_s),
    )


def _line(
    ahead: Ahead, values: NDArray[np.float64] | None, horizon_h: float, options: dict[str, Any]
) -> LineForecast:
    whole = period_forecast(
        ahead,
        values,
        "horizon",
        0.0,
        3600 * horizon_h,
        least=options["least"],
        sheets=int(options["sheets"]),
        level=options["level"],
    )
    finished = ahead.finished_within(0.0, 3600 * horizon_h).sum(axis=1)
    return LineForecast(
        finished_lots=whole.finished_lots,
        good_lots=whole.good_lots,
        good_sheets=whole.good_sheets,
        throughput_per_h=interval_of(finished / horizon_h, options["level"]),
    )


def _messages(
    known: Known, model: QualityModel | None, ahead: Ahead, *, measured: bool
) -> tuple[str, ...]:
    messages = []
    if not known.state.in_process:
        messages.append("no lots in process: only the line is forecast")
    if not measured:
        messages.append("no measurements of recent lots: yields are not forecast")
    if model is None:
        messages.append("no quality model stored: nothing is said of cells (lacss quality fit)")
    if ahead.why:
        messages.append(f"SimPy ran {ahead.replications} futures: {ahead.why}")
    return tuple(messages)
