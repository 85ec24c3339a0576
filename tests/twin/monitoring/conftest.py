from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from twin.measurement import Measurement
from twin.monitoring.plan import Cause, ControlPlan, PlannedCharacteristic
from twin.settings import Settings
from twin.store import Store

START = datetime(2026, 1, 5, tzinfo=UTC)
Series = Callable[..., list[Measurement]]


@pytest.fixture
def store(tmp_path: Path, database_url: str) -> Iterator[Store]:
    with Store.open(Settings(tmp_path, database_url)) as opened:
        yield opened


@pytest.fixture
def plan() -> ControlPlan:
    """Two characteristics, twenty points of Phase I, and two causes that tell them apart."""
    return ControlPlan(
        name="test",
        characteristics=(
            PlannedCharacteristic(
                name="thickness_um", station="roll", unit="um", lsl=50, usl=70, chart="i_mr",
                phase1=20, rules={"beyond_limits": "major"}, reaction_plan="measure again",
                causes=("wear", "drift"), silent_after_s=7200,
            ),
            PlannedCharacteristic(
                name="roll_temperature_c", station="roll", unit="C", chart="i_mr", phase1=20,
                rules={"beyond_limits": "critical"}, causes=("heat",),
            ),
        ),
        causes=(
            Cause("wear", "", {"thickness_um": ("high", 0.9)}),
            Cause("heat", "", {"thickness_um": ("either", 0.6),
                               "roll_temperature_c": ("high", 0.9)}),
            Cause("drift", "", {"thickness_um": ("either", 0.9)}),
            Cause("none_of_these"),
        ),
        rearm_points=5,
    )  # fmt: skip


@pytest.fixture
def series() -> Series:
    """Alternating readings around a level, one a minute, with given ones in between."""

    def make(
        n: int,
        special: dict[int, float] | None = None,
        *,
        first: int = 0,
        name: str = "thickness_um",
        level: float = 60.0,
    ) -> list[Measurement]:
        noise = np.tile([0.5, -0.5, 0.3, -0.3], n // 4 + 1)
        return [
            Measurement(
                measured_at=START + timedelta(minutes=first + i),
                lot_id=f"L{first + i:04d}",
                station="roll",
                characteristic=name,
                value=(special or {}).get(first + i, level + float(noise[i])),
                unit="um" if name == "thickness_um" else "C",
                provenance="simulated",
            )
            for i in range(n)
        ]

    return make
