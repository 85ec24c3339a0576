"""A lot between two stations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from twin.line_model.lot import Lot

if TYPE_CHECKING:
    from twin.line_model.station import Station

__all__ = ["Transit"]


class Transit:
    """Carries a lot to a place that is kept for it."""

    __slots__ = ("lot", "target")

    def __init__(self, lot: Lot, target: Station) -> None:
        self.lot = lot
        self.target = target

    def arrive(self, event: simpy.Event) -> None:
        """The lot is there."""
        del event
        self.target.coming -= 1
        self.target.receive(self.lot)
