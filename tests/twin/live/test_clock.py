from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from process_models.errors import InputError
from twin.live.clock import PlantClock

START = datetime(2026, 1, 5, tzinfo=UTC)


def test_plant_time_runs_at_its_speed() -> None:
    wall = iter([10.0, 10.0, 12.5])
    clock = PlantClock(START, 3600.0, lambda: next(wall))
    assert clock.now() == START
    assert clock.now() == START + timedelta(hours=2.5)


def test_as_fast_as_it_is_read_means_that_all_is_due() -> None:
    assert PlantClock(START, math.inf).now() > START + timedelta(days=365_000)


@pytest.mark.parametrize("speed", [0.0, -1.0, math.nan])
def test_time_does_not_stand_still(speed: float) -> None:
    with pytest.raises(InputError, match="speed must be above 0"):
        PlantClock(START, speed)


def test_the_start_needs_an_offset() -> None:
    with pytest.raises(InputError, match="offset from UTC"):
        PlantClock(START.replace(tzinfo=None))
