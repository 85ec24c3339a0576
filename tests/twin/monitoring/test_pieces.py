"""Watching after every few readings raises what watching once at the end would."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from twin.measurement import Measurement
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.plan import ControlPlan, PlannedCharacteristic
from twin.monitoring.watch import watch_once
from twin.settings import Settings
from twin.store import Store

N = 90
START = datetime(2026, 1, 5, tzinfo=UTC)
NOISE = (0.5, -0.5, 0.3, -0.3)
RULES = {"beyond_limits": "major", "nelson_2": "minor", "nelson_3": "minor"}
PLANNED = PlannedCharacteristic(
    name="thickness_um", station="roll", unit="um", lsl=50, usl=70, chart="i_mr", phase1=20,
    rules=RULES,
)  # fmt: skip


def alerts(pieces: Sequence[Sequence[Measurement]], plan: ControlPlan) -> list[tuple[Any, ...]]:
    """What was raised by looking once after each piece."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
            for piece in pieces:
                store.add_measurements(piece)
                watch_once(store, plan)
            return sorted(
                (one.rule, one.panel, one.direction, one.first_point_at, one.last_point_at,
                 one.count, one.lot_id, one.since, one.value)
                for one in AlertDesk(store, plan).list()
            )  # fmt: skip


@settings(max_examples=15)
@given(
    special=st.dictionaries(
        st.integers(0, N - 1), st.sampled_from([55.0, 58.5, 61.0, 62.0, 64.0, 66.0]), max_size=12
    ),
    cuts=st.lists(st.integers(1, N - 1), max_size=5, unique=True),
    rearm=st.sampled_from([1, 5, 20]),
)
def test_pieces_raise_what_the_whole_raises(
    special: dict[int, float], cuts: list[int], rearm: int
) -> None:
    plan = ControlPlan(name="pieces", characteristics=(PLANNED,), rearm_points=rearm)
    rows = [
        Measurement(
            measured_at=START + timedelta(minutes=i), lot_id=f"L{i}", station="roll",
            characteristic="thickness_um", value=special.get(i, 60 + NOISE[i % 4]), unit="um",
        )
        for i in range(N)
    ]  # fmt: skip
    pieces = [rows[a:b] for a, b in pairwise([0, *sorted(cuts), N])]
    assert alerts(pieces, plan) == alerts([rows], plan)
