from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from twin.measurement import Event, Measurement
from twin.settings import Settings
from twin.store import Store

START = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(tmp_path, database_url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.open(settings) as opened:
        yield opened


@pytest.fixture
def measured() -> Callable[..., Measurement]:
    def make(minute: float = 0, **changes: Any) -> Measurement:
        usual: dict[str, Any] = {
            "measured_at": START + timedelta(minutes=minute),
            "lot_id": "L00001",
            "station": "roll",
            "characteristic": "thickness_um",
            "value": 60.0,
            "unit": "um",
        }
        return Measurement(**{**usual, **changes})

    return make


@pytest.fixture
def happened() -> Callable[..., Event]:
    def make(minute: float = 0, **changes: Any) -> Event:
        usual: dict[str, Any] = {
            "occurred_at": START + timedelta(minutes=minute),
            "lot_id": "L00001",
            "station": "roll",
            "event": "arrive",
        }
        return Event(**{**usual, **changes})

    return make
