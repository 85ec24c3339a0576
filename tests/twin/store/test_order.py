"""The order and the pieces in which rows arrive do not change what is stored."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.errors import LacssError
from twin.measurement import Event, Measurement
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.audit import AuditLog
from twin.monitoring.plan import ControlPlan, PlannedCharacteristic
from twin.monitoring.watch import watch_once
from twin.settings import Settings
from twin.store import Store

START = datetime(2026, 1, 5, tzinfo=UTC)
MINUTES = st.integers(0, 300).map(lambda minute: START + timedelta(minutes=minute))
IDS = st.sampled_from(["1", "01", "NA", "L1"])
MEASURED = st.builds(
    lambda at, lot, name, position: Measurement(
        measured_at=at, lot_id=lot, station="roll", characteristic=name, position=position,
        value=float(at.minute + position), unit="um",
    ),
    MINUTES, IDS, st.sampled_from(["a", "b"]), st.integers(0, 2),
)  # fmt: skip
HAPPENED = st.builds(
    lambda at, lot, event: Event(occurred_at=at, lot_id=lot, station="roll", event=event),
    MINUTES, IDS, st.sampled_from(["arrive", "start", "finish"]),
)  # fmt: skip


def stored(pieces: Sequence[Sequence[Any]]) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Measurements, events and the number of accepted rows of a store that got these pieces."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
            accepted = 0
            for piece in pieces:
                measured = [row for row in piece if isinstance(row, Measurement)]
                happened = [row for row in piece if isinstance(row, Event)]
                accepted += store.add_measurements(measured).accepted
                accepted += store.add_events(happened).accepted
            keys = ["lot_id", "characteristic", "position", "measured_at"]
            rows = store.measurements().sort_values(keys, ignore_index=True)
            events = store.events().sort_values(["lot_id", "event", "occurred_at"])
            return rows, events.reset_index(drop=True), accepted


@settings(max_examples=15)
@given(rows=st.lists(st.one_of(MEASURED, HAPPENED), max_size=30), data=st.data())
def test_any_order_in_any_pieces_twice_is_the_same_set(
    rows: list[Any], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    edges = [0, *cuts, len(rows)]
    pieces = [shuffled[a:b] for a, b in pairwise(edges)]
    at_once, in_pieces = stored([rows]), stored([*pieces, shuffled[::-1]])
    pd.testing.assert_frame_equal(at_once[0], in_pieces[0])
    pd.testing.assert_frame_equal(at_once[1], in_pieces[1])
    assert at_once[2] == in_pieces[2] == len(set(rows))


def test_two_people_at_two_desks_cannot_both_take_an_alert(
    tmp_path: Path, database_url: str
) -> None:
    planned = PlannedCharacteristic(
        name="a", station="roll", unit="um", lsl=50, usl=70, chart="i_mr", phase1=20
    )
    plan = ControlPlan(name="p", characteristics=(planned,))
    chosen = Settings(tmp_path, database_url)

    def take(user: str) -> str:
        with Store.open(chosen) as mine:
            try:
                AlertDesk(mine, plan).acknowledge(1, user)
            except LacssError:
                return ""
            return user

    with Store.open(chosen) as store:
        store.add_measurements([
            Measurement(measured_at=START, lot_id="L1", station="roll", characteristic="a",
                        value=90.0, unit="um"),
        ])  # fmt: skip
        assert len(watch_once(store, plan)) == 1
        with ThreadPoolExecutor(8) as people:
            took = [user for user in people.map(take, "abcdefgh") if user]
        assert [entry.user for entry in AuditLog(store).entries("alert 1")] == took
        assert len(took) == 1
        assert AuditLog(store).verify().intact
