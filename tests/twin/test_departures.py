"""A lot that the last station sends back has not left: the same in every room that asks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from twin.departures import last_departures
from twin.distributions import Deterministic
from twin.event_records import records_from_events
from twin.event_table import events
from twin.line import Arrivals, LineModel, Rework, StationModel
from twin.line_time import LINE_ORIGIN
from twin.measurement import Event
from twin.monitoring.lots import lots_table
from twin.monitoring.plan import reference_plan
from twin.records import lots, visits
from twin.settings import Settings
from twin.simulation import LineSimulation
from twin.state import line_state
from twin.store import Store

PATH = ("roll", "inspect")
LINE = LineModel(
    "back",
    Arrivals("all_at_start", lots=6),
    (
        StationModel("roll", Deterministic(5), scrap_probability=0.1),
        StationModel("inspect", Deterministic(3), transfer_s=2, rework=Rework(0.5, "roll")),
    ),
)


def moved(*rows: tuple[float, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["minute", "station", "event"]).assign(lot_id="L1")
    return table.assign(occurred_at=LINE_ORIGIN + pd.to_timedelta(table["minute"], unit="min"))


@pytest.mark.parametrize(
    ("rows", "left_at"),
    [
        ([(1, "inspect", "finish"), (1, "inspect", "depart")], [1]),
        ([(1, "inspect", "rework"), (1, "inspect", "depart")], []),
        ([(1, "inspect", "depart"), (2, "inspect", "rework")], []),
        ([(1, "inspect", "depart"), (2, "roll", "arrive")], []),
        ([(1, "inspect", "rework"), (1, "inspect", "depart"), (3, "roll", "arrive"),
          (9, "inspect", "depart")], [9]),
        ([(1, "inspect", "arrive"), (1, "inspect", "start"), (1, "inspect", "depart")], [1]),
        ([(1, "roll", "depart")], []),
    ],
)  # fmt: skip
def test_what_ends_the_way_of_a_lot(rows: list[Any], left_at: list[float]) -> None:
    assert last_departures(moved(*rows), ["inspect"])["minute"].tolist() == left_at


@pytest.fixture
def simulated(request: pytest.FixtureRequest) -> LineSimulation:
    simulation = LineSimulation(LINE, seed=1)
    simulation.run(until_s=request.param)
    return simulation


@pytest.fixture
def stored(simulated: LineSimulation, tmp_path: Path) -> Any:
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as store:
        table = events(simulated.records)
        store.add_events([
            Event(
                occurred_at=LINE_ORIGIN + timedelta(seconds=row.time_s), station=row.station,
                event=row.event, lot_id=row.lot, sequence=number,
                detail=f"server {row.server}" if row.server else "",
            )
            for number, row in enumerate(table.itertuples(), start=1)
        ])  # fmt: skip
        yield store


@pytest.mark.parametrize("simulated", range(4, 64, 4), indirect=True)
def test_every_room_knows_the_same_of_every_lot(simulated: LineSimulation, stored: Store) -> None:
    true = lots(simulated.records).set_index("lot")["outcome"].to_dict()
    now = LINE_ORIGIN + timedelta(seconds=simulated.now_s)
    table = {lot.lot_id: lot.state for lot in lots_table(stored, reference_plan(), path=PATH)}
    assert table == true
    state = line_state(stored.events(), now, path=PATH)
    assert (state.finished, state.scrapped) == (simulated.finished, simulated.scrapped)
    assert {lot.lot_id for lot in state.lots} == {n for n, what in true.items() if "in_" in what}
    back = records_from_events(stored.events(), LINE, now)
    assert lots(back).set_index("lot")["outcome"].to_dict() == true


@pytest.mark.parametrize("simulated", [60], indirect=True)
def test_visits_come_back_from_their_events(simulated: LineSimulation, stored: Store) -> None:
    now = LINE_ORIGIN + timedelta(seconds=simulated.now_s)
    both = [
        visits(records).sort_values(["lot", "arrive_s", "station"], ignore_index=True)
        for records in (simulated.records, records_from_events(stored.events(), LINE, now))
    ]
    pd.testing.assert_frame_equal(*both)
