"""Watching what arrives: the control plan evaluated on what is new, and signals made alerts.

`watch_once` looks at what was stored since its last look, late readings included, and may be run by
several processes: alerts are joined under their fingerprint in the writing transaction, so the same
data never raises twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from process_models.errors import LacssError
from twin.monitoring.alert import Alert
from twin.monitoring.endpoints import read_endpoints
from twin.monitoring.evaluation import Evaluated, evaluate_characteristic
from twin.monitoring.findings import NO_DATA, Finding
from twin.monitoring.plan import ControlPlan, PlannedCharacteristic
from twin.monitoring.raising import raise_alerts
from twin.store import Store, schema
from twin.store.times import now_us

__all__ = ["Watch", "watch_once"]

_ALL = ("*", "*")
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _News:
    arrived_from_us: dict[Place, int]
    newest_us: dict[Place, int]
    judged_to_us: dict[Place, int | None]
    watermark: int

    @property
    def span_us(self) -> tuple[int, int]:
        """First and last time of what arrived."""
        newest = max(self.newest_us.values())
        return min(self.arrived_from_us.values(), default=newest), newest


def watch_once(store: Store, plan: ControlPlan) -> list[Alert]:
    """Evaluate everything stored since the last look and open alerts for new signals.

    Returns
    -------
    list of Alert
        Those opened now, by time; a run that goes on only grows its alert.
    """
    news = _news(store)
    evaluated = [
        evaluate_characteristic(store, planned, arrived, news.judged_to_us.get(place))
        for planned in plan.characteristics
        if (arrived := news.arrived_from_us.get(place := (planned.name, planned.station)))
        is not None
    ]
    findings = [finding for one in evaluated for finding in one.findings]
    findings += _silent(plan, news.newest_us)
    if not findings and not news.arrived_from_us:
        return []
    times = {(one.planned.name, one.planned.station): one.at_us for one in evaluated}
    endpoints = read_endpoints(store.home)
    with store.database.writing() as connection:
        for one in evaluated:
            _remember(connection, one)
        _set_state(connection, _ALL, {"watermark": news.watermark})
        return raise_alerts(connection, plan, findings, times, endpoints, news.span_us)


class Watch:
    """`watch_once` again and again until told to stop.

    Parameters
    ----------
    interval_s : float
        Pause between two looks.
    on_alert : callable, optional
        Called with each new alert.
    """

    def __init__(
        self,
        store: Store,
        plan: ControlPlan,
        *,
        interval_s: float = 2.0,
        on_alert: Callable[[Alert], None] | None = None,
    ) -> None:
        self._store = store
        self._plan = plan
        self._interval_s = interval_s
        self._on_alert = on_alert
        self.last_error = ""

    def run(self, stop: threading.Event) -> None:
        """Watch until `stop` is set; an error is kept in `last_error` and does not end it."""
        while not stop.is_set():
            self.look()
            stop.wait(self._interval_s)

    def look(self) -> list[Alert]:
        """One look; new alerts are handed to `on_alert`."""
        try:
            raised = watch_once(self._store, self._plan)
            self.last_error = ""
        except LacssError as error:
            self.last_error = str(error)
            return []
        if self._on_alert is not None:
            for alert in raised:
                self._on_alert(alert)
        return raised


def _news(store: Store) -> _News:
    table, series, state = schema.measurements.c, schema.series.c, schema.chart_state.c
    with store.database.reading() as connection:
        rows = connection.execute(sa.select(schema.chart_state)).mappings().all()
        states = {(row["characteristic"], row["station"]): row for row in rows}
        seen = states[_ALL][state.watermark.name] if _ALL in states else 0
        arrived = connection.execute(
            sa.select(
                table.series_id, sa.func.min(table.measured_at), sa.func.max(table.measurement_id)
            )
            .where(table.measurement_id > seen)
            .group_by(table.series_id)
        ).all()
        stored = connection.execute(
            sa.select(
                series.series_id, series.characteristic, series.station, series.last_measured_at
            ).where(series.n > 0)
        ).all()
    places = {row[0]: (row[1], row[2]) for row in stored}
    return _News(
        arrived_from_us={places[row[0]]: row[1] for row in arrived},
        newest_us={(row[1], row[2]): row[3] for row in stored},
        judged_to_us={place: row["last_point_at"] for place, row in states.items()},
        watermark=max((row[2] for row in arrived), default=seen),
    )


def _silent(plan: ControlPlan, newest_us: dict[Place, int]) -> list[Finding]:
    line_us = max(newest_us.values(), default=0)
    found = []
    for planned in plan.characteristics:
        last = newest_us.get((planned.name, planned.station))
        if last is None or planned.silent_after_s is None:
            continue
        due = last + int(planned.silent_after_s * 1e6)
        if line_us > due:
            found.append(_no_data(planned, last, due))
    return found


def _no_data(planned: PlannedCharacteristic, last_us: int, due_us: int) -> Finding:
    return Finding(
        planned=planned,
        chart=planned.chart,
        panel="data",
        rule=NO_DATA,
        severity="major",
        index=0,
        at_us=due_us,
        known_at_us=due_us,
        since_us=last_us,
        lot_id="",
        value=None,
        direction="",
        limits_version=None,
    )


def _remember(connection: sa.Connection, one: Evaluated) -> None:
    place = (one.planned.name, one.planned.station)
    _set_state(connection, place, {"last_point_at": one.last_point_us, "error": one.error})


def _set_state(connection: sa.Connection, place: Place, values: dict[str, Any]) -> None:
    table = schema.chart_state
    here = (table.c.characteristic == place[0], table.c.station == place[1])
    full = {**values, "evaluated_at": now_us()}
    if connection.execute(table.update().where(*here).values(**full)).rowcount == 0:
        start = {"watermark": 0, "last_point_at": None, "error": "", **full}
        row = {"characteristic": place[0], "station": place[1], **start}
        connection.execute(table.insert(), row)
