"""Figures from the sums of the compiled runs, as `twin.figures_of_run` makes them from records."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.figures_of_run import STATION_FIGURES, Key
from twin.line import LineModel

__all__ = ["figures_of_sums"]

OF_LINE: tuple[Key, ...] = (
    ("throughput_per_h",), ("flow_time_s",), ("wip",), ("yield",), ("yield", "first_pass"),
    ("yield", "rolled"),
)  # fmt: skip
OEE = ("availability", "effectiveness", "setup_ratio", "quality", "oee")
Array = NDArray[np.float64]


def figures_of_sums(
    line: LineModel, start_s: float, totals: Array, sums: Array
) -> tuple[tuple[Key, ...], Array]:
    """Keys and values (replications, keys) of runs measured from `start_s` on.

    Parameters
    ----------
    totals, sums : ndarray (replications, 7), (replications, J, 9)
        As `twin.recursion.running.run_rows` fills them.
    """
    span_s = np.maximum(totals[:, 1] - start_s, 0.0)[:, None]
    left, good = totals[:, 2:3], totals[:, 3:4]
    of_line = [
        _over(good, span_s) * 3600,
        _over(totals[:, 4:5], good),
        _over(totals[:, 5:6], span_s),
        _over(good, left),
        _over(good, left),
        _rolled(line, sums)[:, None],
    ]
    stations, oee = _of_stations(line, span_s, sums)
    values = np.concatenate([*of_line, *stations, *oee], axis=1)
    many = len(line.stations)
    places: dict[Key, int] = {key: place for place, key in enumerate(OF_LINE)}
    for place, model in enumerate(line.stations):
        for spot, name in enumerate(STATION_FIGURES):
            places["stations", model.name, name] = len(OF_LINE) + spot * many + place
        for spot, name in enumerate(() if model.samples else OEE):
            first = len(OF_LINE) + len(STATION_FIGURES) * many
            places["oee", model.name, name] = first + spot * many + place
    return tuple(places), values[:, list(places.values())]


def _over(part: Array, whole: Array) -> Array:
    """A ratio; nan where there is nothing to divide by."""
    found: Array = np.full(part.shape, np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found


def _rolled(line: LineModel, sums: Array) -> Array:
    """Product of the stations' qualities (without rework they are the first-pass yields)."""
    places = [place for place, model in enumerate(line.stations) if not model.samples]
    shares = _over(sums[:, places, 7], sums[:, places, 6])
    product = np.nanprod(shares, axis=1)
    return np.where(np.isnan(shares).all(axis=1), np.nan, product)


def _of_stations(line: LineModel, span_s: Array, sums: Array) -> tuple[list[Array], list[Array]]:
    """Every figure of `STATION_FIGURES` and of `OEE`, (replications, J)."""
    queue_s, waited_s, busy_s, blocked_s, down_s, waits, done, good, planned_s = np.moveaxis(
        sums, 2, 0
    )
    server_s = np.array([model.servers for model in line.stations]) * (span_s - planned_s)
    run_s = done * np.array([model.service_s.mean_s / model.batch for model in line.stations])
    busy, blocked, down = (_over(part, server_s) for part in (busy_s, blocked_s, down_s))
    starved = np.maximum(0.0, 1 - (busy + blocked + down))
    nothing = np.where(server_s > 0, 0.0, np.nan)
    planned, queue = (_over(part, span_s + 0 * part) for part in (planned_s, queue_s))
    wait, quality = _over(waited_s, waits), _over(good, done)
    effectiveness, ratio = _over(run_s, busy_s), np.where(busy > 0, 0.0, np.nan)
    stations = [busy, blocked, starved, down, planned, nothing, nothing, queue, wait, quality]
    return stations, [busy, effectiveness, ratio, quality, busy * effectiveness * quality]
