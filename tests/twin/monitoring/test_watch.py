from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from process_models.errors import StoreError
from twin.commands import watch as watch_command
from twin.measurement import Measurement
from twin.monitoring.alerts import Alert, AlertDesk
from twin.monitoring.charting import freeze_limits
from twin.monitoring.limits import limits_versions, newest_limits
from twin.monitoring.outbox import letters
from twin.monitoring.plan import ControlPlan
from twin.monitoring.watch import Watch, watch_once
from twin.monitoring.watcher import Watcher
from twin.settings import Settings
from twin.store import Store

Series = Callable[..., list[Measurement]]
SHIFT = {30: 64.0, 31: 64.2, 32: 64.1}


def summary(alerts: list[Alert]) -> list[tuple[object, ...]]:
    return sorted(
        (a.characteristic, a.rule, a.direction, a.first_point_at, a.last_point_at, a.count,
         a.diagnosis)
        for a in alerts
    )  # fmt: skip


def test_nothing_stored_raises_nothing(store: Store, plan: ControlPlan) -> None:
    assert watch_once(store, plan) == []


def test_phase1_is_frozen_when_there_are_enough_points(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    store.add_measurements(series(19))
    watch_once(store, plan)
    assert newest_limits(store, "thickness_um", "roll") is None
    store.add_measurements(series(21, first=19))
    watch_once(store, plan)
    version = newest_limits(store, "thickness_um", "roll")
    assert version is not None
    assert (version.version, version.user, version.phase1_points) == (1, "lacss", 20)
    assert version.limits.number("centre") == pytest.approx(60.0, abs=0.05)
    assert "Phase I complete: first 20 points" in version.reason
    store.add_measurements(series(50, first=40))
    watch_once(store, plan)
    assert len(limits_versions(store, "thickness_um", "roll")) == 1


def test_points_beyond_the_first_limits_are_left_out_of_phase1(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    store.add_measurements(series(20, {7: 69.0}))
    assert watch_once(store, plan) == []
    version = newest_limits(store, "thickness_um", "roll")
    assert version is not None
    assert version.limits.excluded == (8,)
    assert "left out: 8" in version.reason
    assert version.limits.number("centre") == pytest.approx(60.0, abs=0.1)


def test_a_shift_is_one_alert_with_its_facts(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    rows = series(40, SHIFT)
    store.add_measurements(rows)
    (alert,) = watch_once(store, plan)
    assert (alert.characteristic, alert.station, alert.rule) == (
        "thickness_um", "roll", "beyond_limits",
    )  # fmt: skip
    assert (alert.first_point_at, alert.last_point_at, alert.count) == (
        rows[30].measured_at, rows[32].measured_at, 3,
    )  # fmt: skip
    assert alert.opened_at == alert.since == rows[30].measured_at
    assert (alert.lot_id, alert.value, alert.direction, alert.point) == ("L0030", 64.0, "high", 31)
    assert (alert.state, alert.severity, alert.limits_version) == ("open", "major", 1)
    assert (alert.reaction_plan, alert.provenance) == ("measure again", "simulated")
    assert alert.diagnosis[0].cause == "wear"
    assert sum(d.probability for d in alert.diagnosis) == pytest.approx(1, abs=1e-3)


def test_the_same_data_never_raise_twice(store: Store, plan: ControlPlan, series: Series) -> None:
    store.add_measurements(series(40, SHIFT))
    assert len(watch_once(store, plan)) == 1
    assert watch_once(store, plan) == []
    store.add_measurements(series(40, SHIFT))
    assert watch_once(store, plan) == []
    assert len(AlertDesk(store, plan).list()) == 1


def test_a_run_that_goes_on_grows_its_alert(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    store.add_measurements(series(32, SHIFT))
    assert len(watch_once(store, plan)) == 1
    store.add_measurements(series(8, SHIFT, first=32))
    assert watch_once(store, plan) == []
    assert AlertDesk(store, plan).list()[0].count == 3


def test_after_a_quiet_stretch_there_is_a_new_alert(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    store.add_measurements(series(60, {30: 64.0, 35: 64.0, 41: 64.0}))
    alerts = sorted(watch_once(store, plan), key=lambda a: a.id)
    assert [(a.lot_id, a.count) for a in alerts] == [("L0030", 2), ("L0041", 1)]


def test_a_closed_alert_opens_anew_when_it_goes_on(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    store.add_measurements(series(32, SHIFT))
    (alert,) = watch_once(store, plan)
    desk = AlertDesk(store, plan)
    desk.acknowledge(alert.id, "ana")
    desk.close(alert.id, "ana", "gauge cleaned")
    assert watch_once(store, plan) == []
    store.add_measurements(series(8, SHIFT, first=32))
    (again,) = watch_once(store, plan)
    assert (again.lot_id, again.state) == ("L0032", "open")


def fresh(folder: Path) -> Store:
    folder.mkdir()
    return Store.open(Settings(folder, f"sqlite:///{folder / 'lacss.db'}"))


def test_in_order_and_in_batches_is_the_same_as_at_once(
    tmp_path: Path, plan: ControlPlan, series: Series
) -> None:
    rows = series(90, {30: 64.0, 31: 64.0, 50: 55.0, 70: 73.0})
    with fresh(tmp_path / "once") as at_once, fresh(tmp_path / "bits") as in_bits:
        at_once.add_measurements(rows)
        watch_once(at_once, plan)
        for start in range(0, 90, 7):
            in_bits.add_measurements(rows[start : start + 7])
            watch_once(in_bits, plan)
        assert summary(AlertDesk(in_bits, plan).list()) == summary(AlertDesk(at_once, plan).list())


def test_outside_the_specification_needs_no_limits(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    store.add_measurements(series(5, {3: 71.0}))
    (alert,) = watch_once(store, plan)
    assert (alert.rule, alert.direction, alert.value) == ("outside_specification", "high", 71.0)
    assert alert.limits_version is None


def test_bad_and_censored_readings_are_not_judged(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    rows = series(40, {30: 99.0, 31: 99.0})
    rows[30] = replace(rows[30], quality="bad")
    rows[31] = replace(rows[31], censoring="right")
    store.add_measurements(rows)
    assert watch_once(store, plan) == []


def test_an_incomplete_subgroup_waits(store: Store, plan: ControlPlan, series: Series) -> None:
    planned = replace(plan.characteristics[0], chart="xbar_r", subgroup=4, phase1=20)
    by_four = replace(plan, characteristics=(planned,))
    rows = [
        replace(row, lot_id=f"L{i // 4}", position=i % 4)
        for i, row in enumerate(series(88, {84: 66.0, 85: 66.0, 86: 66.0, 87: 66.0}))
    ]
    store.add_measurements(rows[:86])
    assert watch_once(store, by_four) == []
    store.add_measurements(rows[86:])
    alerts = watch_once(store, by_four)
    assert [(a.lot_id, a.panel) for a in alerts] == [("L21", "xbar")]


def test_silence_is_told_once_for_each_silence(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    store.add_measurements(series(10))
    store.add_measurements(series(180, name="roll_temperature_c", level=25.0))
    (alert,) = [a for a in watch_once(store, plan) if a.rule == "no_data"]
    last = series(10)[-1].measured_at
    assert (alert.characteristic, alert.since) == ("thickness_um", last)
    assert (alert.first_point_at - last).total_seconds() == 7200
    store.add_measurements(series(5, first=180, name="roll_temperature_c", level=25.0))
    assert watch_once(store, plan) == []
    store.add_measurements(series(5, first=185))
    store.add_measurements(series(180, first=185, name="roll_temperature_c", level=25.0))
    (again,) = [a for a in watch_once(store, plan) if a.rule == "no_data"]
    assert again.id != alert.id


def test_causes_told_apart_by_what_signals_together(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    store.add_measurements(series(60, SHIFT))
    store.add_measurements(series(60, dict.fromkeys((29, 30, 31), 33.0),
                                  name="roll_temperature_c", level=25.0))  # fmt: skip
    alerts = {a.characteristic: a for a in watch_once(store, plan)}
    assert alerts["thickness_um"].diagnosis[0].cause == "heat"
    assert alerts["roll_temperature_c"].diagnosis[0].cause == "heat"
    assert alerts["roll_temperature_c"].severity == "critical"


def test_alert_and_letters_are_written_together(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    (store.home / "notify.toml").write_text(
        '[[endpoint]]\nname = "a"\nkind = "webhook"\nurl = "http://127.0.0.1:9/"\n'
        '[[endpoint]]\nname = "b"\nkind = "webhook"\nurl = "http://127.0.0.1:9/"\n'
        'severity = "critical"\n'
    )
    store.add_measurements(series(40, SHIFT))
    (alert,) = watch_once(store, plan)
    (letter,) = letters(store)
    assert (letter.endpoint, letter.alert_id, letter.state) == ("a", alert.id, "pending")
    assert letter.payload["alert"]["diagnosis"][0]["cause"] == "wear"


def test_what_cannot_be_fitted_is_remembered_and_does_not_stop_others(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    broken = replace(plan.characteristics[0], rules={"nonsense": "major"})
    odd = replace(plan, characteristics=(broken, plan.characteristics[1]))
    store.add_measurements(series(40))
    store.add_measurements(series(40, {30: 40.0}, name="roll_temperature_c", level=25.0))
    told = {a.characteristic: a for a in watch_once(store, odd)}
    assert (told["roll_temperature_c"].rule, told["roll_temperature_c"].category) == (
        "beyond_limits", "process",
    )  # fmt: skip
    assert (told["thickness_um"].rule, told["thickness_um"].category) == (
        "evaluation_error", "system",
    )  # fmt: skip
    assert "nonsense" in told["thickness_um"].message
    with store.database.reading() as connection:
        errors = connection.exec_driver_sql(
            "SELECT error FROM chart_state WHERE characteristic = 'thickness_um'"
        ).scalars()
        assert "nonsense" in errors.one()


def test_the_loop_tells_and_goes_on_after_an_error(
    store: Store, plan: ControlPlan, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_measurements(series(40, SHIFT))
    told: list[Alert] = []
    stop = threading.Event()

    def on_alert(alert: Alert) -> None:
        told.append(alert)
        stop.set()

    watch = Watch(store, plan, interval_s=0.01, on_alert=on_alert)
    with monkeypatch.context() as patch:

        def fail(*_: object, **__: object) -> list[Alert]:
            raise StoreError("disk full")

        patch.setattr("twin.monitoring.watcher.Watcher.look", fail)
        assert watch.look() == []
    assert watch.last_error == "disk full"
    watch.run(stop)
    assert len(told) == 1
    assert watch.last_error == ""


def test_a_commit_that_fails_loses_no_alert(
    store: Store, plan: ControlPlan, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(store, plan, interval_s=0.01)
    store.add_measurements(series(25))
    assert watch.look() == []
    store.add_measurements(series(15, SHIFT, first=25))
    remember = Watcher._remember

    def full(self: Watcher, connection: object) -> None:
        remember(self, connection)  # type: ignore[arg-type]
        raise StoreError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Watcher, "_remember", full)
        assert watch.look() == []
    assert watch.last_error == "disk full"
    assert AlertDesk(store, plan).list() == []
    assert [alert.rule for alert in watch.look()] == ["beyond_limits"]
    assert watch.last_error == ""


def test_a_fault_of_our_own_does_not_end_the_watch(
    store: Store, plan: ControlPlan, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[str] = []
    watch = Watch(store, plan, interval_s=0.01, on_error=errors.append)
    store.add_measurements(series(40, SHIFT))

    def broken(*_: object, **__: object) -> None:
        raise KeyError("oops")

    with monkeypatch.context() as patch:
        patch.setattr(Watcher, "look", broken)
        assert watch.look() == watch.look() == []
    assert errors == ["KeyError: 'oops'"]
    assert len(watch.look()) == 1


def test_two_watches_raise_once(store: Store, plan: ControlPlan, series: Series) -> None:
    first, second = Watcher(store, plan), Watcher(store, plan)
    store.add_measurements(series(32, SHIFT))
    assert len(first.look()) == 1
    assert second.look() == []
    store.add_measurements(series(8, SHIFT, first=32))
    assert second.look() == first.look() == []
    (alert,) = AlertDesk(store, plan).list()
    assert (alert.count, alert.withdrawn) == (3, "")


def test_limits_of_a_person_rule_from_then_on(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    watcher = Watcher(store, plan)
    store.add_measurements(series(40, SHIFT))
    (old,) = watcher.look()
    until = series(30)[-1].measured_at
    freeze_limits(store, plan, "thickness_um", user="ana", reason="new gauge", until=until)
    store.add_measurements(series(20, {50: 64.0}, first=40))
    (new,) = watcher.look()
    assert (old.limits_version, new.limits_version, new.lot_id) == (1, 2, "L0050")
    late = [replace(row, source="second", value=60.1) for row in series(1, first=20)]
    store.add_measurements(late)
    watcher.look()
    assert AlertDesk(store, plan).get(old.id).withdrawn == "", "a person's limits take nothing back"


def test_a_database_that_is_away_while_it_is_asked_for_news_ends_nothing(
    store: Store, plan: ControlPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, stop, errors = [], threading.Event(), []

    def away(*_: object) -> bool:
        asked.append(1)
        if len(asked) == 3:
            stop.set()
        raise StoreError("the database system is shutting down")

    monkeypatch.setattr("twin.monitoring.watch.Arrivals.wait", away)
    Watch(store, plan, interval_s=0.01, on_error=errors.append).run(stop)
    assert (len(asked), set(errors)) == (3, {"the database system is shutting down"})


def test_a_watch_that_dies_takes_its_process_along(
    store: Store, plan: ControlPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise RuntimeError("gone")

    monkeypatch.setattr(Watch, "run", dies)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    before = threading.active_count()
    with pytest.raises(RuntimeError, match="gone"):
        watch_command._loop(store, plan, 1.0, None, "")
    for thread in threading.enumerate():
        if thread.name in ("notifier", "diagnosis"):
            thread.join(10)
    assert threading.active_count() == before
