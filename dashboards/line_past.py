"""What the line did over a period: computed once, kept until the data change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo

import pandas as pd
import streamlit as st

from dashboards import line_now, state
from dashboards.figures.line_losses import LOSS_LABELS
from dashboards.figures.shifts import SHIFT_FIGURES, shift_name
from dashboards.formatting import percent, words
from twin.bottleneck import Bottleneck, active_periods, bottleneck
from twin.gantt import GanttBar, gantt
from twin.line_history import LineHistory, line_history
from twin.losses import StationLosses, losses
from twin.shift_kpi import ShiftKpi, rated_per_h, shift_kpis, slowest_station

__all__ = [
    "PERIODS",
    "LinePast",
    "bottleneck_sentence",
    "loss_sentence",
    "losses_table",
    "past",
    "rated",
    "shares_table",
    "shifts_table",
    "slowest",
]

PERIODS = {"8 h": 8.0, "Day": 24.0, "3 days": 72.0, "Week": 168.0}
_SHIFTS_BACK_S = 4 * 86_400.0
_SHIFTS, _BARS = 6, 1500


@dataclass(frozen=True, slots=True)
class LinePast:
    """One period that ends now, and the last shifts."""

    simulated: bool
    bars: tuple[GanttBar, ...]
    bottleneck: Bottleneck
    losses: Mapping[str, StationLosses]
    shifts: tuple[ShiftKpi, ...]


@st.cache_resource(show_spinner=False, max_entries=2, ttl=300)
def _history(mark: str) -> LineHistory:  # noqa: ARG001 - key of the cache
    return line_history(state.store(), line_now.model(), line_now.last_known(state.now()))


@st.cache_resource(show_spinner="Looking back", max_entries=8, ttl=300)
def _past(mark: str, hours: float) -> LinePast | None:
    line, history = line_now.model(), _history(mark)
    start_s, end_s = max(history.start_s, history.end_s - 3600 * hours), history.end_s
    if start_s >= end_s:
        return None
    window = (history.records, line, start_s, end_s)
    shifts = shift_kpis(history.records, line, max(history.start_s, end_s - _SHIFTS_BACK_S), end_s)
    return LinePast(
        simulated="simulated" in history.provenance,
        bars=gantt(*window, max_bars=_BARS),
        bottleneck=bottleneck(active_periods(*window)),
        losses=losses(*window),
        shifts=shifts[-_SHIFTS:],
    )


def past(period: str) -> LinePast | None:
    """What happened in a period of `PERIODS`; None when nothing is known of it."""
    return _past(state.watermark(), PERIODS[period])


def rated() -> float:
    """Lots an hour that the slowest station makes when nothing is lost."""
    return rated_per_h(line_now.model())


def slowest() -> str:
    """The station that takes longest for a lot."""
    return slowest_station(line_now.model())


def bottleneck_sentence(found: Bottleneck) -> str:
    """Which station held the line back, and for how much of the time."""
    name = found.machine
    if name is None:
        return "No station was active."
    text = f"**{words(name)}** was the bottleneck {percent(found.sole_share[name])} of the time"
    if found.shifting_share[name] >= 0.0005:
        text += f" alone, and {percent(found.shifting_share[name])} shifting with another"
    return f"{text}."


def loss_sentence(station: StationLosses) -> str:
    """The largest loss of a station, in lots and in its share of the planned busy time."""
    name, busy = station.largest, station.planned_busy_s
    if name is None or not busy:
        return f"**{words(station.station)}** lost nothing."
    share = percent(station.lost_s[name] / busy)
    good = percent(station.good_s / busy)
    return (
        f"**{words(station.station)}** lost most to **{LOSS_LABELS[name].lower()}**: {share} of"
        f" its planned busy time, enough for {station.lots(name):.0f} lots. {good} made good lots."
    )


def shifts_table(shifts: tuple[ShiftKpi, ...], zone: tzinfo = UTC) -> pd.DataFrame:
    """A row a figure, a column a shift, as the figures are written."""
    table = {"Figure": [one.label for one in SHIFT_FIGURES.values()]}
    table["Unit"] = [one.unit for one in SHIFT_FIGURES.values()]
    for shift in reversed(shifts):
        table[shift_name(shift, zone)] = [
            about.text(getattr(shift, name)).removesuffix(" %")
            for name, about in SHIFT_FIGURES.items()
        ]
    return pd.DataFrame(table)


def shares_table(found: Bottleneck) -> pd.DataFrame:
    """Share of the time that each station was the bottleneck, alone and shifting."""
    names = list(found.sole_share)
    alone = [100 * found.sole_share[name] for name in names]
    shifting = [100 * found.shifting_share[name] for name in names]
    return pd.DataFrame(
        {"Station": [words(name) for name in names], "Alone, %": alone, "Shifting, %": shifting}
    ).round(1)


def losses_table(found: Mapping[str, StationLosses]) -> pd.DataFrame:
    """Lots that each station could have made in the time it lost, by loss."""
    rows = [
        {
            "Station": words(name),
            "Planned busy, h": one.planned_busy_s / 3600,
            **{f"{label}, lots": one.lots(loss) for loss, label in LOSS_LABELS.items()},
            "Good, lots": one.good_s / one.run_s_per_lot if one.run_s_per_lot else 0.0,
        }
        for name, one in found.items()
    ]
    return pd.DataFrame(rows).round(2)
