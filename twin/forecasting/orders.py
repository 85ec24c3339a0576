"""Orders against the forecast: the chance that the good sheets are there when they are due.

Orders are served in the order of their due dates, from what is finished from now on.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.forecasting.ahead.futures import Ahead
from twin.forecasting.interval import Interval, interval_of

__all__ = ["Order", "OrderForecast", "order_forecasts", "read_orders", "site_orders"]

_NEEDED = ("order_id", "due_at", "sheets")
AT_RISK = 0.9


@dataclass(frozen=True, slots=True)
class Order:
    """So many good sheets, due at a time.

    Raises
    ------
    InputError
        When it has no id, the due time no offset, or sheets is not above 0.
    """

    order_id: str
    due_at: datetime
    sheets: float

    def __post_init__(self) -> None:
        if not self.order_id.strip():
            raise InputError(f"order_id must not be empty, got {self.order_id!r}")
        if self.due_at.tzinfo is None:
            raise InputError(f"due_at needs an offset from UTC, got {self.due_at.isoformat()}")
        if not 0 < self.sheets < float("inf"):
            raise InputError(f"sheets must be above 0, got {self.sheets!r}")


@dataclass(frozen=True, slots=True)
class OrderForecast:
    """One order.

    Attributes
    ----------
    p_on_time : float or None
        None where it is due beyond the horizon.
    at_risk : bool
        Whether that chance is below 0.9.
    ready_at : datetime or None
        When it is served in half of the futures; None beyond the horizon.
    sheets_by_due : Interval or None
        Good sheets by then, those for earlier orders taken off.
    """

    order: Order
    p_on_time: float | None
    at_risk: bool
    ready_at: datetime | None
    sheets_by_due: Interval | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "order_id": self.order.order_id,
            "due_at": self.order.due_at.isoformat(),
            "sheets": self.order.sheets,
            "p_on_time": self.p_on_time,
            "at_risk": self.at_risk,
            "ready_at": self.ready_at.isoformat() if self.ready_at else None,
            "sheets_by_due": self.sheets_by_due.to_dict() if self.sheets_by_due else None,
        }


def read_orders(path: Path) -> tuple[Order, ...]:
    """Orders of a CSV file with the columns order_id, due_at (ISO 8601 with offset) and sheets.

    Raises
    ------
    InputError
        Naming file, row, column and value; also when the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a table of orders: {error}") from error
    rows = csv.DictReader(text.splitlines())
    missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        raise InputError(f"{path}: column {missing[0]!r} is missing, got {rows.fieldnames}")
    orders = [_order(path, number, row) for number, row in enumerate(rows, 1)]
    seen: set[str] = set()
    for number, one in enumerate(orders, 1):
        if one.order_id in seen:
            raise InputError(f"{path}: row {number}: order_id {one.order_id!r} is there twice")
        seen.add(one.order_id)
    return tuple(orders)


def site_orders(home: Path) -> tuple[Order, ...]:
    """Those of `orders.csv` in LACSS_HOME; none where there is no such file."""
    path = home / "orders.csv"
    return read_orders(path) if path.is_file() else ()


def _order(path: Path, number: int, row: dict[str, str]) -> Order:
    try:
        due = datetime.fromisoformat(row["due_at"] or "")
    except ValueError as error:
        raise InputError(
            f"{path}: row {number}: due_at must be a time in ISO 8601, got {row['due_at']!r}"
        ) from error
    try:
        sheets = float(row["sheets"] or "")
    except ValueError as error:
        raise InputError(
            f"{path}: row {number}: sheets must be a number, got {row['sheets']!r}"
        ) from error
    try:
        return Order(row["order_id"] or "", due, sheets)
    except InputError as error:
        raise InputError(f"{path}: row {number}: {error}") from error


def order_forecasts(
    orders: Sequence[Order],
    ahead: Ahead,
    yields: NDArray[np.float64],
    *,
    sheets: int,
    level: float,
) -> tuple[OrderForecast, ...]:
    """Each order, by due date."""
    found, before = [], 0.0
    finished = ahead.finished_within(0.0, ahead.horizon_s)
    good = np.where(finished, yields, 0.0) * sheets
    at_s = np.where(finished, ahead.leave_s, np.inf)
    order = np.argsort(at_s, axis=1)
    at_s = np.take_along_axis(at_s, order, axis=1)
    total = np.cumsum(np.take_along_axis(good, order, axis=1), axis=1)
    for one in sorted(orders, key=lambda one: (one.due_at, one.order_id)):
        due_s = (one.due_at - ahead.as_of).total_seconds()
        needed = before + one.sheets
        ready_s = _reached(at_s, total, needed)
        median = float(np.median(ready_s))
        known = due_s <= ahead.horizon_s
        chance = float(np.mean(ready_s <= due_s)) if known else None
        by_due = np.where(at_s <= due_s, total, 0.0).max(axis=1) - before
        found.append(
            OrderForecast(
                one,
                chance,
                chance is not None and chance < AT_RISK,
                ahead.at(median) if np.isfinite(median) else None,
                interval_of(by_due, level) if known else None,
            )
        )
        before = needed
    return tuple(found)


def _reached(
    at_s: NDArray[np.float64], total: NDArray[np.float64], needed: float
) -> NDArray[np.float64]:
    """When each future has so many good sheets; inf where it never has."""
    enough = total >= needed - 1e-9
    first = np.argmax(enough, axis=1)
    rows = np.arange(len(total))
    return np.where(enough[rows, first], at_s[rows, first], np.inf)
