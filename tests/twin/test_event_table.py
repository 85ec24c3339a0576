"""Events made from records: recipes, details, and the order at equal times."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from twin.distributions import Deterministic
from twin.event_table import events
from twin.line import Arrivals, Hold, LineModel, Maintenance, MaxWait, Mix, Setup, StationModel
from twin.recipe import Recipe
from twin.records import LineRecords, lots, visits
from twin.simulation import LineSimulation

MIX = Mix((Recipe(name="A"), Recipe(name="B")), order=(0, 1))


def ran(*stations: StationModel, lots: int, mix: Mix | None = MIX) -> LineRecords:
    line = LineModel("x", Arrivals("saturated"), stations, mix=mix)
    simulation = LineSimulation(line, seed=1)
    simulation.run(lots=lots)
    return simulation.records


CARED = StationModel(
    "a", Deterministic(10), setup=Setup(Deterministic(2)),
    maintenance=(Maintenance("wipe", Deterministic(3), every_lots=1),),
)  # fmt: skip


def test_maintenance_and_set_up_come_between_two_lots() -> None:
    table = events(ran(CARED, lots=2))
    rows = table[["time_s", "event", "lot", "detail"]].itertuples(index=False, name=None)
    assert list(rows) == [
        (0, "arrive", "L00001", ""),
        (0, "start", "L00001", ""),
        (10, "finish", "L00001", ""),
        (10, "depart", "L00001", ""),
        (10, "maintenance_start", "", "wipe"),
        (13, "maintenance_end", "", "wipe"),
        (13, "arrive", "L00002", ""),
        (13, "setup_start", "", "A > B"),
        (15, "setup_end", "", ""),
        (15, "start", "L00002", ""),
        (25, "finish", "L00002", ""),
        (25, "depart", "L00002", ""),
        (25, "maintenance_start", "", "wipe"),
    ]


def test_the_server_of_a_stop_counts_from_one_and_has_no_lot() -> None:
    table = events(ran(CARED, lots=2))
    stops = table[table["event"].str.contains("maintenance|setup")]
    assert set(stops["server"]) == {1}
    assert set(stops["lot"]) == set(stops["recipe"]) == {""}


def test_windows_give_each_event_once() -> None:
    station = StationModel("a", Deterministic(10), hold=Hold(1, Deterministic(4)))
    records = ran(station, CARED, lots=4)
    whole = events(records)
    cuts = [-np.inf, 10, 14, 24, np.inf]
    parts = [events(records, low, high) for low, high in pairwise(cuts)]
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)


def test_a_hold_of_no_time_keeps_its_order() -> None:
    station = StationModel("a", Deterministic(10), hold=Hold(1, Deterministic(0)))
    table = events(ran(station, StationModel("b", Deterministic(0)), lots=1))
    assert list(table["event"]) == [
        "arrive", "start", "finish", "depart", "hold", "release", "arrive", "start", "finish",
        "depart",
    ]  # fmt: skip


def test_a_lot_scrapped_in_the_queue_arrives_and_is_scrapped() -> None:
    stations = (
        StationModel("a", Deterministic(1)),
        StationModel("b", Deterministic(9), max_wait=MaxWait(3)),
    )
    table = events(ran(*stations, lots=2))
    mine = table[(table["lot"] == "L00002") & (table["station"] == "b")]
    assert list(zip(mine["time_s"], mine["event"], mine["server"], strict=True)) == [
        (2, "arrive", 0), (5, "scrap", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("mix", [None, MIX])
def test_tables_of_a_run_have_a_recipe_for_every_lot(mix: Mix | None) -> None:
    records = ran(StationModel("a", Deterministic(1)), lots=2, mix=mix)
    expected = ["A", "B"] if mix else ["", ""]
    assert list(lots(records)["recipe"]) == list(visits(records)["recipe"]) == expected
    assert [records.recipe_of(number) for number in (1, 2)] == expected
