"""Data that do not come or cannot be true, and parts that died: alerts of their own that clear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from process_models.errors import InputError
from twin.measurement import Event, Measurement
from twin.monitoring import charts_in_memory, vital_signs
from twin.monitoring.alerting_plan import AlertingPlan, Sampling
from twin.monitoring.alerts import Alert, AlertDesk
from twin.monitoring.dead_watch import report_dead
from twin.monitoring.heartbeat import Pulse
from twin.monitoring.outbox import letters
from twin.monitoring.plan import ControlPlan
from twin.monitoring.sensor_faults import identical_needed, is_saturated
from twin.monitoring.watch import watch_once
from twin.monitoring.watcher import Watcher
from twin.store import Store, schema
from twin.store.sources import Gap, beat, fill_gap, note_gap
from twin.store.times import now_us

Series = Callable[..., list[Measurement]]
START = datetime(2026, 1, 5, tzinfo=UTC)
HEAT = {"name": "roll_temperature_c", "level": 25.0}


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def stop(kind: str, minutes: float, station: str = "roll") -> Event:
    return Event(
        occurred_at=at(minutes), station=station, event=kind, source="plc",
        provenance="simulated",
    )  # fmt: skip


def told(store: Store, plan: ControlPlan, rule: str) -> list[Alert]:
    return [alert for alert in AlertDesk(store, plan).list() if alert.rule == rule]


def endpoint(store: Store) -> None:
    (store.home / "notify.toml").write_text(
        '[[endpoint]]\nname = "shift"\nkind = "webhook"\nurl = "http://127.0.0.1:9/"\n'
    )


def test_silence_clears_itself_and_says_so(store: Store, plan: ControlPlan, series: Series) -> None:
    store.add_measurements(series(10) + series(180, **HEAT))
    (silent,) = watch_once(store, plan)
    assert (silent.rule, silent.category) == ("no_data", "data")
    store.add_measurements(series(5, first=180))
    assert watch_once(store, plan) == []
    desk = AlertDesk(store, plan)
    assert desk.get(silent.id).state == "closed"
    last = desk.history(silent.id)[-1]
    assert (last.user, last.action, last.new_state, last.reason) == (
        "lacss", "clear", "closed", "it is over",
    )  # fmt: skip


def test_what_somebody_works_on_is_not_closed_by_itself(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    store.add_measurements(series(10) + series(180, **HEAT))
    (silent,) = watch_once(store, plan)
    desk = AlertDesk(store, plan)
    desk.acknowledge(silent.id, "ana")
    desk.assign_cause(silent.id, "none_of_these", "ana")
    store.add_measurements(series(5, first=180))
    watch_once(store, plan)
    watch_once(store, plan)
    assert desk.get(silent.id).state == "cause_assigned"
    assert [e.action for e in desk.history(silent.id)].count("clear") == 1


def test_a_sensor_that_sends_only_bad_readings_is_silent(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    store.add_measurements(series(30) + series(30, **HEAT))
    watch_once(store, plan)
    dead = [replace(one, quality="bad", value=0.0) for one in series(150, first=30)]
    store.add_measurements(dead + series(150, first=30, **HEAT))
    (silent,) = watch_once(store, plan)
    assert (silent.rule, silent.characteristic) == ("no_data", "thickness_um")
    store.add_measurements([replace(one, quality="bad", value=0.0) for one in series(2, first=180)])
    for _ in range(2):  # also a watch that has just begun
        watch_once(store, plan)
        assert AlertDesk(store, plan).get(silent.id).state == "open"
    store.add_measurements(series(2, first=182))
    watch_once(store, plan)
    assert AlertDesk(store, plan).get(silent.id).state == "closed"


def test_signals_of_a_sensor_that_was_stuck_stay_muted_also_ahead_of_the_clock(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    endpoint(store)
    ahead = datetime.now(UTC) + timedelta(days=1) - START

    def later(rows: list[Measurement]) -> list[Measurement]:
        return [replace(one, measured_at=one.measured_at + ahead) for one in rows]

    store.add_measurements(later(series(30)))
    watcher = Watcher(store, plan)
    watcher.look()
    for first in (30, 38):
        stuck = series(8, dict.fromkeys(range(first, first + 8), 66.0), first=first)
        store.add_measurements(later(stuck))
        watcher.look()
    store.add_measurements(later(series(6, first=46)))
    watcher.look()
    desk = AlertDesk(store, plan)
    (fault,) = told(store, plan, "stuck")
    assert (fault.state, fault.last_point_at - START - ahead) == ("closed", timedelta(minutes=45))
    (run,) = told(store, plan, "beyond_limits")
    assert run.muted_by.startswith("sensor stuck")
    assert {desk.get(letter.alert_id).rule for letter in letters(store)} == {"stuck"}


def test_silence_of_a_station_that_stands_is_muted_until_it_runs(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    endpoint(store)
    store.add_measurements(series(10) + series(180, **HEAT))
    store.add_events([stop("maintenance_start", 12)])
    (silent,) = watch_once(store, plan)
    assert silent.muted_by == "roll is maintained"
    assert letters(store) == []
    store.add_events([stop("maintenance_end", 185)])
    store.add_measurements(series(100, first=200, **HEAT))
    assert watch_once(store, plan) == []
    assert AlertDesk(store, plan).get(silent.id).muted_by == "roll is maintained"
    store.add_measurements(series(60, first=300, **HEAT))
    watch_once(store, plan)
    assert AlertDesk(store, plan).get(silent.id).muted_by == ""
    assert [letter.alert_id for letter in letters(store)] == [silent.id]


def test_signals_of_a_station_that_is_down_are_recorded_and_not_told(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    endpoint(store)
    store.add_events([stop("down", 29.5), stop("up", 33.5)])
    store.add_measurements(series(40, {30: 64.0, 31: 64.0, 32: 64.0}))
    (muted,) = watch_once(store, plan)
    assert (muted.muted_by, muted.count) == ("roll is down", 3)
    assert letters(store) == []
    store.add_measurements(series(1, {36: 64.0}, first=40))
    store.add_measurements(series(2, {41: 64.0, 42: 64.0}, first=41))
    watch_once(store, plan)
    desk = AlertDesk(store, plan)
    assert desk.get(muted.id).muted_by == "roll is down"  # another run, another alert
    late = [replace(row, value=64.0, source="second") for row in series(2, first=34)]
    store.add_measurements(late)
    watch_once(store, plan)
    assert desk.get(muted.id).muted_by == ""
    assert muted.id in {letter.alert_id for letter in letters(store)}


def test_a_stuck_sensor_mutes_what_it_shows(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    rows = series(60, dict.fromkeys(range(30, 42), 64.0))
    store.add_measurements(rows[:42])
    raised = {alert.rule: alert for alert in watch_once(store, plan)}
    assert raised["stuck"].since == rows[30].measured_at
    assert raised["stuck"].message.startswith("thickness_um at roll: stuck, 12 readings in a row")
    desk = AlertDesk(store, plan)
    assert desk.get(raised["beyond_limits"].id).muted_by.startswith("sensor stuck since")
    store.add_measurements(rows[42:])
    watch_once(store, plan)
    assert desk.get(raised["stuck"].id).state == "closed"


@pytest.mark.parametrize(
    ("resolution", "sigma", "needed"), [(0.0, 1.0, 6), (0.1, 0.2, 10), (9.0, 0.0, 60), (99, 1, 60)]
)
def test_a_coarse_gauge_repeats_itself_by_right(
    resolution: float, sigma: float, needed: int
) -> None:
    assert identical_needed(resolution, sigma) == needed


def test_a_saturated_sensor(store: Store, plan: ControlPlan, series: Series) -> None:
    thick = replace(plan.characteristics[0], gauge_range=(40.0, 80.0))
    wide = replace(plan, characteristics=(thick,))
    store.add_measurements(series(34, {31: 80.0, 32: 80.0, 33: 80.0}))
    assert "saturated" in {alert.rule for alert in watch_once(store, wide)}
    assert is_saturated(thick, 40.0)
    assert not is_saturated(plan.characteristics[0], 0.0)


def test_too_few_samples(store: Store, plan: ControlPlan, series: Series) -> None:
    sampled = replace(plan.characteristics[0], sampling=Sampling(60.0, window=20, least_share=0.5))
    wide = replace(plan, characteristics=(sampled, plan.characteristics[1]))
    store.add_measurements(series(40) + series(70, **HEAT))
    (alert,) = watch_once(store, wide)
    assert (alert.rule, alert.severity, alert.category) == ("missing_samples", "minor", "data")
    assert "0 of 20 samples came since" in alert.message
    store.add_measurements([row for row in series(30, first=40) if row.measured_at.minute % 9 == 0])
    assert watch_once(store, wide) == []
    store.add_measurements(series(30, first=40))
    watch_once(store, wide)
    assert AlertDesk(store, wide).get(alert.id).state == "closed"


def test_a_clock_that_runs_ahead(store: Store, plan: ControlPlan, series: Series) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=3)
    row = replace(series(1)[0], measured_at=ahead, source="plc 7", provenance="measured")
    store.add_measurements([row])
    (alert,) = watch_once(store, plan)
    assert (alert.rule, alert.characteristic, alert.station) == ("clock_skew", "plc 7", "sources")
    assert alert.message.endswith("s ahead of the clock")
    sound = replace(row, measured_at=datetime.now(UTC), sequence=2)
    store.add_measurements([sound])
    watch_once(store, plan)
    assert AlertDesk(store, plan).get(alert.id).state == "closed"


def test_what_is_simulated_may_run_ahead(store: Store, plan: ControlPlan, series: Series) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=3)
    store.add_measurements([replace(series(1)[0], measured_at=ahead)])
    assert watch_once(store, plan) == []


def test_a_gap_of_a_source_until_it_is_filled(store: Store, plan: ControlPlan) -> None:
    number = note_gap(store, Gap(source="plant", channel="roll", first_missing=5, last_missing=7))
    (alert,) = watch_once(store, plan)
    assert (alert.rule, alert.message) == (
        "source_gap", "plant roll: 3 records are missing (sequence)",
    )  # fmt: skip
    assert watch_once(store, plan) == []
    fill_gap(store, number)
    watch_once(store, plan)
    assert AlertDesk(store, plan).get(alert.id).state == "closed"


def test_any_exception_of_one_chart_is_told_and_stops_no_other(
    store: Store, plan: ControlPlan, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = charts_in_memory.ChartsInMemory._load

    def broken(self: Any, planned: Any, since_us: int) -> Any:
        if planned.name == "thickness_um":
            raise ZeroDivisionError("of all\nthings")
        return load(self, planned, since_us)

    store.add_measurements(series(40, {35: 90.0}) + series(40, {30: 40.0}, **HEAT))
    with monkeypatch.context() as patch:
        patch.setattr(charts_in_memory.ChartsInMemory, "_load", broken)
        watcher = Watcher(store, plan)
        raised = {alert.rule: alert for alert in watcher.look()}
    assert raised["evaluation_error"].message == (
        "thickness_um at roll cannot be judged: ZeroDivisionError: of all things"
    )
    assert raised["beyond_limits"].characteristic == "roll_temperature_c"
    assert raised["outside_specification"].lot_id == "L0035", "the specification needs no chart"
    store.add_measurements(series(1, first=40))
    after = {alert.rule for alert in watcher.look()}
    assert after == {"beyond_limits"}
    assert told(store, plan, "evaluation_error")[0].state == "closed"


def overdue(store: Store, part: str) -> None:
    beat(store, part, 10.0)
    with store.database.writing() as connection:
        table = schema.heartbeats
        late = now_us() - 60_000_000
        connection.execute(table.update().where(table.c.part == part).values(at=late))


def test_the_watch_notices_a_dead_notifier_and_collector(store: Store, plan: ControlPlan) -> None:
    for part in ("notifier", "collector", "watch"):
        overdue(store, part)
    watcher = Watcher(store, plan, vital=True)
    assert {alert.rule for alert in watcher.look()} == {"dead_notifier", "dead_collector"}
    beat(store, "notifier", 10.0)
    watcher.look()
    states = {alert.rule: alert.state for alert in AlertDesk(store, plan).list()}
    assert states == {"dead_notifier": "closed", "dead_collector": "open"}


def test_the_notifier_notices_a_dead_watch(store: Store, plan: ControlPlan) -> None:
    endpoint(store)
    assert report_dead(store, "watch") == []
    overdue(store, "watch")
    (number,) = report_dead(store, "watch")
    assert report_dead(store, "watch") == []
    assert AlertDesk(store, plan).get(number).severity == "critical"
    assert [letter.alert_id for letter in letters(store)] == [number]
    beat(store, "watch", 10.0)
    report_dead(store, "watch")
    assert AlertDesk(store, plan).get(number).state == "closed"


def test_who_says_that_it_stops_is_not_dead(store: Store) -> None:
    Pulse(store, "notifier").stop()
    with store.database.writing() as connection:
        connection.execute(schema.heartbeats.update().values(at=0))
        assert vital_signs.dead_parts(connection, now_us()) == []


def test_a_disk_that_is_nearly_full(store: Store) -> None:
    (found,) = vital_signs.disk([store.home], 1.0, 7)
    assert (found.rule, found.severity, found.since_us) == ("disk_nearly_full", "critical", 7)
    assert vital_signs.disk([store.home], 0.0, 7) == []


def test_a_watchdog_outside_sees_the_file_and_the_question(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse(url: str, **_: object) -> None:
        asked.append(url)
        raise OSError("no route")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    pulse = Pulse(store, "watch", store.home / "alive", "http://127.0.0.1:9/ping")
    pulse.beat()
    pulse.beat()
    assert pulse._asking is not None
    pulse._asking.join()
    assert (store.home / "alive").exists()
    assert asked == ["http://127.0.0.1:9/ping"]


@pytest.mark.parametrize(
    "wrong",
    [{"flood_letters": 0}, {"clock_skew_s": -1.0}, {"disk_free_share": 1.0}, {"servers": {"a": 0}}],
)
def test_figures_of_the_plan_that_break_a_rule(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"control plan, \["):
        AlertingPlan(**wrong)


def test_what_was_not_judged_is_judged_after_a_restart(
    store: Store, plan: ControlPlan, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch_once(store, plan)
    monkeypatch.setattr(charts_in_memory, "HISTORY_POINTS", 30)
    store.add_measurements(series(100))
    watch_once(store, plan)

    def broken(*_: object) -> None:
        raise ZeroDivisionError("of all things")

    with monkeypatch.context() as patch:
        patch.setattr(charts_in_memory.ChartsInMemory, "_load", broken)
        store.add_measurements(series(3, {101: 64.0}, first=100))
        assert {alert.rule for alert in watch_once(store, plan)} == {"evaluation_error"}
    store.add_measurements(series(1, first=103))
    assert [alert.lot_id for alert in watch_once(store, plan)] == ["L0101"]
