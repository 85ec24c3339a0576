"""Futures by the exact engine: the recursion, started from work in process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.calibration import CalibratedLine
from twin.forecasting.ahead.beginning import Beginning, line_from
from twin.forecasting.ahead.numbers import Numbers
from twin.line import LineModel
from twin.recursion import unsupported
from twin.recursion.drawing import StreamPlace
from twin.replication import Plan

if TYPE_CHECKING:
    from twin.forecasting.ahead.kernel import Start

__all__ = ["cannot", "exact_futures"]

Floats = NDArray[np.float64]
Fill = Callable[[int, int, list[StreamPlace], Floats], Floats]
BLOCK = 100
_LEAST_S = 36 * 3600.0
_AFTER_S = 7 * 86_400.0


def cannot(line: LineModel) -> str:
    """What of a line keeps the exact engine from starting with work in process; empty: nothing."""
    if line.arrivals.kind not in ("saturated", "renewal", "schedule"):
        return f"arrivals.kind = {line.arrivals.kind} with work in process"
    for one in line.path:
        if one.batch > 1:
            return f"station {one.name!r}: batch with work in process"
        if one.failure is not None and one.servers > 1 and one.repair_crew:
            return f"station {one.name!r}: a repair crew for parallel servers"
    if (
        len(line.people) > 1
        and sum(bool(one.repair_crew) for one in line.path)
        and len({one.repair_crew for one in line.path if one.repair_crew}) > 1
    ):
        return "two repair crews with work in process"
    return unsupported(line_from(line, 0.0, 0.0), hours=1.0) or ""


@dataclass(frozen=True)
class _Run:
    line: LineModel
    beginning: Beginning
    plan: Plan
    horizon_s: float


def exact_futures(
    calibration: CalibratedLine,
    beginning: Beginning,
    now_s: float,
    *,
    horizon_s: float,
    replications: int,
    seed: int,
    progress: Callable[[float], None] | None = None,
) -> tuple[Floats, NDArray[np.int8], list[int]]:
    """When and how each lot leaves, in every future.

    Returns
    -------
    leave_s : ndarray (replications, lots)
        inf for a lot that has not left, or not entered.
    outcome : ndarray of int8 (replications, lots)
    unsure : list of int
        Futures in which simultaneous failures left the order of repairs open; the first come in
        the order of the stations.
    """
    end_s = max(horizon_s, _LEAST_S)
    line = line_from(calibration.line, now_s, end_s)
    run = _Run(line, beginning, Plan(hours=end_s / 3600, seed=seed), end_s)
    parts = []
    for block, first in enumerate(range(0, replications, BLOCK)):
        rows = min(BLOCK, replications - first)
        numbers = Numbers(calibration, beginning, seed, block, rows)
        parts.append(_block(run, numbers, rows))
        if progress is not None:
            progress((first + rows) / replications)
    lots = max(leave_s.shape[1] for leave_s, _, _ in parts)
    leave_s = np.concatenate([_widened(one, lots, np.inf) for one, _, _ in parts])
    outcome = np.concatenate([_widened(one, lots, 0) for _, one, _ in parts])
    status = np.concatenate([one for _, _, one in parts])
    return leave_s, outcome.astype(np.int8), np.flatnonzero(status).tolist()


def _widened(array: NDArray[np.generic], lots: int, value: float) -> NDArray[np.generic]:
    missing = lots - array.shape[1]
    return np.pad(array, ((0, 0), (0, missing)), constant_values=value) if missing else array


def _block(
    run: _Run, numbers: Numbers, rows: int
) -> tuple[Floats, NDArray[np.int8], NDArray[np.int64]]:
    from twin.forecasting.ahead.kernel import run_from_work
    from twin.recursion.engine import KINDS
    from twin.recursion.extent import Extent, extent_of
    from twin.recursion.layout import Layout

    times = 1
    while True:
        extent = extent_of(run.line, run.plan, times)
        lots = extent.lots + len(run.beginning.lots)
        layout = Layout(
            run.line, run.plan, Extent(lots, run.horizon_s + _AFTER_S), keep_records=False
        )
        drawn = np.empty((rows, layout.width))
        numbers.fill(layout.streams, drawn)
        leave_s = np.full((rows, lots), np.inf)
        outcome = np.zeros((rows, lots), dtype=np.int8)
        status = np.zeros(rows, dtype=np.int64)
        world = layout.world(drawn.ravel())
        short = run_from_work(
            world,
            layout.fresh,
            _start(run, numbers, layout.crews),
            KINDS[run.line.arrivals.kind],
            layout.width,
            leave_s,
            outcome,
            status,
        )
        if not short:
            return leave_s, outcome, status
        times *= 2


def _start(run: _Run, numbers: Numbers, crews: list[str]) -> Start:
    from twin.forecasting.ahead.kernel import Start

    path = run.line.path
    bound = [path[one.place].repair_crew for one in run.beginning.repairs]
    return Start(
        np.array([one.place for one in run.beginning.lots], dtype=np.int64),
        numbers.coming_s(),
        np.array([one.place for one in run.beginning.repairs], dtype=np.int64),
        np.array([crews.index(one) if one in crews else -1 for one in bound], dtype=np.int64),
        numbers.repairs(),
    )
