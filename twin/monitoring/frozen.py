"""The limits that count now, kept in memory until a new version is stored; Phase I by `lacss`."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from twin.monitoring.alert_rows import BY
from twin.monitoring.limits import LimitsVersion, fit_phase1, newest_limits, save_limits
from twin.monitoring.planned import PlannedCharacteristic
from twin.monitoring.point_notes import excluded_points, point_notes, reason_for
from twin.monitoring.points import Points
from twin.monitoring.track_points import Point, as_points
from twin.store import Store, schema

__all__ = ["Frozen"]

Place = tuple[str, str]


class Frozen:
    """Newest limits by characteristic and station.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known = -1
        self._versions: dict[Place, LimitsVersion] = {}
        self._of_people: set[Place] = set()

    def refresh(self) -> set[Place]:
        """Read what is new; places whose limits changed."""
        table = schema.limits.c
        with self._store.database.reading() as connection:
            newest = connection.execute(sa.select(sa.func.max(table.limits_id))).scalar() or 0
            if newest == self._known:
                return set()
            query = sa.select(table.characteristic, table.station, table.user).where(
                table.limits_id > self._known
            )
            rows = connection.execute(query).all()
        self._known = newest
        changed = {(row[0], row[1]) for row in rows}
        self._of_people |= {(row[0], row[1]) for row in rows if row[2] != BY}
        for place in changed:
            found = newest_limits(self._store, *place)
            if found is not None:
                self._versions[place] = found
        return changed

    def get(self, place: Place) -> LimitsVersion | None:
        """The version that counts, or None while Phase I is not complete."""
        return self._versions.get(place)

    def sole(self, place: Place) -> bool:
        """Whether no person has ever set the limits there."""
        return place not in self._of_people

    def freeze(self, planned: PlannedCharacteristic, points: Sequence[Point]) -> LimitsVersion:
        """Phase I is complete: its first limits; or, when late data changed it, the next ones.

        Parameters
        ----------
        points : sequence of Point
            At least `phase1` of them, the first that are stored.

        Returns
        -------
        LimitsVersion
            That counts now; the one before when it is the same.
        """
        place = (planned.name, planned.station)
        old = self.get(place)
        phase1 = as_points(points[: planned.phase1], planned.subgroup)
        notes = point_notes(self._store, *place)
        left_out = excluded_points(notes, phase1)
        limits = fit_phase1(
            planned, phase1, left_out=left_out, exclude_reason=reason_for(notes, phase1)
        )
        if old is not None and _same(old, phase1) and old.limits.to_dict() == limits.to_dict():
            return old
        out = ", ".join(map(str, limits.excluded)) or "none"
        begun = "Phase I complete" if old is None else "readings that came late are in Phase I"
        reason = f"{begun}: first {planned.phase1} points, left out: {out}"
        expected = 1 if old is None else old.version + 1
        save_limits(self._store, planned, phase1, limits, user=BY, reason=reason, expected=expected)
        self.refresh()
        return self._versions[place]


def _same(old: LimitsVersion, phase1: Points) -> bool:
    from twin.store.times import to_us

    first, last = int(phase1.at_us[0]), int(phase1.at_us[-1])
    return (to_us(old.phase1_from), to_us(old.phase1_to)) == (first, last)
