"""A lot on hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from twin.line_model.lot import Lot

if TYPE_CHECKING:
    from twin.line_model.featured_station import FeaturedStation

__all__ = ["Held"]


class Held:
    """Keeps a lot aside until its hold is over."""

    __slots__ = ("lot", "station")

    def __init__(self, lot: Lot, station: FeaturedStation) -> None:
        self.lot = lot
        self.station = station

    def end(self, event: simpy.Event) -> None:
        """The lot is released."""
        del event
        self.station.end_hold(self.lot)
