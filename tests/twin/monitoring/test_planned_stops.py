"""Silence at night: the reference line stands from 22:00 to 06:00, its laboratory does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from twin.measurement import Measurement
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.plan import ControlPlan
from twin.monitoring.planned_stops import PlannedStops
from twin.monitoring.watch import watch_once
from twin.settings import Settings
from twin.site import site_line
from twin.store import Store
from twin.store.times import to_us

DAY = datetime(2026, 1, 5, tzinfo=UTC)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def reading(hour: float, name: str = "thickness_um", station: str = "roll") -> Measurement:
    value, unit = {"thickness_um": (60.0 + hour / 100, "um")}.get(name, (25.0 + hour / 100, "C"))
    return Measurement(
        measured_at=at(hour), lot_id=f"L{hour}", station=station, characteristic=name,
        value=value, unit=unit, provenance="simulated",
    )  # fmt: skip


@pytest.fixture
def night(plan: ControlPlan) -> ControlPlan:
    """Beside the mill a characteristic of the laboratory, which measures at any hour."""
    thickness, temperature = plan.characteristics
    coupon = replace(temperature, name="asr", station="cell_test", chart="i_mr")
    return replace(plan, characteristics=(thickness, temperature, coupon))


def evening(station: str = "roll") -> list[Measurement]:
    return [reading(21 + i / 60, station=station) for i in range(55)]


def silences(store: Store, plan: ControlPlan) -> list[tuple[str, str]]:
    watch_once(store, plan)
    return [(a.station, a.muted_by) for a in AlertDesk(store, plan).list() if a.rule == "no_data"]


def test_a_planned_stop_is_no_silence(store: Store, night: ControlPlan) -> None:
    store.add_measurements(evening())
    store.add_measurements([reading(hour, "asr", "cell_test") for hour in (23, 25, 27, 29)])
    assert silences(store, night) == [("roll", "roll has a planned stop")]
    store.add_measurements([reading(31.9, "asr", "cell_test")])  # two hours from 06:00 are given
    assert silences(store, night) == [("roll", "roll has a planned stop")]


def test_who_stays_silent_after_the_stop_is_told_of(store: Store, night: ControlPlan) -> None:
    store.add_measurements(evening())
    store.add_measurements([reading(27, "asr", "cell_test"), reading(32.1, "asr", "cell_test")])
    assert silences(store, night) == [("roll", "")]


def test_a_station_that_measures_in_its_stop_does_not_stand(
    store: Store, night: ControlPlan
) -> None:
    store.add_measurements(evening())
    works = [reading(22 + i / 2, "roll_temperature_c") for i in range(10)]
    store.add_measurements(works)
    assert silences(store, night) == [("roll", "")]


def test_silence_by_day_is_told(store: Store, night: ControlPlan) -> None:
    store.add_measurements([reading(8 + i / 60) for i in range(30)])
    store.add_measurements([reading(11, "asr", "cell_test")])
    assert silences(store, night) == [("roll", "")]


def test_a_line_that_never_stops_has_no_excuse(store: Store, night: ControlPlan) -> None:
    (store.home / "line.toml").write_text(
        '[line]\nname = "round the clock"\n[arrivals]\nkind = "saturated"\n'
        '[[station]]\nname = "roll"\nservice_s = {distribution = "deterministic", value = 60}\n'
    )
    store.add_measurements(evening())
    store.add_measurements([reading(27, "asr", "cell_test")])
    assert silences(store, night) == [("roll", "")]


def test_a_line_file_that_cannot_be_read_silences_nothing(store: Store, night: ControlPlan) -> None:
    (store.home / "line.toml").write_text("[line\n")
    store.add_measurements(evening())
    store.add_measurements([reading(27, "asr", "cell_test")])
    assert silences(store, night) == [("roll", "")]


def test_stops_by_hand(tmp_path: Path) -> None:
    stops = PlannedStops(site_line(Settings(tmp_path, "")).stations)
    (one,) = stops.around("roll", to_us(at(23)), to_us(at(24)))
    assert (one.start_us, one.end_us) == (to_us(at(22)), to_us(at(30)))
    assert stops.around("roll", to_us(at(8)), to_us(at(20))) == []
    assert stops.around("elsewhere", to_us(at(23)), to_us(at(24))) == ()
    late, long_after = to_us(at(22.4)), to_us(at(22.6))
    assert stops.around("roll", to_us(at(23)), to_us(at(24)), [late]) == [one]
    assert stops.around("roll", to_us(at(23)), to_us(at(24)), [late, long_after]) == []
