"""What a look finds beside the charts: conditions of sensors, sources and of the twin itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from twin.monitoring import vital_signs
from twin.monitoring.charts_in_memory import ChartsInMemory
from twin.monitoring.condition import Condition
from twin.monitoring.findings import NO_DATA
from twin.monitoring.muting import SENSOR_RULES, Stop
from twin.monitoring.plan import ControlPlan
from twin.monitoring.planned import PlannedCharacteristic
from twin.monitoring.planned_stops import PlannedStops
from twin.monitoring.sensing import sensor_fault
from twin.monitoring.silence import MISSING_SAMPLES, line_time, missing_samples, silent
from twin.store import Store, schema
from twin.store.times import now_us

__all__ = ["Sweep"]

Place = tuple[str, str]
Stops = Mapping[str, Sequence[Stop]]
_OWN_PART = "watch"


@dataclass
class Sweep:
    """Finds the conditions that hold now, and remembers since when those do that do not say.

    Attributes
    ----------
    ahead_us : dict of str to int
        Source to how far its newest readings are ahead of the clock.
    vital : bool
        Whether to look after disk and heartbeats, too: what runs all the time does.
    """

    store: Store
    plan: ControlPlan
    charts: ChartsInMemory
    vital: bool = False
    ahead_us: dict[str, int] = field(default_factory=dict)
    _since: dict[str, int] = field(default_factory=dict)
    _calendar: PlannedStops = field(init=False)

    def __post_init__(self) -> None:
        self._calendar = PlannedStops.of_site(self.store.home)

    def conditions(self, connection: sa.Connection, stops: Stops) -> list[Condition]:
        """Everything that is wrong now."""
        now = now_us()
        found = [
            *self._of_data(connection, stops, now),
            *vital_signs.clock_skew(self.ahead_us, self.plan.alerting.clock_skew_s, now),
            *vital_signs.source_gaps(connection, now),
            *vital_signs.faults(self.charts.faults, now),
        ]
        if self.vital:
            share = self.plan.alerting.disk_free_share
            found += vital_signs.dead_parts(connection, now, leave_out=(_OWN_PART,))
            found += vital_signs.disk([self.store.home], share, now)
        return self._dated(found)

    def judged(self) -> Callable[[Mapping[Any, Any]], bool]:
        """Whether a condition that was not found would have been, had it been there."""
        tracks, faults = set(self.charts.tracks), set(self.charts.faults)
        planned = {(one.name, one.station) for one in self.plan.characteristics}
        vital = self.vital

        def would(row: Mapping[Any, Any]) -> bool:
            place, rule = (row["characteristic"], row["station"]), row["rule"]
            if rule in (*SENSOR_RULES, MISSING_SAMPLES):
                return place in tracks
            if rule == "evaluation_error":
                return place in tracks and place not in faults
            if rule == "clock_skew":
                return row["characteristic"] in {name or "file" for name in self.ahead_us}
            if rule == NO_DATA:  # without its chart nobody knows whether what came was usable
                return place in tracks or place in faults or place not in planned
            if rule == "source_gap":
                return True
            return vital and row["characteristic"] != _OWN_PART

        return would

    def _of_data(self, connection: sa.Connection, stops: Stops, now: int) -> list[Condition]:
        newest = _newest(connection)
        planned_newest = {
            (p.name, p.station): newest[p.name, p.station]
            for p in self.plan.characteristics
            if (p.name, p.station) in newest
        }
        line = line_time(planned_newest or newest, now, self.plan.alerting.clock_skew_s)
        found: list[Condition | None] = []
        for planned in self.plan.characteristics:
            place = (planned.name, planned.station)
            here = stops.get(planned.station, ())
            last_us = self._last_usable(place, newest.get(place))
            quiet = silent(planned, last_us, line, here)
            if quiet is not None and not quiet.muted_by:
                calendar = self._planned_stops(planned, line)
                quiet = silent(planned, last_us, line, (*here, *calendar))
            found.append(quiet)
            track = self.charts.tracks.get(place)
            if track is not None:
                found.append(sensor_fault(track))
                times = [point.at_us for point in track.points]
                few = missing_samples(planned, times, line, here) if quiet is None else None
                if few is not None:
                    here = (*here, *self._planned_stops(planned, line))
                    found.append(missing_samples(planned, times, line, here))
        return [condition for condition in found if condition is not None]

    def _last_usable(self, place: Place, newest_us: int | None) -> int | None:
        """When a reading came that is not bad: a dead sensor that goes on sending is silent."""
        track = self.charts.tracks.get(place)
        if newest_us is None or track is None or not track.rows:
            return newest_us
        return min(newest_us, track.rows[-1].at_us)

    def _planned_stops(self, planned: PlannedCharacteristic, line_us: int) -> Sequence[Stop]:
        """Planned stops that excuse what did not come until `line_us`."""
        back_s = planned.silent_after_s or 0.0
        if planned.sampling is not None:
            back_s = max(back_s, planned.sampling.window * planned.sampling.interval_s)
        readings = (
            point.at_us
            for (_, station), track in self.charts.tracks.items()
            if station == planned.station
            for point in track.points
        )
        return self._calendar.around(
            planned.station, line_us - int(back_s * 1e6), line_us + 1, readings
        )

    def _dated(self, found: Sequence[Condition]) -> list[Condition]:
        self._since = {
            one.fingerprint: self._since.get(one.fingerprint, one.since_us)
            for one in found
            if not one.exact
        }
        return [
            one if one.exact else replace(one, since_us=self._since[one.fingerprint])
            for one in found
        ]


def _newest(connection: sa.Connection) -> dict[Place, int]:
    table = schema.series.c
    query = sa.select(table.characteristic, table.station, table.last_measured_at).where(
        table.n > 0
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}
