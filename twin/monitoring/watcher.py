"""One watcher: charts in memory, what arrived since, and one transaction for what that means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from twin.monitoring.alert import Alert
from twin.monitoring.audit import AuditLog
from twin.monitoring.charts_in_memory import ChartsInMemory
from twin.monitoring.clearing import Settled, settle
from twin.monitoring.endpoints import Endpoint, read_endpoints
from twin.monitoring.escalating import escalate
from twin.monitoring.letters import post
from twin.monitoring.muting import mute
from twin.monitoring.news import Arrived, News
from twin.monitoring.plan import ControlPlan
from twin.monitoring.raising import Outcome, raise_alerts, read_alerts
from twin.monitoring.reconciling import reaches_back_to
from twin.monitoring.standing import of_place
from twin.monitoring.stop_book import StopBook
from twin.monitoring.sweeping import Sweep
from twin.monitoring.track_points import Row
from twin.monitoring.waking import wake
from twin.store import Store, schema
from twin.store.times import now_us

__all__ = ["Watcher"]

_ALL = ("*", "*")
_LOCK = 7_265_001
Place = tuple[str, str]


class Watcher:
    """Looks again and again; what it knows of the charts stays in memory between two looks.

    Parameters
    ----------
    vital : bool
        Whether to look after disk and heartbeats.
    """

    def __init__(self, store: Store, plan: ControlPlan, *, vital: bool = False) -> None:
        self._store = store
        self._plan = plan
        self._charts = ChartsInMemory(store, plan)
        self._news = News(store, _watermark(store))
        self._stops = StopBook(plan.alerting.servers)
        self._sweep = Sweep(store, plan, self._charts, vital)
        self._pending: list[Outcome] = []
        self._aside: dict[Place, list[Row]] = {}
        self._span: tuple[int, int] | None = None
        self._touched: set[Place] = set()
        self._stopped_from: int | None = None
        self._marked = self._news.durable

    def look(self, *, sweep: bool = True) -> list[Alert]:
        """Judge what arrived and write what it means; the alerts opened now, by time.

        Parameters
        ----------
        sweep : bool
            Whether to look for conditions, escalations and shelves that are over, too.
        """
        self._gather()
        if not (self._pending or sweep):
            return []
        endpoints = read_endpoints(self._store.home)
        log = AuditLog(self._store)  # what leaves its shelf is audited
        with log.writing() if sweep else self._store.database.writing() as connection:
            self._alone(connection)
            self._gather_more(connection)
            settled = self._look_around(connection) if sweep else Settled()
            opened = [*settled.raised, *self._write(connection, endpoints, settled, sweep)]
            if sweep:
                self._post(connection, {*settled.raised, *settled.told}, endpoints)
                self._tell_of_time(connection, endpoints)
                self._remember(connection)
            alerts = read_alerts(connection, set(opened)) if opened else []
        self._pending, self._stopped_from = [], None
        if sweep:
            self._span, self._touched, self._marked = None, set(), self._news.durable
        return sorted(alerts, key=lambda alert: (alert.first_point_at, alert.id))

    def _gather(self) -> None:
        with self._store.database.reading() as connection:
            arrived = self._news.read(connection)
        aside, self._aside = self._aside, {}
        if not aside and not arrived.since_us:
            return
        rows: dict[Place, Sequence[Row]] | None = None
        if arrived.rows is not None:
            places = {*aside, *arrived.rows}
            rows = {p: [*aside.get(p, ()), *arrived.rows.get(p, ())] for p in places}
        since = dict(arrived.since_us)
        for place, put in aside.items():
            least = min(row.at_us for row in put)
            since[place] = min(least, since.get(place, least))
        self._note(arrived, since)
        self._pending += self._charts.take(since, rows)

    def _gather_more(self, connection: sa.Connection) -> None:
        """What came while the transaction was waited for, where that is simple."""
        arrived = self._news.read(connection)
        if not arrived.since_us:
            return
        self._note(arrived, arrived.since_us)
        if arrived.rows is None:  # too many at once: the next look reads the store
            self._news = News(self._store, self._marked)
            return
        simple = {p: r for p, r in arrived.rows.items() if self._charts.simple(p, r)}
        self._aside = {p: list(r) for p, r in arrived.rows.items() if p not in simple}
        since = {place: arrived.since_us[place] for place in simple}
        self._pending += self._charts.take(since, simple, known_limits=True)

    def _note(self, arrived: Arrived, since: Mapping[Place, int]) -> None:
        first = min(since.values())
        last = first if arrived.newest_us is None else arrived.newest_us
        low, high = self._span or (first, last)
        self._span = (min(low, first), max(high, last))
        self._touched |= set(since)
        self._sweep.ahead_us.update(arrived.ahead_us)

    def _alone(self, connection: sa.Connection) -> None:
        """One watcher writes at a time; SQLite sees to that by itself."""
        if not self._store.database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))

    def _write(
        self,
        connection: sa.Connection,
        endpoints: Sequence[Endpoint],
        settled: Settled,
        sweep: bool,
    ) -> list[int]:
        self._note_stops(connection)
        changed = (self._stopped_from, settled.from_us)
        changed_from = min((at for at in changed if at is not None), default=None)
        opened: list[int] = []
        if self._pending or (sweep and self._span is not None):
            outcomes = [self._reaching_back(connection, one) for one in self._pending]
            span = self._span if sweep else None
            opened = raise_alerts(
                connection, self._plan, outcomes, self._stops.stops, endpoints, span
            )
        if changed_from is not None:
            told = mute(connection, self._stops.stops, changed_from)
            self._post(connection, set(told), endpoints)
        return opened

    def _note_stops(self, connection: sa.Connection) -> None:
        changed = self._stops.refresh(connection)
        known = [at for at in (self._stopped_from, changed) if at is not None]
        self._stopped_from = min(known, default=None)

    def _reaching_back(self, connection: sa.Connection, outcome: Outcome) -> Outcome:
        late, covers = outcome.judged.late_from_us, outcome.judged.covers_from_us
        if late is None:
            return outcome
        stored = of_place(connection, outcome.planned, outcome.version, outcome.sole)
        since = min((reaches_back_to(one, late) for one in stored.values()), default=late)
        return outcome if since >= covers else self._charts.again(outcome, since)

    def _look_around(self, connection: sa.Connection) -> Settled:
        """Conditions come first, so that they mute the signals of the same look."""
        self._note_stops(connection)
        conditions = self._sweep.conditions(connection, self._stops.stops)
        return settle(connection, conditions, self._sweep.judged())

    def _tell_of_time(self, connection: sa.Connection, endpoints: Sequence[Endpoint]) -> None:
        """What changes by the clock alone: shelves that are over, alerts that nobody takes."""
        self._post(connection, set(wake(connection, self._store, now_us())), endpoints)
        escalate(connection, self._plan.alerting, endpoints, now_us())

    def _post(
        self, connection: sa.Connection, numbers: set[int], endpoints: Sequence[Endpoint]
    ) -> None:
        for alert in read_alerts(connection, numbers) if numbers else ():
            if not alert.muted_by:
                post(connection, self._plan.alerting, alert, endpoints)

    def _remember(self, connection: sa.Connection) -> None:
        for place in self._touched:
            track, fault = self._charts.tracks.get(place), self._charts.faults.get(place)
            values: dict[str, Any] = {"error": fault.reason if fault else ""}
            if track is not None and track.latest_us is not None:
                values["last_point_at"] = track.latest_us
            _set_state(connection, place, values)
        # What was not judged is judged after a restart.
        if not (self._aside or self._charts.faults):
            _set_state(connection, _ALL, {"watermark": self._news.durable})


def _watermark(store: Store) -> int:
    state = schema.chart_state.c
    query = sa.select(state.watermark).where(
        state.characteristic == _ALL[0], state.station == _ALL[1]
    )
    with store.database.reading() as connection:
        return int(connection.execute(query).scalar() or 0)


def _set_state(connection: sa.Connection, place: Place, values: dict[str, Any]) -> None:
    table = schema.chart_state
    here = (table.c.characteristic == place[0], table.c.station == place[1])
    full = {**values, "evaluated_at": now_us()}
    if connection.execute(table.update().where(*here).values(**full)).rowcount == 0:
        start = {"watermark": 0, "last_point_at": None, "error": "", **full}
        row = {"characteristic": place[0], "station": place[1], **start}
        connection.execute(table.insert(), row)
