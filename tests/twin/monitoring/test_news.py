"""What arrived since the last look: nothing twice, nothing overlooked, and being woken for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from twin.measurement import Measurement
from twin.monitoring import news
from twin.monitoring.arrivals import Arrivals
from twin.monitoring.news import News, stored_rows
from twin.settings import Settings
from twin.store import Store, schema

Series = Callable[..., list[Measurement]]
PLACE = ("thickness_um", "roll")


def read(store: Store, found: News) -> list[str]:
    with store.database.reading() as connection:
        arrived = found.read(connection)
    assert arrived.rows is not None
    return [row.lot_id for rows in arrived.rows.values() for row in rows]


def test_every_row_once(store: Store, series: Series) -> None:
    found = News(store, 0)
    assert read(store, found) == []
    store.add_measurements(series(3))
    assert read(store, found) == ["L0000", "L0001", "L0002"]
    assert read(store, found) == []
    store.add_measurements(series(5))
    assert read(store, found) == ["L0003", "L0004"]


def test_what_is_bad_or_censored_is_news_and_no_row(store: Store, series: Series) -> None:
    rows = series(3)
    store.add_measurements([replace(rows[0], quality="bad"), replace(rows[1], censoring="right")])
    with store.database.reading() as connection:
        arrived = News(store, 0).read(connection)
    assert (dict(arrived.rows or {}), set(arrived.since_us)) == ({}, {PLACE})


def test_too_many_at_once_are_for_the_store(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "MOST_ROWS", 4)
    store.add_measurements(series(5))
    found = News(store, 0)
    with store.database.reading() as connection:
        arrived = found.read(connection)
    assert arrived.rows is None
    assert set(arrived.since_us) == {PLACE}
    assert read(store, found) == []


def number_of(store: Store, lot: str, number: int) -> None:
    table = schema.measurements
    with store.database.writing() as connection:
        connection.execute(
            table.update().where(table.c.lot_id == lot).values(measurement_id=number)
        )


def test_a_number_that_is_committed_later_is_not_overlooked(store: Store, series: Series) -> None:
    found = News(store, 0)
    store.add_measurements(series(2))
    read(store, found)
    if store.database.is_sqlite:  # one writer: numbers are committed in their order
        number_of(store, "L0001", 90)
        assert read(store, found) == ["L0001"]
        assert found.durable == found.seen == 90
        return
    store.add_measurements(series(1, first=7))
    with store.database.reading() as connection:
        newest = connection.execute(sa.select(sa.func.max(schema.measurements.c.measurement_id)))
        number = int(newest.scalar_one())
    number_of(store, "L0007", number + 5)
    assert read(store, found) == ["L0007"]
    assert found.durable < number + 5
    store.add_measurements(series(1, first=8))
    number_of(store, "L0008", number + 3)
    assert read(store, found) == ["L0008"]


def test_rows_of_the_store_come_with_their_history(store: Store, series: Series) -> None:
    rows = series(50)
    store.add_measurements(rows[::-1])
    whole, complete = stored_rows(store, PLACE, None, last_before=10)
    assert ([row.lot_id for row in whole], complete) == ([row.lot_id for row in rows], True)
    since = whole[30].at_us
    part, complete = stored_rows(store, PLACE, since, last_before=10)
    assert (part[0].lot_id, part[-1].lot_id, complete) == ("L0019", "L0049", False)


def test_a_commit_of_another_process_wakes(store: Store, series: Series, database_url: str) -> None:
    arrivals = Arrivals(store)
    arrivals.wait(0.0)
    assert not arrivals.wait(0.05)
    woken = threading.Event()

    def wait() -> None:
        if arrivals.wait(20):
            woken.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    with Store.open(Settings(store.home, database_url)) as other:
        other.add_measurements(series(1))
    assert woken.wait(20)
    waiting.join()
    arrivals.close()


def test_to_stop_is_not_waited_for(store: Store) -> None:
    arrivals, stop = Arrivals(store), threading.Event()
    arrivals.wait(0.0)
    stop.set()
    begun = time.monotonic()
    assert not arrivals.wait(60, stop)
    assert time.monotonic() - begun < 30
    arrivals.close()
