"""The moment that "now" is for a forecast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from process_models.errors import InputError
from twin.forecasting.known import moment_of
from twin.measurement import Event
from twin.settings import Settings
from twin.store import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as opened:
        yield opened


def arrival(at: datetime, provenance: Any) -> Event:
    return Event(
        occurred_at=at, station="roll", event="arrive", lot_id="L1", provenance=provenance
    )


def test_it_is_the_clock_while_the_line_is_heard(store: Store) -> None:
    store.add_events([arrival(NOON - timedelta(minutes=5), "measured")])
    assert moment_of(store, None, NOON) == NOON


def test_it_is_the_last_event_of_a_line_that_fell_silent(store: Store) -> None:
    last = NOON - timedelta(days=3)
    store.add_events([arrival(last, "measured")])
    assert moment_of(store, None, NOON) == last


def test_it_is_the_last_event_of_a_simulated_line_that_runs_ahead(store: Store) -> None:
    ahead = NOON + timedelta(hours=7)
    before = ahead - timedelta(hours=1)
    store.add_events([arrival(before, "simulated"), arrival(ahead, "simulated")])
    assert moment_of(store, None, NOON) == ahead


def test_a_measured_event_from_the_future_moves_no_clock(store: Store) -> None:
    store.add_events([arrival(NOON + timedelta(hours=7), "measured")])
    store.add_events([arrival(NOON - timedelta(hours=1), "measured")])
    assert moment_of(store, None, NOON) == NOON


def test_what_was_asked_for_is_taken(store: Store) -> None:
    assert moment_of(store, NOON) == NOON
    with pytest.raises(InputError, match="as-of needs an offset"):
        moment_of(store, NOON.replace(tzinfo=None))
    with pytest.raises(InputError, match="no events stored"):
        moment_of(store, None, NOON)
