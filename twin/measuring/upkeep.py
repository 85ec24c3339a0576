"""Use of what wears, until a maintenance renews it, or so many lots where the line has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.line import LineModel
    from twin.records import LineRecords

__all__ = ["CONDITIONS", "RENEWED_BY", "Upkeep", "conditions_of", "maintained"]

_LOT, _STATION, _TIME, _CONDITION = 0, 1, 3, 4

RENEWED_BY = {"sublimation": ("fill", "clean", "precursor"), "roll": ()}
"""Words in the name of a maintenance that renews; none: any maintenance does."""
CONDITIONS = {"sublimation": "vapour_depletion_share", "roll": "roll_gap_shift_um"}
"""Condition of a station that says itself how far it is used."""


def _renews(station: str, name: str) -> bool:
    words = RENEWED_BY.get(station)
    return words is not None and (not words or any(word in name.lower() for word in words))


def maintained(line: LineModel) -> frozenset[str]:
    """Stations whose use ends by a maintenance that the line declares."""
    return frozenset(
        station.name
        for station in line.stations
        if any(_renews(station.name, one.name) for one in station.maintenance)
    )


def conditions_of(records: LineRecords, line: LineModel) -> dict[tuple[str, str, float], float]:
    """How far a station was used when a lot finished there, where the line keeps that itself.

    Only a condition with the name that `CONDITIONS` has for its station changes the lot.
    """
    kept = {
        place: station.name
        for place, station in enumerate(line.stations)
        if station.condition is not None and CONDITIONS.get(station.name) == station.condition.name
    }
    return {
        (records.lot_id(int(row[_LOT])), kept[int(row[_STATION])], row[_TIME]): row[_CONDITION]
        for row in records.condition_rows.tolist()
        if int(row[_STATION]) in kept
    }


class Upkeep:
    """How many lots each server of a station has had since it was last renewed.

    Parameters
    ----------
    station : str
    life : int or None
        Renewed after so many lots; None where only a maintenance renews it.

    Examples
    --------
    >>> fill = Upkeep("sublimation", 2)
    >>> [fill.use(1) for _ in range(3)]
    [0, 1, 0]
    >>> by_hand = Upkeep("sublimation", None)
    >>> used = [by_hand.use(1), by_hand.use(1)]
    >>> by_hand.maintain("precursor refill", 1)
    >>> [*used, by_hand.use(1)]
    [0, 1, 0]
    """

    def __init__(self, station: str, life: int | None) -> None:
        self._station = station
        self._life = life
        self._used: dict[int, int] = {}

    def use(self, server: int) -> int:
        """One more lot; lots before it since the renewal."""
        before = self._used.get(server, 0)
        after = before + 1
        self._used[server] = 0 if self._life is not None and after >= self._life else after
        return before

    def maintain(self, name: str, server: int) -> None:
        """A maintenance is over; of every server where `server` is 0."""
        if not _renews(self._station, name):
            return
        if server:
            self._used[server] = 0
        else:
            self._used.clear()
