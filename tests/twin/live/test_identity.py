from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from process_models.errors import InputError, StoreError
from twin.live.identity import plant_of

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


def test_a_new_plant_began_with_a_first_shift_a_week_ago(tmp_path: Path) -> None:
    plant = plant_of(tmp_path, now=NOW)
    assert (plant.seed, plant.started_at) == (1, datetime(2026, 3, 4, 6, tzinfo=UTC))


def test_the_plant_that_is_here_stays(tmp_path: Path) -> None:
    first = plant_of(tmp_path, seed=7, now=NOW)
    later = NOW.replace(month=5)
    assert plant_of(tmp_path, now=later) == first
    assert plant_of(tmp_path, seed=7, now=later) == first


def test_another_seed_is_another_plant(tmp_path: Path) -> None:
    plant_of(tmp_path, seed=7, now=NOW)
    other = plant_of(tmp_path, seed=8, now=NOW.replace(month=5))
    assert (other.seed, other.started_at.month) == (8, 5)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    plant_of(tmp_path, now=NOW)
    (tmp_path / "plant" / "plant.json").write_text("{}")
    with pytest.raises(StoreError, match=r"plant\.json cannot be read"):
        plant_of(tmp_path, now=NOW)


def test_history_lies_in_the_past(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="history days must not be negative, got -1"):
        plant_of(tmp_path, history_days=-1)
