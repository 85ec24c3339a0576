"""Rolled throughput yield: the chance that a lot passes every station right the first time.

The first-pass yield of a station is the share of the lots that finished there for the first time
and were neither scrapped nor sent back; the rolled yield is the product over the stations.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from twin.line import LineModel
from twin.records import ROUTES, LineRecords

__all__ = ["again", "first_pass_yields", "rolled_yield"]

_LOT, _STATION, _ARRIVE, _FINISH, _ROUTE = 0, 1, 3, 5, 7


def again(visits: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which visits are not the lot's first at their station.

    Parameters
    ----------
    visits : ndarray (n, 8)
        Rows of `LineRecords.visit_rows`, in any order; only rework brings a lot back.
    """
    if not np.any(visits[:, _ROUTE] == ROUTES.index("rework")):
        return np.zeros(len(visits), dtype=np.bool_)
    order = np.lexsort((visits[:, _ARRIVE], visits[:, _STATION], visits[:, _LOT]))
    keys = visits[order][:, [_LOT, _STATION]]
    repeated = np.zeros(len(visits), dtype=np.bool_)
    repeated[order[1:]] = np.all(keys[1:] == keys[:-1], axis=1)
    return repeated


def first_pass_yields(
    records: LineRecords, line: LineModel, start_s: float, end_s: float
) -> dict[str, float]:
    """First-pass yield of each station that lots visit, of the visits that finished in the window.

    nan where no lot finished for the first time.
    """
    rows = records.visit_rows
    done = (rows[:, _FINISH] > start_s) & (rows[:, _FINISH] <= end_s) & ~again(rows)
    passed = rows[:, _ROUTE] == ROUTES.index("next")
    found = {}
    for model in line.path:
        here = done & (rows[:, _STATION] == line.index(model.name))
        found[model.name] = float(np.mean(passed[here])) if here.any() else math.nan
    return found


def rolled_yield(records: LineRecords, line: LineModel, start_s: float, end_s: float) -> float:
    """Product of the first-pass yields of the stations; those without a finished lot are left out.

    nan where no station has one.
    """
    known = [
        share
        for share in first_pass_yields(records, line, start_s, end_s).values()
        if not math.isnan(share)
    ]
    return math.prod(known) if known else math.nan
