"""Figures from the sums of the compiled runs, as `twin.figures_of_run` makes them from records."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.figures_of_run import Key
from twin.line import LineModel, StationModel

__all__ = ["figures_of_sums"]

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
    span_s = np.maximum(totals[:, 1] - start_s, 0.0)
    left, good = totals[:, 2], totals[:, 3]
    found: dict[Key, Array] = {
        ("throughput_per_h",): _over(good, span_s) * 3600,
        ("flow_time_s",): _over(totals[:, 4], good),
        ("wip",): _over(totals[:, 5], span_s),
        ("yield",): _over(good, left),
        ("yield", "first_pass"): _over(good, left),
        ("yield", "rolled"): _rolled(line, sums),
    }
    for place, model in enumerate(line.stations):
        _add_station(found, model, span_s, sums[:, place])
    return tuple(found), np.column_stack(list(found.values()))


def _over(part: Array, whole: Array) -> Array:
    """A ratio; nan where there is nothing to divide by."""
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def _rolled(line: LineModel, sums: Array) -> Array:
    """Product of the stations' qualities (without rework they are the first-pass yields)."""
    places = [place for place, model in enumerate(line.stations) if not model.samples]
    shares = _over(sums[:, places, 7], sums[:, places, 6])
    product = np.nanprod(shares, axis=1)
    return np.where(np.isnan(shares).all(axis=1), np.nan, product)


def _add_station(found: dict[Key, Array], model: StationModel, span_s: Array, sums: Array) -> None:
    queue_s, waited_s, busy_s, blocked_s, down_s, waits, done, good, planned_s = sums.T
    server_s = model.servers * (span_s - planned_s)
    busy, blocked, down = (_over(part, server_s) for part in (busy_s, blocked_s, down_s))
    quality = _over(good, done)
    names = ("stations", model.name)
    found[*names, "utilisation"] = busy
    found[*names, "blocked"] = blocked
    found[*names, "starved"] = np.maximum(0.0, 1 - (busy + blocked + down))
    found[*names, "down"] = down
    found[*names, "planned"] = _over(planned_s, span_s)
    nothing = np.where(server_s > 0, 0.0, np.nan)
    found[*names, "setup"] = nothing
    found[*names, "maintenance"] = nothing
    found[*names, "mean_queue"] = _over(queue_s, span_s)
    found[*names, "mean_wait_s"] = _over(waited_s, waits)
    found[*names, "quality"] = quality
    if model.samples:
        return
    effectiveness = _over(model.service_s.mean_s / model.batch * done, busy_s)
    found["oee", model.name, "availability"] = busy
    found["oee", model.name, "effectiveness"] = effectiveness
    found["oee", model.name, "setup_ratio"] = np.where(busy > 0, 0.0, np.nan)
    found["oee", model.name, "quality"] = quality
    found["oee", model.name, "oee"] = busy * effectiveness * quality
