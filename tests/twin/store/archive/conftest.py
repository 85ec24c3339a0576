from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from twin.measurement import Event, Measurement
from twin.settings import Settings
from twin.store import Store

NOW = datetime(2026, 7, 10, tzinfo=UTC)
START = datetime(2026, 1, 20, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(tmp_path, database_url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.open(settings) as opened:
        yield opened


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row groups of a few rows, so that a small month has several."""
    monkeypatch.setattr("twin.store.archive.rows_of_month.ROW_GROUP", 40)


@pytest.fixture
def made() -> Callable[..., list[Measurement]]:
    """Two series of readings, one every twelve hours, from 20 January on."""

    def make(n: int = 300, first: int = 0, **changes: Any) -> list[Measurement]:
        usual: dict[str, Any] = {"lot_id": "L0", "unit": "um", "source": "s"}
        return [
            Measurement(**{
                **usual,
                "measured_at": START + timedelta(hours=12 * number),
                "lot_id": f"L{number // 10}",
                "station": station,
                "characteristic": name,
                "value": 60 + number / 7,
                "sequence": number % 3,
                "position": number % 5,
                "received_at": START + timedelta(hours=12 * number + 5) if number % 4 else None,
                **changes,
            })
            for number, (name, station) in itertools.product(
                range(first, first + n), (("thickness_um", "roll"), ("h2o_ppm", "wind"))
            )
        ]  # fmt: skip

    return make


@pytest.fixture
def happened() -> Callable[..., list[Event]]:
    """Events every twelve hours; every tenth is a split."""

    def make(n: int = 300, **changes: Any) -> list[Event]:
        usual: dict[str, Any] = {"station": "roll", "detail": '{"a": "NA"}'}
        return [
            Event(**{
                **usual,
                "occurred_at": START + timedelta(hours=12 * number),
                "event": "split" if number % 10 == 0 else "arrive",
                "lot_id": f"L{number}",
                "parent_lot_id": "P" if number % 10 == 0 else "",
                "sequence": number % 3,
                **changes,
            })
            for number in range(n)
        ]  # fmt: skip

    return make


@pytest.fixture
def seen() -> Callable[[Store], list[pd.DataFrame]]:
    """What many queries answer, to be compared before and after."""

    def ask(store: Store) -> list[pd.DataFrame]:
        day = timedelta(days=1)
        middle = START + 50 * day
        return [
            store.measurements(),
            store.measurements("thickness_um", "roll"),
            store.measurements("h2o_ppm", columns=("value", "lot_id")),
            store.measurements(since=middle, until=middle + 20 * day),
            store.measurements("thickness_um", since=START + 10.25 * day, until=START + 12 * day),
            store.measurements("thickness_um", known_by=middle),
            store.measurements(lot_ids=["L3", "L17", "L29"]),
            store.measurements(lot_ids=[]),
            store.measurements("thickness_um", last=1),
            store.measurements("thickness_um", last=150),
            store.measurements("thickness_um", last=250, until=middle),
            store.measurements(last=10_000),
            store.measurements("nothing"),
            store.measurements(until=START - day),
            store.events(),
            store.events(lot_ids=["L20", "L21"]),
            store.events(since=middle, known_by=middle + 10 * day),
            store.genealogy(),
        ]

    return ask
