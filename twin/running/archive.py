"""Forecasts kept, so that they can be compared with what happened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twin.forecast import Forecast
from twin.forecasting.judging import keep_told

__all__ = ["keep_forecast", "kept_forecasts"]

_MOST = 500


def keep_forecast(home: Path, made: Forecast) -> Path:
    """Write a forecast to forecasts/ of `home`, under the time it was made from."""
    folder = home / "forecasts"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{made.as_of:%Y%m%dT%H%M%SZ}.json"
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(made.to_dict()))
    partial.replace(path)
    keep_told(home, made)
    for old in sorted(folder.glob("*.json"))[:-_MOST]:
        old.unlink(missing_ok=True)
    return path


def kept_forecasts(home: Path, last: int = 50) -> list[dict[str, Any]]:
    """The newest forecasts kept, oldest first, in the contract's form."""
    files = sorted((home / "forecasts").glob("*.json"))[-last:]
    return [json.loads(path.read_text()) for path in files]
