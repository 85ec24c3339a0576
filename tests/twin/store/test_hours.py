from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from twin.store import Store, schema
from twin.store.hourly import HOUR_US, Hour, moments_of
from twin.store.hours import check_hours, rebuild_hours

Made = Callable[..., Any]


def tamper(store: Store, statement: str) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql(statement)


def test_hours_by_hand(store: Store, measured: Made) -> None:
    store.add_measurements([measured(m, value=v) for m, v in ((0, 2.0), (30, 4.0), (59.9, 9.0))])
    store.add_measurements([measured(60, value=7.0), measured(1, characteristic="other")])
    hours = store.hourly("thickness_um", "roll")
    assert list(hours.columns) == ["hour_at", "n", "mean", "sd", "lowest", "highest"]
    first, second = hours.to_dict("records")
    assert first["hour_at"] == measured(0).measured_at
    assert (first["n"], first["mean"], first["lowest"], first["highest"]) == (3, 5.0, 2.0, 9.0)
    assert first["sd"] == pytest.approx(math.sqrt((9 + 1 + 16) / 2))
    assert (second["n"], second["mean"]) == (1, 7.0)
    assert math.isnan(second["sd"])


def test_a_period_of_hours(store: Store, measured: Made) -> None:
    store.add_measurements([measured(60 * h) for h in range(6)])
    since, until = measured(90).measured_at, measured(180).measured_at
    hours = store.hourly("thickness_um", "roll", since, until)
    assert [int(at.hour) for at in hours["hour_at"]] == [1, 2, 3]
    assert store.hourly("thickness_um", "wind").empty
    assert list(store.hourly("x", "y").columns) == list(hours.columns)


@pytest.mark.parametrize(
    "change",
    [{"quality": "bad"}, {"quality": "uncertain"}, {"censoring": "right"}, {"value": 1e200}],
)
def test_what_a_chart_would_not_plot_does_not_count(
    store: Store, measured: Made, change: dict[str, Any]
) -> None:
    store.add_measurements([measured(0, value=1.0), measured(1, **change)])
    assert store.hourly("thickness_um", "roll")["n"].tolist() == [1]
    assert check_hours(store) == []


def test_duplicates_and_conflicts_do_not_count(store: Store, measured: Made) -> None:
    for value in (1.0, 1.0, 2.0):
        store.add_measurements([measured(value=value), measured(value=value)])
    assert store.hourly("thickness_um", "roll")[["n", "mean"]].to_numpy().tolist() == [[1, 1.0]]


def test_absurdly_close_readings_do_not_stop_the_store(store: Store, measured: Made) -> None:
    store.add_measurements([measured(0, value=1e-200), measured(1, value=3e-200)])
    store.add_measurements([measured(2, value=-1e-300)])
    assert store.hourly("thickness_um", "roll")["n"].tolist() == [3]
    assert check_hours(store) == []


def test_any_order_in_any_batches_gives_the_hours_of_the_rows(store: Store, measured: Made) -> None:
    """Seed 5: 300 readings over six hours around a large level, in shuffled batches, some twice."""
    draw = random.Random(5)
    rows = [measured(draw.uniform(0, 360), value=1e6 + draw.gauss(0, 1)) for _ in range(300)]
    sent = rows + draw.sample(rows, 100)
    draw.shuffle(sent)
    while sent:
        cut = draw.randint(1, 60)
        store.add_measurements(sent[:cut])
        sent = sent[cut:]
    by_hour: dict[int, list[float]] = {}
    for row in rows:
        by_hour.setdefault(row.measured_at.hour, []).append(row.value)
    found = store.hourly("thickness_um", "roll")
    assert found["n"].tolist() == [len(by_hour[h]) for h in sorted(by_hour)]
    for hour, mean, sd in zip(sorted(by_hour), found["mean"], found["sd"], strict=True):
        assert mean == pytest.approx(statistics.fmean(by_hour[hour]), rel=1e-12)
        assert sd == pytest.approx(statistics.stdev(by_hour[hour]), rel=1e-6)
    assert check_hours(store) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE hourly SET mean = mean + 1",
        "UPDATE hourly SET n = n + 1",
        "UPDATE hourly SET highest = highest + 1",
        "UPDATE hourly SET sum_of_squares = sum_of_squares + 1",
        "DELETE FROM hourly",
        "DELETE FROM measurements WHERE position = 1",
    ],
)
def test_the_check_finds_what_differs_and_mends_it(
    store: Store, measured: Made, statement: str
) -> None:
    store.add_measurements([measured(m, value=float(m), position=m % 2) for m in range(10)])
    store.add_measurements([measured(m, value=1.0) for m in (100, 200)])
    tamper(store, statement)
    faults = check_hours(store)
    assert faults
    assert (faults[0].characteristic, faults[0].hour_at) == (
        "thickness_um", measured(0).measured_at,
    )  # fmt: skip
    assert rebuild_hours(store) == len(faults)
    assert check_hours(store) == []
    assert rebuild_hours(store) == 0


def test_a_failed_transaction_leaves_the_hours_alone(store: Store, measured: Made) -> None:
    store.add_measurements([measured(0, value=1.0)])
    with pytest.raises(OverflowError if store.database.is_sqlite else Exception):
        store.add_measurements([measured(1, value=9.0), measured(2, sequence=2**70)])
    assert store.hourly("thickness_um", "roll")["mean"].tolist() == [1.0]


def test_merging_is_the_same_as_one_by_one() -> None:
    values = [3.0, -1.0, 4.0, 1.0, 5.0]
    whole = moments_of((1, 0, v) for v in values)[1, 0]
    left = moments_of((1, 0, v) for v in values[:2])[1, 0]
    left.take_in(moments_of((1, 0, v) for v in values[2:])[1, 0])
    assert left.n == whole.n == 5
    assert left.mean == pytest.approx(whole.mean)
    assert left.sum_of_squares == pytest.approx(whole.sum_of_squares)
    assert (left.lowest, left.highest) == (-1.0, 5.0)


def test_hours_before_1970_begin_on_the_hour(store: Store, measured: Made) -> None:
    assert list(moments_of([(1, -1, 1.0)])) == [(1, -HOUR_US)]
    old = measured().measured_at - timedelta(days=365 * 60)
    store.add_measurements([measured(measured_at=old)])
    assert check_hours(store) == []
    with store.database.reading() as connection:
        at = connection.execute(sa.select(schema.hourly.c.hour_at)).scalar_one()
    assert at < 0
    assert at % HOUR_US == 0


def test_an_hour_of_one_reading() -> None:
    assert moments_of([(4, 7 * HOUR_US, 2.5)]) == {(4, 7 * HOUR_US): Hour(1, 2.5, 0.0, 2.5, 2.5)}
