"""Events of a simulated line give back the records of the simulation."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from twin import kpi
from twin.distributions import Deterministic, Exponential
from twin.event_records import records_from_events
from twin.event_table import events as event_table
from twin.line import Arrivals, Failure, LineModel, StationModel
from twin.line_time import LINE_ORIGIN, line_time
from twin.records import LineRecords
from twin.simulation import LineSimulation

HOURS_S = 8 * 3600.0
LINE = LineModel(
    "three", Arrivals("saturated"),
    (
        StationModel("wind", Deterministic(300), servers=2),
        StationModel(
            "roll", Exponential(200), buffer=3, scrap_probability=0.1,
            failure=Failure("time", Exponential(5000), Exponential(900)),
        ),
        StationModel("inspect", Deterministic(120), buffer=5),
        StationModel("cell_test", Deterministic(40_000), servers=4, sample_every=5),
    ),
    strips_per_roll=4,
)


def stored(records: LineRecords) -> pd.DataFrame:
    """Events as the store would give them."""
    table = event_table(records)
    return pd.DataFrame({
        "occurred_at": pd.to_datetime([line_time(s) for s in table["time_s"]], utc=True),
        "lot_id": table["lot"], "station": table["station"], "event": table["event"],
        "parent_lot_id": table["parent_lot"], "sequence": range(1, len(table) + 1),
        "detail": [f"server {n}" if n else "" for n in table["server"]],
    })


@pytest.fixture(scope="module")
def simulated() -> LineRecords:
    simulation = LineSimulation(LINE, seed=3)
    simulation.run(until_s=HOURS_S)
    return simulation.records


@pytest.fixture(scope="module")
def rebuilt(simulated: LineRecords) -> LineRecords:
    return records_from_events(stored(simulated), LINE, LINE_ORIGIN + timedelta(seconds=HOURS_S))


@pytest.mark.parametrize(
    "figure", [kpi.throughput_per_h, kpi.flow_time_s, kpi.wip, kpi.final_yield]
)
def test_figures_of_the_line_are_those_of_the_simulation(
    simulated: LineRecords, rebuilt: LineRecords, figure: object
) -> None:
    assert callable(figure)
    window = (3600.0, HOURS_S)
    assert figure(rebuilt, *window) == pytest.approx(figure(simulated, *window), rel=1e-6)


def test_figures_of_the_stations_are_those_of_the_simulation(
    simulated: LineRecords, rebuilt: LineRecords
) -> None:
    expected = kpi.station_kpis(simulated, LINE, 3600.0, HOURS_S)
    seen = kpi.station_kpis(rebuilt, LINE, 3600.0, HOURS_S)
    for name, station in expected.items():
        for share in ("utilisation", "blocked", "starved", "down", "mean_queue", "finished"):
            assert getattr(seen[name], share) == pytest.approx(
                getattr(station, share), rel=1e-6, abs=1e-9, nan_ok=True
            ), (name, share)


def test_the_order_of_the_events_does_not_matter(simulated: LineRecords) -> None:
    end = LINE_ORIGIN + timedelta(seconds=HOURS_S)
    table = stored(simulated)
    one = records_from_events(table, LINE, end)
    other = records_from_events(table.sample(frac=1, random_state=1), LINE, end)
    np.testing.assert_array_equal(one.visit_rows, other.visit_rows)
    np.testing.assert_array_equal(one.lot_rows, other.lot_rows)


def test_no_events_are_an_empty_line() -> None:
    table = stored(LineSimulation(LINE, seed=1).records)
    records = records_from_events(table, LINE, LINE_ORIGIN)
    assert (records.visit_rows.shape, records.lot_rows.shape) == ((0, 8), (0, 5))


def test_an_end_of_a_stop_without_its_beginning_is_passed_over() -> None:
    table = pd.DataFrame({
        "occurred_at": pd.to_datetime([LINE_ORIGIN] * 2, utc=True), "lot_id": ["", ""],
        "station": ["roll", "roll"], "event": ["up", "down"], "parent_lot_id": ["", ""],
        "sequence": [1, 2], "detail": ["server 1", "server 1"],
    })
    records = records_from_events(table, LINE, LINE_ORIGIN)
    assert [one.event for one in records.station_events] == ["down"]


def test_set_ups_and_maintenance_come_back_with_server_and_name() -> None:
    rows = [("maintenance_start", "server 2; regrind"), ("maintenance_end", "server 2; regrind"),
            ("setup_end", ""), ("setup_start", "A > B"), ("setup_end", "A > B")]  # fmt: skip
    events = pd.DataFrame({
        "occurred_at": pd.date_range(LINE_ORIGIN, periods=5, freq="h"),
        "lot_id": "", "station": "wind", "event": [event for event, _ in rows],
        "parent_lot_id": "", "sequence": range(5), "detail": [detail for _, detail in rows],
    })
    found = records_from_events(events, LINE, LINE_ORIGIN + timedelta(hours=9)).station_events
    assert [(one.event, one.server, one.detail) for one in found] == [
        ("maintenance_start", 1, "regrind"), ("maintenance_end", 1, "regrind"),
        ("setup_start", 0, "A > B"), ("setup_end", 0, "A > B"),
    ]
