"""When the line is planned to stand: silence of a station that keeps to it is nobody's trouble."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from process_models.errors import LacssError
from twin.line import StationModel
from twin.line_time import line_seconds, line_time
from twin.monitoring.muting import Stop
from twin.settings import Settings
from twin.site import site_line
from twin.store.times import from_us, to_us

__all__ = ["PlannedStops"]

_OVERTIME_US = 1_800_000_000
"""The last lot may be measured so long after the stop began."""


class PlannedStops:
    """Planned stops of the stations of a line.

    Parameters
    ----------
    stations : iterable of StationModel
    """

    def __init__(self, stations: Iterable[StationModel] = ()) -> None:
        self._stations = {one.name: one for one in stations}

    @classmethod
    def of_site(cls, home: Path) -> PlannedStops:
        """Those of the site's line; none when its file cannot be read, which silences nothing."""
        try:
            return cls(site_line(Settings(home, "")).stations)
        except LacssError:
            return cls()

    def around(
        self, station: str, from_us_: int, until_us: int, readings_us: Iterable[int] = ()
    ) -> Sequence[Stop]:
        """Stops that touch the time, but for those in which the station measured all the same.

        Parameters
        ----------
        readings_us : iterable of int
            When anything was measured at the station, in any order.

        Examples
        --------
        >>> PlannedStops().around("roll", 0, 1)
        ()
        """
        model = self._stations.get(station)
        if model is None:
            return ()
        begin, end = (line_seconds(from_us(at)) for at in (from_us_, until_us))
        why = f"{station} has a planned stop"
        planned = [
            Stop(to_us(line_time(first)), to_us(line_time(last)), why)
            for first, last in model.planned_stops_between(begin, end)
        ]
        if not planned:
            return []
        times = list(readings_us)
        return [stop for stop in planned if not _worked(stop, times)]


def _worked(stop: Stop, times_us: Iterable[int]) -> bool:
    begin, end = stop.start_us + _OVERTIME_US, stop.end_us or 0
    return any(begin < at < end for at in times_us)
