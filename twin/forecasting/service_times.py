"""What the events say of the line's pace: observed over assumed service times."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from twin.kpi import down_times
from twin.line import LineModel, StationModel
from twin.records import LineRecords

__all__ = ["service_factors"]

_START, _FINISH = 4, 5
_PRIOR_VISITS = 10.0
_DRAWS = 4001


def service_factors(records: LineRecords, line: LineModel) -> dict[str, float]:
    """Factor by which each station's service times differ from the line file.

    The ratio of medians, because a median does not mind the few services that a planned stop or a
    breakdown has stretched; shrunk towards 1 as if ten visits had been seen that took what the
    file says. Stations of coupons are left alone: their finished visits are the short ones.

    Returns
    -------
    dict of str to float
        By station, 1 where nothing was seen.
    """
    return {
        station.name: _factor(records, place, station)
        for place, station in enumerate(line.stations)
        if not station.samples
    }


def _factor(records: LineRecords, place: int, station: StationModel) -> float:
    rows = records.visit_rows[records.visit_rows[:, 1] == place]
    rows = rows[~np.isnan(rows[:, _START]) & ~np.isnan(rows[:, _FINISH])]
    undisturbed = rows[~_stretched(records, place, station, rows)]
    if not len(undisturbed):
        return 1.0
    observed = float(np.median(undisturbed[:, _FINISH] - undisturbed[:, _START]))
    assumed = float(np.median(station.service_s.sample(np.random.default_rng(0), _DRAWS)))
    if observed <= 0 or assumed <= 0:
        return 1.0
    n = len(undisturbed)
    return math.exp(n / (n + _PRIOR_VISITS) * math.log(observed / assumed))


def _stretched(
    records: LineRecords, place: int, station: StationModel, rows: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Visits during which the station was planned off or the server down."""
    touched = np.zeros(len(rows), dtype=bool)
    if not len(rows):
        return touched
    stops = station.planned_stops_between(float(rows[:, _START].min()), records.end_s)
    spans = [*stops, *(span for each in down_times(records, place).values() for span in each)]
    for start_s, end_s in spans:
        touched |= (rows[:, _START] < end_s) & (rows[:, _FINISH] > start_s)
    return touched
