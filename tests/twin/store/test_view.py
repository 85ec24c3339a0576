from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from twin.store import Store
from twin.store.view import view_period


def test_a_short_period_is_rows_and_a_long_one_hours(
    store: Store, measured: Callable[..., Any]
) -> None:
    store.add_measurements([measured(m, value=float(m)) for m in range(120)])
    start = measured(0).measured_at
    short = view_period(
        store, "thickness_um", "roll", start, start + timedelta(minutes=59), most_rows=60
    )
    assert (short.of, short.n, len(short.table)) == ("rows", 60, 60)
    long = view_period(
        store, "thickness_um", "roll", start, start + timedelta(hours=2), most_rows=60
    )
    assert (long.of, long.n) == ("hours", 120)
    assert long.table["mean"].tolist() == [29.5, 89.5]


def test_bad_readings_are_rows_too(store: Store, measured: Callable[..., Any]) -> None:
    store.add_measurements([measured(0), measured(1, quality="bad")])
    start = measured(0).measured_at
    shown = view_period(store, "thickness_um", "roll", start, start + timedelta(hours=1))
    assert (shown.n, shown.table["quality"].tolist()) == (1, ["good", "bad"])


def test_nothing_there(store: Store, measured: Callable[..., Any]) -> None:
    start = measured(0).measured_at
    assert view_period(store, "x", "y", start, start).table.empty
