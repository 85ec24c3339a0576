"""All charts of the control plan in memory, brought up to date with what arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from process_models.errors import LacssError
from twin.monitoring.findings import LOOK_BACK, specification_findings
from twin.monitoring.frozen import Frozen
from twin.monitoring.news import Place, stored_rows
from twin.monitoring.plan import ControlPlan, PlannedCharacteristic
from twin.monitoring.raising import Outcome
from twin.monitoring.track import EVER, Judged, Track
from twin.monitoring.track_points import Point, Row, as_points, gathered
from twin.store import Store
from twin.store.times import to_us

__all__ = ["HISTORY_POINTS", "ChartsInMemory", "Fault"]

HISTORY_POINTS = 2000
"""Points before a change that are read again, so that charts with a memory have it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A chart that could not be judged: since which reading, and why in one line."""

    since_us: int
    reason: str


class ChartsInMemory:
    """One `Track` for each planned characteristic that has news.

    Attributes
    ----------
    tracks : mapping of Place to Track
    faults : mapping of Place to Fault
        Charts that cannot be judged; the others go on.
    """

    def __init__(self, store: Store, plan: ControlPlan) -> None:
        self._store = store
        self._planned = {(p.name, p.station): p for p in plan.characteristics}
        self._frozen = Frozen(store)
        self.tracks: dict[Place, Track] = {}
        self.faults: dict[Place, Fault] = {}

    def take(
        self,
        since_us: Mapping[Place, int],
        rows: Mapping[Place, Sequence[Row]] | None,
        *,
        known_limits: bool = False,
    ) -> list[Outcome]:
        """Judge what came, and say where that means something.

        Without rows the store is read; with `known_limits` new versions are not looked for.
        """
        for place in () if known_limits else self._frozen.refresh():
            self.tracks.pop(place, None)
        found: list[Outcome] = []
        for place, since in since_us.items():
            planned = self._planned.get(place)
            if planned is None:
                continue
            begun = min(since, self.faults[place].since_us) if place in self.faults else since
            own = None if rows is None or place in self.faults else rows.get(place, ())
            found += self._guarded(planned, begun, partial(self._judge, planned, begun, own))
        return [one for one in found if one.judged.findings or one.judged.late_from_us is not None]

    def simple(self, place: Place, rows: Sequence[Row]) -> bool:
        """Whether `rows` need neither the store nor new limits."""
        track = self.tracks.get(place)
        return (
            track is not None and track.version is not None and place not in self.faults
            and track.takes(rows) and bool(track.rows) and min(rows) > track.rows[-1]
        )  # fmt: skip

    def again(self, outcome: Outcome, since_us: int) -> Outcome:
        """Judge a chart from earlier on: an alert that the change reaches began then."""
        return self._load(outcome.planned, since_us)

    def _guarded(
        self, planned: PlannedCharacteristic, since_us: int, work: Callable[[], Outcome]
    ) -> Iterable[Outcome]:
        place = (planned.name, planned.station)
        try:
            outcome = work()
        except Exception as error:  # noqa: BLE001 - one chart never takes the others down
            self.tracks.pop(place, None)
            kind = "" if isinstance(error, LacssError) else f"{type(error).__name__}: "
            self.faults[place] = Fault(since_us, " ".join(f"{kind}{error}".split())[:300])
            return [self._specification_only(planned, since_us)]
        self.faults.pop(place, None)
        return [outcome]

    def _specification_only(self, planned: PlannedCharacteristic, since_us: int) -> Outcome:
        """What needs no chart is judged even where the chart cannot be."""
        place = (planned.name, planned.station)
        history = LOOK_BACK * planned.subgroup
        rows, _ = stored_rows(self._store, place, since_us, last_before=history)
        points = gathered(rows, planned.subgroup)
        found = specification_findings(planned, as_points(points, planned.subgroup), since_us)
        times = tuple(sorted(point.at_us for point in points))
        return self._outcome(planned, Judged(tuple(found), times_us=times))

    def _judge(
        self, planned: PlannedCharacteristic, since_us: int, rows: Sequence[Row] | None
    ) -> Outcome:
        place = (planned.name, planned.station)
        track = self.tracks.get(place)
        if track is None or rows is None or not track.takes(rows):
            return self._load(planned, since_us)
        judged = track.add(rows)
        late = judged.late_from_us
        if track.version is None and len(track.points) >= planned.phase1:
            return self._load(planned, since_us)
        if late is not None and (late < judged.covers_from_us or self._in_phase1(track, late)):
            return self._load(planned, late)
        return self._outcome(planned, judged)

    def _in_phase1(self, track: Track, at_us: int) -> bool:
        version = track.version
        return version is not None and at_us <= to_us(version.phase1_to)

    def _load(self, planned: PlannedCharacteristic, since_us: int) -> Outcome:
        place = (planned.name, planned.station)
        version = self._frozen.get(place)
        start = None if version is None else since_us
        history = HISTORY_POINTS * planned.subgroup
        rows, whole = stored_rows(self._store, place, start, last_before=history)
        points = gathered(rows, planned.subgroup)
        late = _first_changed(points, since_us)
        sole = self._frozen.sole(place)
        if whole and sole and len(points) >= planned.phase1:
            ends = max(point.at_us for point in points[: planned.phase1])
            if version is None or late <= ends:
                before, version = version, self._frozen.freeze(planned, points)
                late = late if version is before else EVER
        covers = EVER if whole and sole else late
        track = Track(planned, version, covers)
        judged = track.add(rows)
        self.tracks[place] = track
        return self._outcome(planned, replace(judged, late_from_us=late, covers_from_us=covers))

    def _outcome(self, planned: PlannedCharacteristic, judged: Judged) -> Outcome:
        place = (planned.name, planned.station)
        version = self._frozen.get(place)
        number = None if version is None else version.version
        return Outcome(planned, judged, number, self._frozen.sole(place))


def _first_changed(points: Sequence[Point], since_us: int) -> int:
    """Earliest time of a point that readings from `since_us` on can have changed."""
    at = [point.at_us for point in points]
    first = next((i for i, one in enumerate(at) if one >= since_us), len(at))
    return min(at[first:], default=since_us)
