from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from process_models.errors import InputError
from twin.live.sensor_faults import FAULTS, FaultySensors, SensorFault
from twin.measurement import Measurement

START = datetime(2026, 1, 5, tzinfo=UTC)


def reading(minute: int, value: float | None = None, station: str = "roll") -> Measurement:
    return Measurement(
        measured_at=START + timedelta(minutes=minute),
        lot_id="L1",
        station=station,
        characteristic="thickness_um",
        value=60.0 + minute if value is None else value,
        unit="um",
    )


def fault(kind: str, start: int = 3, end: int = 6, **more: Any) -> SensorFault:
    return SensorFault(
        kind=kind, station="roll", characteristic="thickness_um",
        start=START + timedelta(minutes=start), end=START + timedelta(minutes=end), **more,
    )  # fmt: skip


def shown(*faults: SensorFault, n: int = 8) -> list[Measurement | None]:
    sensors = FaultySensors(faults, seed=1)
    return [sensors.shown(reading(minute)) for minute in range(n)]


def values(*faults: SensorFault) -> list[float | None]:
    return [None if one is None else one.value for one in shown(*faults)]


def test_each_fault_by_hand() -> None:
    assert values(fault("stuck")) == [60, 61, 62, 62, 62, 62, 66, 67]
    assert values(fault("dead")) == [60, 61, 62, 0, 0, 0, 66, 67]
    assert values(fault("saturated", size=64.0)) == [60, 61, 62, 63, 64, 64, 66, 67]
    assert values(fault("dropout")) == [60, 61, 62, None, None, None, 66, 67]
    spiked = values(fault("spikes", size=9.0))
    assert [abs(v - 60 - n) for n, v in enumerate(spiked) if v is not None] == [
        0, 0, 0, 9, 9, 9, 0, 0,
    ]  # fmt: skip
    skewed = shown(fault("clock_skew", size=-30.0))
    assert [one.measured_at for one in skewed if one] == [
        START + timedelta(minutes=n, seconds=-30 if 3 <= n < 6 else 0) for n in range(8)
    ]


def test_a_dead_sensor_says_so() -> None:
    assert [one.quality for one in shown(fault("dead")) if one] == ["good"] * 3 + ["bad"] * 3 + [
        "good", "good",
    ]  # fmt: skip


def test_other_sensors_are_untouched() -> None:
    sensors = FaultySensors((fault("dead"),), seed=1)
    other = reading(4, station="unwind")
    assert sensors.shown(other) is other
    assert sensors.shown(replace(reading(4), characteristic="width_um")) is not None


def test_two_faults_at_once_follow_each_other() -> None:
    assert values(fault("stuck"), fault("saturated", size=61.5))[3:6] == [61.5] * 3


def test_a_share_is_about_so_many() -> None:
    """1000 readings, 20 %: within four standard deviations (50) of 200, seed 1."""
    one = fault("dropout", 0, 1000, share=0.2)
    missing = sum(r is None for r in shown(one, n=1000))
    assert 150 < missing < 250
    assert shown(one, n=1000) == shown(one, n=1000)


def test_a_stuck_sensor_that_never_showed_anything_shows_what_it_sees() -> None:
    assert values(fault("stuck", 0))[:2] == [60, 61]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"kind": "loose"}, "kind must be one of stuck, dead"),
        ({"kind": "stuck", "end": 3}, "end must be after"),
        ({"kind": "spikes"}, "size of spikes must be given"),
        ({"kind": "saturated", "size": float("nan")}, "size of saturated must be given"),
        ({"kind": "dropout", "share": 0.0}, "share must lie in 0 to 1"),
        ({"kind": "stuck", "share": 0.5}, "share must lie in 0 to 1 for spikes or dropout"),
    ],
)
def test_what_is_no_fault_is_refused(more: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        fault(**more)


def test_every_fault_is_explained() -> None:
    assert set(FAULTS) == {"stuck", "dead", "saturated", "spikes", "clock_skew", "dropout"}
