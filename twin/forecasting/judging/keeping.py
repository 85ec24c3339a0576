"""What was told, kept beside the store until it can be judged."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path

from process_models.errors import StoreError
from twin.forecasting.judging.told import Told, told_of
from twin.forecasting.result import Forecast

__all__ = ["keep_told", "kept_told"]

_MOST = 3_000


def keep_told(home: Path, made: Forecast) -> Path:
    """Write what a forecast told to forecasts/told/ of `home`; the newest 3,000 are kept."""
    folder = home / "forecasts" / "told"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{made.as_of:%Y%m%dT%H%M%S%f}Z.json.gz"
    partial = path.with_suffix(".part")
    rows = [one.to_dict() for one in told_of(made)]
    partial.write_bytes(gzip.compress(json.dumps(rows).encode(), mtime=0))
    partial.replace(path)
    for old in sorted(folder.glob("*.json.gz"))[:-_MOST]:
        old.unlink(missing_ok=True)
    return path


def kept_told(home: Path, since: datetime | None = None, last: int = _MOST) -> list[Told]:
    """What the newest forecasts told, oldest first.

    Raises
    ------
    StoreError
        When a file cannot be read.
    """
    found = []
    for path in sorted((home / "forecasts" / "told").glob("*.json.gz"))[-last:]:
        try:
            rows = json.loads(gzip.decompress(path.read_bytes()))
            told = [Told.from_dict(row) for row in rows]
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(f"{path}: is no kept forecast: {error}") from error
        found += [one for one in told if since is None or one.made_at >= since]
    return found
