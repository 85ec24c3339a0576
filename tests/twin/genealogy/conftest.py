"""A short run of a line that has every station, and the same as stored events."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest

from twin.distributions import Deterministic
from twin.event_table import events as events_of
from twin.genealogy import Genealogy, genealogy
from twin.line import Arrivals, LineModel, StationModel
from twin.line_time import line_time
from twin.records import LineRecords
from twin.simulation import LineSimulation


@dataclass(frozen=True)
class Run:
    """Twelve lots of three foil rolls, two of them scrapped; furnace runs of two lots."""

    line: LineModel
    records: LineRecords
    tree: Genealogy

    def events(self) -> pd.DataFrame:
        """As a store would hand them out."""
        made = events_of(self.records)
        detail = [f"server {server}" if server else "" for server in made["server"]]
        return pd.DataFrame(
            {
                "occurred_at": pd.to_datetime([line_time(t) for t in made["time_s"]], utc=True),
                "station": made["station"], "event": made["event"], "lot_id": made["lot"],
                "parent_lot_id": made["parent_lot"], "recipe": "", "detail": detail,
                "source": "test", "sequence": range(len(made)), "received_at": pd.NaT,
                "provenance": "simulated",
            }
        )  # fmt: skip


@pytest.fixture(scope="session")
def run() -> Run:
    stations = (
        StationModel("unwind", Deterministic(10)),
        StationModel("sublimation", Deterministic(20), batch=2),
        StationModel("wind", Deterministic(10), servers=2, scrap_probability=0.2),
        StationModel("roll", Deterministic(10)),
        StationModel("inspect", Deterministic(5)),
        StationModel("cell_test", Deterministic(40), sample_every=3, servers=2),
    )
    line = LineModel("x", Arrivals("saturated"), stations, sheets_per_lot=3, strips_per_roll=4)
    simulation = LineSimulation(line, seed=3)
    simulation.run(lots=12)
    return Run(line, simulation.records, genealogy(simulation.records, line))
