"""The short way gives what the long way gives, whatever comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.live.sourcing import MapRow, RawReading, SourceConfig
from twin.live.sourcing.outcome import Held
from twin.live.sourcing.quick import Quick
from twin.live.sourcing.template import ChannelPattern
from twin.live.sourcing.turning import Turning
from twin.measurement import Measurement

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
ROWS = (
    MapRow(channel=ChannelPattern("{station}/thickness"), station="{station}",
           characteristic="thickness_um", unit="um", lot="L1", position="3"),
    MapRow(channel=ChannelPattern("{station}/wide"), station="{station}",
           characteristic="thickness_um", unit="mm", lot="L1"),
    MapRow(channel=ChannelPattern("{station}/scaled"), station="{station}",
           characteristic="force_n", unit="N", lot="L1", scale=2.0),
    MapRow(channel=ChannelPattern("{station}/held"), station="{station}",
           characteristic="force_n", unit="N", lot_from="channel", lot_missing="?"),
    MapRow(channel=ChannelPattern("{station}/told"), station="{station}",
           characteristic="force_n", unit="N", lot="{lot}"),
)  # fmt: skip
CONFIG = SourceConfig(name="s", kind="opcua", address="x", maps=ROWS, status={"E7": "bad"})
PLANNED = SimpleNamespace(unit="um", plausible=(10.0, 200.0))


def planned(characteristic: str, station: str) -> Any:
    return PLANNED if characteristic == "thickness_um" else None


def turning() -> Turning:
    return Turning(CONFIG, planned)


class Long(Quick):
    """The control: it never knows the short way."""

    def turn(self, raw: RawReading) -> None:
        return None


def reading(channel: str = "roll/thickness", value: Any = 60.0, **more: Any) -> RawReading:
    return RawReading(channel=channel, value=value, received_at=NOW, **more)


zones = st.sampled_from([UTC, timezone(timedelta(hours=2))])
readings = st.builds(
    RawReading,
    channel=st.sampled_from(
        [f"roll/{name}" for name in ("thickness", "wide", "scaled", "held", "told", "other")]
    ),
    value=st.one_of(
        st.floats(0.0, 300.0), st.floats(), st.integers(0, 2**60), st.booleans(), st.none(),
        st.sampled_from(["60", "x"]),
    ),
    received_at=st.just(NOW),
    source_time=st.one_of(
        st.none(),
        st.datetimes(datetime(2026, 1, 4), datetime(2026, 1, 5, 13), timezones=zones),
        st.datetimes(datetime(1970, 1, 1), datetime(2030, 1, 1), timezones=zones),
    ),
    status=st.sampled_from([0, 0x40000000, 0x80AB0000, 0x480, "good", "E7", "strange", -1]),
    sequence=st.one_of(st.none(), st.integers(0, 2**60)),
    unit=st.sampled_from([None, None, None, "um", "mm", "parsec"]),
    fields=st.sampled_from([{}, {"lot": "L7"}, {"station": "wind"}]),
    restated=st.sampled_from([False, False, False, True]),
)  # fmt: skip


@given(st.lists(readings, max_size=12))
def test_both_ways_lead_to_the_same(given: list[RawReading]) -> None:
    short, long = turning(), turning()
    long._quick = Long(CONFIG)
    first = [reading(f"roll/{name}", 60.0) for name in ("thickness", "wide", "scaled", "held")]
    for raw in [*first, *given]:
        assert short.turn(raw) == long.turn(raw)


def test_the_short_way_is_taken_once_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    made = turning()
    made.turn(reading())
    made.turn(reading("roll/held"))
    monkeypatch.setattr(made, "_mapped", lambda raw: "long")
    short = made.turn(reading(value=61.5, sequence=4))
    assert isinstance(short, Measurement)
    assert (short.value, short.sequence, short.position, short.lot_id) == (61.5, 4, 3, "L1")
    assert isinstance(made.turn(reading("roll/held", 1.0)), Held)
    for raw in (
        reading(value=9.0), reading(value=float("nan")), reading(value=True), reading(value="60"),
        reading(unit="um"), reading("wind/thickness"), reading(restated=True),
        reading(source_time=NOW + timedelta(days=2)), reading(source_time=NOW.replace(year=1999)),
    ):  # fmt: skip
        assert made.turn(raw) == "long", raw


@pytest.mark.parametrize("channel", ["roll/wide", "roll/scaled", "roll/told"])
def test_what_is_converted_or_told_with_each_reading_goes_the_long_way(
    channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = turning()
    raw = reading(channel, 0.06, fields={"lot": "L7"})
    assert isinstance(made.turn(raw), Measurement)
    monkeypatch.setattr(made, "_mapped", lambda raw: "long")
    assert made.turn(raw) == "long"
