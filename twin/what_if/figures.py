"""The figures of a comparison, future by future."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.forecasting.ahead.futures import FINISHED, Ahead
from twin.what_if.result import Compared, compared

if TYPE_CHECKING:
    from twin.forecasting.orders import Order
    from twin.line import LineModel
    from twin.monitoring.plan import ControlPlan
    from twin.what_if.quality import RecipeQuality

__all__ = ["cell_figures", "good_figures", "line_figures", "order_figures"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
_UNITS = {
    "loading_mg_cm2": "mg/cm2", "thickness_um": "um", "areal_capacity_mah_cm2": "mAh/cm2",
    "foil_temperature_c": "C", "ccd_ma_cm2": "mA/cm2", "life_h": "h",
}  # fmt: skip


def line_figures(
    base: Ahead, changed: Ahead, horizon_h: float, level: float
) -> tuple[Compared, ...]:
    """Lots finished within the horizon, and when those in process are."""
    done = [_done(one).sum(axis=1).astype(np.float64) for one in (base, changed)]
    found = [
        _more("finished_lots", "lots", done, level),
        _more("throughput_per_h", "lots/h", [one / horizon_h for one in done], level),
    ]
    n = len(base.lot_ids)
    both = (base.outcome[:, :n] == FINISHED) & (changed.outcome[:, :n] == FINISHED)
    kept = both.any(axis=1)
    if n and kept.any():
        leave = [np.where(both, one.leave_s[:, :n], np.nan)[kept] / 3600 for one in (base, changed)]
        mean, last = ([f(one, axis=1) for one in leave] for f in (np.nanmean, np.nanmax))
        found.append(_less("finish_of_lots_in_process_h", "h", mean, level))
        found.append(_less("finish_of_last_lot_in_process_h", "h", last, level))
    return tuple(found)


def good_figures(
    base: Ahead,
    changed: Ahead,
    yields: Floats,
    plan: ControlPlan,
    line: LineModel,
    level: float,
    cells: tuple[Mask, Mask] | None = None,
) -> tuple[Compared, ...]:
    """Lots and sheets inside every in-line specification; with `cells`, those of CCD and life too.

    A lot has the same yield in both ways: what becomes of it does not hang on when it is made.
    """
    both = (base, changed)
    least = plan.conforming_share
    good = [_count(_done(one), _part(yields, one) >= least) for one in both]
    sheets = [
        np.where(_done(one), _part(yields, one), 0.0).sum(axis=1) * line.sheets_per_lot
        for one in both
    ]
    found = [
        _more("good_lots", "lots", good, level), _more("good_sheets", "sheets", sheets, level)
    ]  # fmt: skip
    if cells is not None:
        with_cells = [
            _count(_done(one), (_part(yields, one) >= least) & met[:, : one.leave_s.shape[1]])
            for one, met in zip(both, cells, strict=True)
        ]
        found.append(_more("good_lots_with_cells", "lots", with_cells, level))
    return tuple(found)


def order_figures(
    base: Ahead,
    changed: Ahead,
    yields: Floats,
    line: LineModel,
    orders: Sequence[Order],
    level: float,
) -> tuple[Compared, ...]:
    """Chance of each order to be served in time, in the order of the due dates."""
    found, needed = [], 0.0
    for order in sorted(orders, key=lambda one: (one.due_at, one.order_id)):
        needed += order.sheets
        due_s = (order.due_at - base.as_of).total_seconds()
        if due_s > base.horizon_s:
            continue
        made = [
            np.where(one.finished_within(0.0, due_s), _part(yields, one), 0.0).sum(axis=1)
            * line.sheets_per_lot
            for one in (base, changed)
        ]
        served = [(one >= needed - 1e-9).astype(np.float64) for one in made]
        found.append(_more(f"order_{order.order_id}_on_time", "", served, level))
    return tuple(found)


def cell_figures(quality: RecipeQuality | None, level: float) -> tuple[Compared, ...]:
    """Structure and cells of another recipe."""
    if quality is None:
        return ()
    return tuple(
        compared(
            name, _UNITS[name], base, changed, level, more_is_better=name != "foil_temperature_c"
        )
        for name, (base, changed) in quality.values.items()
    )


def _done(ahead: Ahead) -> Mask:
    return ahead.finished_within(0.0, ahead.horizon_s)


def _part(values: Floats, ahead: Ahead) -> Floats:
    return values[:, : ahead.leave_s.shape[1]]


def _count(done: Mask, good: Mask) -> Floats:
    return np.asarray((done & good).sum(axis=1), dtype=np.float64)


def _more(name: str, unit: str, both: Sequence[Floats], level: float) -> Compared:
    return compared(name, unit, both[0], both[1], level, more_is_better=True)


def _less(name: str, unit: str, both: Sequence[Floats], level: float) -> Compared:
    return compared(name, unit, both[0], both[1], level, more_is_better=False)
