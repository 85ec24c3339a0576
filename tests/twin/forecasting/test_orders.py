"""Orders, periods and cell tests from futures that are written down by hand."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from process_models.errors import InputError
from twin.forecasting.ahead import Ahead
from twin.forecasting.orders import Order, order_forecasts, read_orders, site_orders
from twin.forecasting.periods import period_forecast, period_forecasts, shift_forecasts

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR = 3600.0


def ahead() -> Ahead:
    """Two futures; lots leave after 1, 2, 3 h, and in the other after 2, 4, 30 h."""
    leave = np.array([[1, 2, 3], [2, 4, 30]]) * HOUR
    outcome = np.array([[1, 1, 1], [1, 2, 1]], dtype=np.int8)
    return Ahead(NOW, 48 * HOUR, ("A",), ("roll",), leave, outcome, "recursion")


YIELDS = np.array([[1.0, 0.5, 1.0], [1.0, 1.0, 0.0]])


def order(name: str, hours: float, sheets: float) -> Order:
    return Order(name, NOW + timedelta(hours=hours), sheets)


def test_an_order_is_on_time_as_often_as_its_sheets_are_there() -> None:
    """20 sheets a lot: 20, 30, 50 by the first future; 20 and no more by the second."""
    found = order_forecasts(
        [order("late", 48, 20), order("soon", 2, 20), order("far", 99, 1)], ahead(), YIELDS,
        sheets=20, level=0.9,
    )
    assert [one.order.order_id for one in found] == ["soon", "late", "far"]
    assert [one.p_on_time for one in found] == [1.0, 0.5, None]
    assert [one.at_risk for one in found] == [False, True, False]
    assert found[0].ready_at == NOW + timedelta(hours=1.5)
    assert found[1].ready_at is None
    assert found[1].sheets_by_due is not None
    assert found[1].sheets_by_due.mean == pytest.approx((30 + 0) / 2)
    assert found[1].to_dict()["order_id"] == "late"


def test_a_period_counts_what_is_finished_in_it() -> None:
    made = period_forecast(
        ahead(), YIELDS, "two hours", 0.0, 2 * HOUR, least=0.9, sheets=20, level=0.9
    )
    assert made.finished_lots.mean == 1.5
    assert made.good_lots is not None
    assert made.good_lots.mean == 1.0
    assert made.good_sheets is not None
    assert made.good_sheets.mean == pytest.approx((30 + 20) / 2)
    assert made.end == NOW + timedelta(hours=2)
    without = period_forecast(ahead(), None, "x", 0, HOUR, least=0.9, sheets=20, level=0.9)
    assert without.good_lots is None


def test_periods_reach_as_far_as_the_futures() -> None:
    options = {"least": 0.9, "sheets": 20, "level": 0.9}
    assert [one.name for one in period_forecasts(ahead(), YIELDS, **options)] == ["shift", "day"]
    shifts = shift_forecasts(ahead(), YIELDS, **options)
    assert sum(one.finished_lots.mean for one in shifts) == pytest.approx(2.5)
    assert all(a.end <= b.start for a, b in itertools.pairwise(shifts))


def test_orders_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    assert site_orders(tmp_path) == ()
    path.write_text("order_id,due_at,sheets,customer\n7,2026-01-06T08:00:00+00:00,120,x\n")
    assert site_orders(tmp_path) == (Order("7", datetime(2026, 1, 6, 8, tzinfo=UTC), 120.0),)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("7,soon,120", "row 1: due_at must be a time"),
        ("7,2026-01-06T08:00:00,120", "row 1: due_at needs an offset"),
        ("7,2026-01-06T08:00:00+00:00,many", "row 1: sheets must be a number"),
        ("7,2026-01-06T08:00:00+00:00,0", "row 1: sheets must be above 0"),
        (",2026-01-06T08:00:00+00:00,1", "row 1: order_id must not be empty"),
        ("7,2026-01-06T08:00:00+00:00,1\n7,2026-01-06T08:00:00+00:00,1", "row 2: order_id '7'"),
    ],
)
def test_orders_that_are_none_are_refused(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(f"order_id,due_at,sheets\n{row}\n")
    with pytest.raises(InputError, match=message):
        read_orders(path)


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order_id,sheets\n7,1\n")
    with pytest.raises(InputError, match="'due_at' is missing"):
        read_orders(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_orders(tmp_path / "none.csv")
