"""A lot, or a test coupon, on its way."""

from __future__ import annotations

from typing import Protocol

__all__ = ["HELD", "NEXT", "REWORK", "SCRAP", "SENT_BACK", "Holder", "Lot"]

NEXT, SCRAP, REWORK, SENT_BACK, HELD = 0, 1, 2, 3, 4


class Lot:
    """One lot: its number, and the times of the visit that it is making (seconds).

    Attributes
    ----------
    route : int
        Where it goes from its station; SENT_BACK when it has waited too
        long, HELD on its way to where it waits aside.
    recipe : int
        Place in the mix of the line; 0 where there is none.
    flagged : int
        Place of the station where it last waited longer than it may, -1 for none.
    """

    __slots__ = (
        "arrived_s", "coupon", "entered_s", "finished_s", "flagged", "number", "recipe",
        "reworked", "route", "started_s",
    )  # fmt: skip

    def __init__(self, number: int, entered_s: float, *, coupon: bool = False) -> None:
        self.number = number
        self.entered_s = entered_s
        self.arrived_s = entered_s
        self.started_s = entered_s
        self.finished_s = entered_s
        self.route = NEXT
        self.reworked = False
        self.coupon = coupon
        self.recipe = 0
        self.flagged = -1


class Holder(Protocol):
    """Whatever keeps a lot until the next station has a place: a server, or the lots outside."""

    def release(self, lot: Lot) -> None:
        """Let the lot go to the place that it waits for."""
