"""A query read again and again: every row once, late rows within the overlap too."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from process_models.errors import InputError
from twin.live.high_water import HighWater
from twin.live.sourcing import MapRow, SourceConfig
from twin.live.sourcing.edge import LiveEdge
from twin.live.sourcing.supervisor import Supervisor
from twin.live.sourcing.template import ChannelPattern
from twin.live.sql_query import sql_source
from twin.monitoring.plan import reference_plan
from twin.settings import Settings
from twin.store import Store
from twin.store.quarantine import quarantined

QUERY = "SELECT at, lot, thickness, load FROM readings WHERE at > :after ORDER BY at"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as opened:
        yield opened


class Lab:
    """The database of somebody else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.do("CREATE TABLE readings (at TEXT, lot TEXT, thickness REAL, load REAL)")

    def do(self, statement: str, *rows: tuple[Any, ...]) -> None:
        connection = sqlite3.connect(self.path)
        with connection:
            if rows:
                connection.executemany(statement, rows)
            else:
                connection.execute(statement)
        connection.close()

    def add(self, *rows: tuple[Any, ...]) -> None:
        self.do("INSERT INTO readings VALUES (?, ?, ?, ?)", *rows)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path / "lab.db")


def config(lab: Lab, **options: Any) -> SourceConfig:
    common = {"station": "roll", "lot": "{lot}"}
    maps = (
        MapRow(channel=ChannelPattern("thickness"), characteristic="thickness_um", unit="um",
               **common),
        MapRow(channel=ChannelPattern("load"), characteristic="roll_load", unit="N", **common),
    )  # fmt: skip
    given = {
        "query": QUERY, "high_water": "at", "start": "2026-01-01 00:00:00", "time": "at",
        "poll_s": 0.02, **options,
    }  # fmt: skip
    return SourceConfig(
        name="lab", kind="sql", address=f"sqlite:///{lab.path}", maps=maps, timezone="UTC",
        options=given,
    )  # fmt: skip


def polled(store: Store, one: SourceConfig, times: int = 3) -> LiveEdge:
    """Run the source until it has asked so often, each time waiting 20 ms."""

    async def run() -> LiveEdge:
        edge = LiveEdge(one, store, reference_plan())
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.15 * times, stop.set)
        await sql_source(one).run(edge, stop)
        return edge

    return asyncio.run(run())


def test_columns_become_measurements(store: Store, lab: Lab) -> None:
    lab.add(("2026-01-05 12:00:00", "007", 60.5, None), ("2026-01-05 12:01:00", "NA", 61.0, 5.0))
    polled(store, config(lab))
    frame = store.measurements("thickness_um")
    assert list(frame["lot_id"]) == ["007", "NA"]
    assert list(frame["value"]) == [60.5, 61.0]
    assert frame["measured_at"][0] == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert list(store.measurements("roll_load")["value"]) == [5.0]  # an empty cell is no reading


def test_it_goes_on_where_it_was(store: Store, lab: Lab) -> None:
    lab.add(("2026-01-05 12:00:00", "A", 60.0, None))
    polled(store, config(lab))
    lab.add(("2026-01-05 12:05:00", "B", 61.0, None))
    lab.add(("2026-01-05 11:00:00", "late", 62.0, None))  # below the mark, no overlap
    edge = polled(store, config(lab))
    assert list(store.measurements("thickness_um")["lot_id"]) == ["A", "B"]
    assert edge.receipt.duplicates == 0


def test_a_late_row_within_the_overlap_is_read_and_nothing_twice(store: Store, lab: Lab) -> None:
    one = config(lab, overlap=3600)
    lab.add(("2026-01-05 12:00:00", "A", 60.0, None))
    polled(store, one)
    lab.add(("2026-01-05 11:30:00", "late", 62.0, None))
    lab.add(("2026-01-05 10:30:00", "too late", 63.0, None))
    edge = polled(store, one)
    assert sorted(store.measurements("thickness_um")["lot_id"]) == ["A", "late"]
    assert (edge.receipt.accepted, edge.receipt.conflicts) == (1, 0)


def test_it_only_reads(store: Store, lab: Lab) -> None:
    one = config(lab, query="WITH x AS (SELECT :after AS y) DELETE FROM readings WHERE at > ''")
    lab.add(("2026-01-05 12:00:00", "A", 60.0, None))
    with pytest.raises(ConnectionError, match="readonly"):
        polled(store, one)


def test_a_bad_row_is_set_aside(store: Store, lab: Lab) -> None:
    lab.add(("2026-01-05 12:00:00", "", 60.0, None), ("2026-01-05 12:01:00", "A", "thick", None))
    lab.add(("2026-01-05 99:01:00", "A", 60.0, None), ("2026-01-05 12:02:00", "A", 60.0, None))
    polled(store, config(lab))
    columns = sorted(one.column for one in quarantined(store))
    assert columns == ["lot_id", "payload", "value"]
    assert store.counts()["measurements"] == 1


def test_a_database_that_is_gone_is_a_lost_connection(store: Store, lab: Lab) -> None:
    lab.do("DROP TABLE readings")
    with pytest.raises(ConnectionError, match="no such table"):
        polled(store, config(lab))


def test_a_dead_source_stops_no_other(store: Store, lab: Lab, tmp_path: Path) -> None:
    from dataclasses import replace

    other = Lab(tmp_path / "other.db")
    other.do("DROP TABLE readings")
    lab.add(("2026-01-05 12:00:00", "A", 60.0, None))
    dead = replace(config(other), name="dead")

    async def run() -> Any:
        supervisor = Supervisor(
            store, reference_plan(), [dead, config(lab)], idle_s=0.5, tick_s=0.1
        )
        return await supervisor.run(asyncio.Event())

    states = {one.state.source: one.state for one in asyncio.run(run())}
    assert states["dead"].state == "disconnected"
    assert "no such table" in states["dead"].detail
    assert states["lab"].records == 1


def test_a_cut_answer_is_gone_on_with(
    store: Store, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.live.sql_query._MOST_ROWS", 4)
    lab.add(*((f"2026-01-05 12:00:{n // 2:02d}", f"L{n}", 60.0, None) for n in range(21)))
    polled(store, config(lab))
    assert len(store.measurements("thickness_um")) == 21


def test_an_answer_that_is_cut_must_be_ordered(
    store: Store, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.live.sql_query._MOST_ROWS", 4)
    lab.add(*((f"2026-01-05 12:00:{n:02d}", f"L{n}", 60.0, None) for n in range(9)))
    backwards = QUERY.replace("ORDER BY at", "ORDER BY at DESC")
    with pytest.raises(InputError, match="ordered by at"):
        polled(store, config(lab, query=backwards))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"query": ""}, "query is missing"),
        ({"query": "DELETE FROM readings"}, "must be a SELECT with :after"),
        ({"high_water": "nothing"}, "must give column 'nothing'"),
        ({"time": "when"}, "must give column 'when'"),
    ],
)
def test_settings_that_will_not_do_are_told(
    store: Store, lab: Lab, change: dict[str, Any], says: str
) -> None:
    lab.add(("2026-01-05 12:00:00", "A", 60.0, None))
    with pytest.raises(InputError, match=says):
        polled(store, config(lab, **change))


def test_an_address_that_is_none_is_told(lab: Lab) -> None:
    from dataclasses import replace

    with pytest.raises(InputError, match="must be a database URL"):
        sql_source(replace(config(lab), address="no address"))


@pytest.mark.parametrize(
    ("value", "overlap", "less"),
    [
        (17, 5, 12), (1.5, 0.5, 1.0), (Decimal("2.50"), 1, Decimal("1.50")),
        ("2026-01-05T12:00:00+01:00", 3600, "2026-01-05T11:00:00+01:00"),
        ("2026-01-05", 86400, "2026-01-04"),
        (datetime(2026, 1, 5, 12), 60, datetime(2026, 1, 5, 11, 59)),
    ],
)  # fmt: skip
def test_a_mark_is_kept_in_its_own_form(value: Any, overlap: float, less: Any) -> None:
    water = HighWater(value)
    assert HighWater.read(water.mark) == water
    assert water.less(overlap).value == less
    assert water.raised([None]) == water


def test_marks_of_two_kinds_are_told() -> None:
    with pytest.raises(InputError, match="one kind"):
        HighWater(1).raised([1, "2026"])
    with pytest.raises(InputError, match="must be a number or a time"):
        HighWater(None)
    with pytest.raises(InputError, match="overlap needs"):
        HighWater("abc").less(5)
