"""Compile the engine of forecasts once and for all, as `make setup` does."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from twin.calibration import calibrated
from twin.forecasting.ahead import run_ahead
from twin.in_step import current_state
from twin.line import read_line
from twin.settings import Settings, data_folder
from twin.store import Store


def main() -> None:
    """Run the empty reference line on, so that what is compiled is kept."""
    line = read_line(data_folder() / "line.toml")
    moment = datetime(2026, 1, 5, 6, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), f"sqlite:///{folder}/lacss.db")
        with Store.open(settings) as store:
            state = current_state(store, line, moment).state
            run_ahead(calibrated(store, line, moment), state, horizon_s=3600.0, replications=2)


if __name__ == "__main__":
    main()
