"""All figures of one replication in one flat mapping, so that replications can be compared."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin import kpi
from twin.line import LineModel
from twin.records import LineRecords
from twin.rolled_yield import rolled_yield

__all__ = ["Figures", "Key", "figures", "flow_series"]

Key = tuple[str, ...]
Figures = Mapping[Key, float]
STATION_FIGURES = (
    "utilisation", "blocked", "starved", "down", "planned", "setup", "maintenance", "mean_queue",
    "mean_wait_s", "quality",
)  # fmt: skip


def figures(records: LineRecords, line: LineModel, start_s: float, end_s: float) -> Figures:
    """Figures of a window by key, such as ("stations", "roll", "blocked"); nan where there is none.

    OEE of a station: availability is its production time over the time that is not planned off,
    effectiveness the mean service time times the lots finished over the production time. The setup
    ratio is set-up time over processing time (set-up and production), ISO 22400-2.
    """
    window = (records, start_s, end_s)
    found: dict[Key, float] = {
        ("throughput_per_h",): kpi.throughput_per_h(*window),
        ("flow_time_s",): kpi.flow_time_s(*window),
        ("wip",): kpi.wip(*window),
        ("yield",): kpi.final_yield(*window),
        ("yield", "first_pass"): kpi.first_pass_yield(*window),
        ("yield", "rolled"): rolled_yield(records, line, start_s, end_s),
    }
    stations = kpi.station_kpis(records, line, start_s, end_s)
    for model in line.stations:
        station = stations[model.name]
        for name in STATION_FIGURES:
            found["stations", model.name, name] = getattr(station, name)
        if model.samples:
            continue
        produced_s = station.utilisation * model.servers * (1 - station.planned) * (end_s - start_s)
        run_s = line.mean_service_s(model) / model.batch * station.finished
        effectiveness = run_s / produced_s if produced_s > 0 else np.nan
        found["oee", model.name, "availability"] = station.utilisation
        found["oee", model.name, "effectiveness"] = effectiveness
        processing = station.utilisation + station.setup
        ratio = station.setup / processing if processing > 0 else np.nan
        found["oee", model.name, "setup_ratio"] = ratio
        found["oee", model.name, "quality"] = station.quality
        found["oee", model.name, "oee"] = station.utilisation * effectiveness * station.quality
    return found


def flow_series(records: LineRecords) -> tuple[np.ndarray, np.ndarray]:
    """Times at which good lots left (seconds), ascending, and their flow times, each (n,)."""
    rows = records.lot_rows
    rows = rows[rows[:, 3] == kpi.FINISHED]
    return rows[:, 2], rows[:, 2] - rows[:, 1]
