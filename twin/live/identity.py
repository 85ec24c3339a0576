"""Which reference plant lives in an installation: its seed and when it was started."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from process_models.errors import InputError, StoreError
from twin.line_time import shift_start

__all__ = ["PlantIdentity", "plant_of"]

_USUAL_SEED = 1


@dataclass(frozen=True, slots=True)
class PlantIdentity:
    """Seed and start fix every record that a plant will ever make."""

    seed: int
    started_at: datetime


def plant_of(
    home: Path, *, seed: int | None = None, history_days: float = 7.0, now: datetime | None = None
) -> PlantIdentity:
    """The plant that is at `home`; a new one when there is none or another seed is asked for.

    A new plant began with a first shift `history_days` ago, so that its history can be made.

    Raises
    ------
    InputError
        When `history_days` is negative.
    StoreError
        When what is at `home` cannot be read.
    """
    if history_days < 0:
        raise InputError(f"history days must not be negative, got {history_days:g}")
    path = home / "plant" / "plant.json"
    known = _read(path)
    if known is not None and seed in (None, known.seed):
        return known
    started_at = shift_start((now or datetime.now(UTC)) - timedelta(days=history_days))
    made = PlantIdentity(_USUAL_SEED if seed is None else seed, started_at)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"seed": made.seed, "started_at": made.started_at.isoformat()})
    partial = path.with_suffix(".part")
    partial.write_text(text)
    partial.replace(path)
    return made


def _read(path: Path) -> PlantIdentity | None:
    if not path.is_file():
        return None
    try:
        stored = json.loads(path.read_text())
        return PlantIdentity(int(stored["seed"]), datetime.fromisoformat(stored["started_at"]))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{path} cannot be read: {error}") from error
