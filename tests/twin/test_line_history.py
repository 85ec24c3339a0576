"""The line's past, rebuilt from its events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from twin.line_history import line_history
from twin.line_time import line_seconds
from twin.losses import losses
from twin.overview import line_overview
from twin.shift_kpi import shift_kpis


def test_it_goes_back_as_far_as_asked_or_as_known(plant_days: Any) -> None:
    as_of = plant_days.start + timedelta(hours=60)
    day = line_history(plant_days.store, plant_days.line, as_of, days=1)
    assert (day.start_s, day.end_s) == (line_seconds(as_of) - 86_400, line_seconds(as_of))
    week = line_history(plant_days.store, plant_days.line, as_of)
    assert week.start_s == pytest.approx(line_seconds(plant_days.start), abs=600)
    assert week.provenance == "simulated"


def test_nothing_after_the_moment_is_used(plant_days: Any) -> None:
    as_of = plant_days.start + timedelta(hours=30)
    found = line_history(plant_days.store, plant_days.line, as_of)
    rows = found.records.visit_rows
    assert rows[:, 3].max() <= found.end_s


def test_before_anything_was_known(plant_days: Any) -> None:
    as_of = plant_days.start - timedelta(days=1)
    found = line_history(plant_days.store, plant_days.line, as_of)
    assert len(found.records.visit_rows) == 0
    assert found.provenance == ""


def test_shifts_and_losses_of_the_plant_agree_with_the_overview(plant_days: Any) -> None:
    """The production day at its end: 16 hours of work are two shifts, and all of its losses."""
    as_of = plant_days.start + timedelta(hours=40)
    found = line_history(plant_days.store, plant_days.line, as_of)
    day_s = line_seconds(plant_days.start + timedelta(hours=24))
    shifts = shift_kpis(found.records, plant_days.line, day_s, found.end_s)
    now = line_overview(plant_days.store, plant_days.line, plant_days.plan, as_of)
    assert sum(shift.good_lots for shift in shifts) == now.finished_lots.value
    assert now.throughput_per_h.low is not None
    assert now.throughput_per_h.low < (now.throughput_per_h.value or 0)
    lost = losses(found.records, plant_days.line, day_s, found.end_s)["roll"]
    shares = {one.state.station: one for one in now.stations}["roll"]
    assert lost.lost_s["down"] / lost.planned_busy_s == pytest.approx(shares.down.value)
    assert {one.state.station: one.buffer for one in now.stations}["cool"] == 0
