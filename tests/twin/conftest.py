"""A store that holds the first days of a reference plant, made once for all tests that read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from twin.line import LineModel, read_line
from twin.live.plant import ReferencePlant
from twin.live.store_sink import StoreSink
from twin.live.wire import Batch
from twin.monitoring.plan import ControlPlan, reference_plan
from twin.recipe import Recipe
from twin.settings import Settings, data_folder
from twin.store import Store


@dataclass(frozen=True)
class PlantDays:
    """Three days of plant 5, from Monday 06:00 on, before anything goes wrong on it."""

    store: Store
    settings: Settings
    line: LineModel
    recipe: Recipe
    plan: ControlPlan
    start: datetime
    end: datetime


@pytest.fixture(scope="session")
def reference_line() -> LineModel:
    return read_line(data_folder() / "line.toml")


@pytest.fixture(scope="session")
def plant_days(
    tmp_path_factory: pytest.TempPathFactory, reference_line: LineModel
) -> Iterator[PlantDays]:
    """Read only: tests that write make a store of their own."""
    home: Path = tmp_path_factory.mktemp("plant-days")
    settings = Settings(home, f"sqlite:///{home / 'lacss.db'}")
    start = datetime(2026, 1, 5, 6, tzinfo=UTC)
    end = start + timedelta(days=3)
    recipe = Recipe(name="LACSS 40 s")
    plant = ReferencePlant(reference_line, recipe, seed=5, started_at=start, until=end)
    with Store.open(settings) as store:
        records = tuple(plant.records())
        StoreSink(store).commit(Batch(1, records))
        yield PlantDays(store, settings, reference_line, recipe, reference_plan(), start, end)
