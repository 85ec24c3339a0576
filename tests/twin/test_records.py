"""Records: visits and lots as tables, events in order, Parquet that notices a flipped bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from twin.distributions import Deterministic, Exponential
from twin.event_table import events
from twin.line import Arrivals, Failure, LineModel, StationModel
from twin.records import LineRecords, lots, to_parquet, visits
from twin.simulation import LineSimulation

LINE = LineModel(
    "test",
    Arrivals("saturated"),
    (StationModel("a", Deterministic(3)), StationModel("b", Deterministic(5), buffer=1)),
)


def records(until_s: float, line: LineModel = LINE) -> LineRecords:
    simulation = LineSimulation(line, seed=1)
    simulation.run(until_s=until_s)
    return simulation.records


def test_visits_that_have_not_ended_have_no_times_yet() -> None:
    table = visits(records(7))
    assert list(table.columns) == [
        "lot", "station", "server", "arrive_s", "start_s", "finish_s", "depart_s", "route",
        "recipe",
    ]  # fmt: skip
    going_on = table[table["depart_s"].isna()]
    rows = going_on.drop(columns=["route", "recipe"]).fillna(-1)
    assert list(rows.itertuples(index=False, name=None)) == [
        ("L00003", "a", 1, 6, 6, -1, -1),
        ("L00001", "b", 1, 3, 3, -1, -1),
        ("L00002", "b", 0, 6, -1, -1, -1),
    ]


def test_lots_in_process_are_listed() -> None:
    table = lots(records(8))
    assert dict(zip(table["lot"], table["outcome"], strict=True)) == {
        "L00001": "finished", "L00002": "in_process", "L00003": "in_process",
    }  # fmt: skip


def test_records_are_a_copy_of_a_moment() -> None:
    simulation = LineSimulation(LINE, seed=1)
    simulation.run(until_s=7)
    before = simulation.records
    frozen = before.visit_rows.copy()
    simulation.run(until_s=70)
    assert np.array_equal(before.visit_rows, frozen, equal_nan=True)
    assert before.end_s == 7
    assert len(simulation.records.visit_rows) > len(frozen)


def test_events_in_pieces_are_all_events_once() -> None:
    line = LineModel(
        "x",
        Arrivals("renewal", interarrival_s=Exponential(10)),
        (
            StationModel(
                "a", Exponential(8), failure=Failure("time", Exponential(50), Exponential(9))
            ),
            StationModel("b", Exponential(8), buffer=0, scrap_probability=0.2),
            StationModel("t", Exponential(8), sample_every=3),
        ),
    )
    simulation = LineSimulation(line, seed=4)
    pieces = []
    for until_s in range(0, 1001, 50):
        simulation.run(until_s=until_s)
        pieces.append(events(simulation.records, until_s - 50, until_s))
    whole = events(simulation.records)
    joined = pd.concat(pieces, ignore_index=True)
    assert joined.equals(whole)
    assert set(whole["event"]) == {
        "arrive", "start", "finish", "depart", "scrap", "down", "up", "split",
    }  # fmt: skip
    assert whole["time_s"].is_monotonic_increasing


def test_a_lot_steps_in_order_even_where_service_takes_no_time() -> None:
    line = LineModel("x", LINE.arrivals, tuple(StationModel(n, Deterministic(0)) for n in "ab"))
    simulation = LineSimulation(line, seed=1)
    simulation.run(lots=1)
    table = events(simulation.records)
    assert list(table["event"]) == ["arrive", "start", "finish", "depart"] * 2
    assert list(table["station"]) == ["a"] * 4 + ["b"] * 4


def test_an_empty_run_has_empty_tables() -> None:
    line = LineModel("x", Arrivals("schedule", times_s=(50,)), LINE.stations)
    empty = records(10, line)
    assert [len(table(empty)) for table in (visits, lots, events)] == [0, 0, 0]


def test_parquet_notices_a_flipped_bit(tmp_path: Path) -> None:
    (path,) = to_parquet({"visits": visits(records(3000))}, tmp_path / "new" / "folder")
    assert pd.read_parquet(path).equals(visits(records(3000)))
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)
    with pytest.raises(OSError, match=r"CRC|checksum"):
        pq.read_table(path, page_checksum_verification=True)


def test_times_are_64_bit() -> None:
    types = visits(records(20)).dtypes
    assert all(types[name] == np.float64 for name in ("start_s", "finish_s", "depart_s"))
