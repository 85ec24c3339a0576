"""The exact engine: replications of a line in blocks that fit the processor's cache."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.figure_block import FigureBlock
from twin.line import LineModel
from twin.records import LineRecords
from twin.recursion.drawing import draw_blocks
from twin.recursion.extent import extent_of
from twin.recursion.figures import figures_of_sums
from twin.recursion.layout import Layout
from twin.recursion.recorded import recorded
from twin.recursion.running import run_rows
from twin.recursion.state import CONWIP, ORDER_UNKNOWN, RENEWAL, SATURATED, SCHEDULE
from twin.recursion.tandem import run_tandem, tandem_of
from twin.replication import Plan
from twin.replication import run_block as run_simpy

__all__ = ["run_recursion"]

Array = NDArray[np.float64]
CACHED_NUMBERS, SHORT_ROW, ROWS = 300_000, 12_000, 128
"""Short rows go by the piece: a call for every stream costs more than the cache saves."""
KINDS = {
    "saturated": SATURATED,
    "renewal": RENEWAL,
    "schedule": SCHEDULE,
    "all_at_start": SCHEDULE,
    "conwip": CONWIP,
}


@dataclass(frozen=True, slots=True)
class _Part:
    totals: NDArray[np.float64]
    sums: NDArray[np.float64]
    records: tuple[LineRecords, ...]


def run_recursion(
    line: LineModel, plan: Plan, replications: range, *, keep_records: bool
) -> FigureBlock:
    """As `twin.recursion.run_block`, of a line that is known to be supported."""
    times, parts, first = 1, [], replications.start
    while first < replications.stop:
        layout = Layout(line, plan, extent_of(line, plan, times), keep_records=keep_records)
        rows = 1 if keep_records else _rows(layout.width)
        rest = range(first, replications.stop)
        for some, drawn in draw_blocks(plan.seed, rest, layout.streams, rows):
            part = _run(layout, plan, drawn, keep_records)
            if part is None:
                break
            parts.append(part)
            first = some.stop
        times *= 2
    return _joined(line, plan, replications, parts, keep_records)


def _rows(width: int) -> int:
    """Replications of a block, by the random numbers of each."""
    return ROWS if width <= SHORT_ROW else max(1, CACHED_NUMBERS // width)


def _run(layout: Layout, plan: Plan, drawn: Array, keep_records: bool) -> _Part | None:
    """Some replications; None when the numbers that were drawn do not last."""
    line, arrivals = layout.line, layout.line.arrivals
    rows = len(drawn)
    totals, sums = np.empty((rows, 7)), np.empty((rows, len(line.stations), 9))
    kind, wip = KINDS[arrivals.kind], arrivals.wip or 0
    if layout.tandem:
        tandem = tandem_of(layout.fresh, kind, wip, layout.extent.lots)
        short = run_tandem(tandem, drawn, totals, sums)
        return None if short else _Part(totals, sums, ())
    world, ending = layout.world(drawn.ravel()), plan.until_s is None
    if run_rows(world, layout.fresh, (kind, wip, ending), layout.width, rows, totals, sums):
        return None
    return _Part(totals, sums, (recorded(line, world),) if keep_records else ())


def _joined(
    line: LineModel, plan: Plan, numbers: range, parts: list[_Part], keep_records: bool
) -> FigureBlock:
    totals = np.concatenate([part.totals for part in parts])
    sums = np.concatenate([part.sums for part in parts])
    ends_s = totals[:, 1]
    for end_s in ends_s[(ends_s > 0) & (ends_s <= plan.warm_up_s)].tolist()[:1]:
        plan.window(end_s)
    keys, values = figures_of_sums(line, plan.warm_up_s, totals, sums)
    finished = totals[:, 6].astype(np.int64)
    records = [one for part in parts for one in part.records]
    unsure = np.flatnonzero(totals[:, 0] == ORDER_UNKNOWN).tolist()
    for row in unsure:
        number = numbers[row]
        found = run_simpy(line, plan, range(number, number + 1), keep_records=keep_records)
        values[row], finished[row] = found.values[0], found.finished[0]
        if keep_records:
            records[row] = found.records[0]
    by_simpy = tuple(numbers[row] for row in unsure)
    return FigureBlock(keys, values, finished, tuple(records), by_simpy)
