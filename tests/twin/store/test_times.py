from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from twin.store.times import from_us, now_us, timestamps, to_us


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_there_and_back_loses_nothing(moment: datetime) -> None:
    assert from_us(to_us(moment)) == moment


def test_the_offset_does_not_matter() -> None:
    utc = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert to_us(utc.astimezone(timezone(timedelta(hours=9)))) == to_us(utc)


def test_a_column_keeps_what_is_missing() -> None:
    column = timestamps([1_000_000, None])
    assert column[0] == pd.Timestamp("1970-01-01T00:00:01Z")
    assert column.isna().tolist() == [False, True]
    assert str(timestamps([]).dtype) == "datetime64[us, UTC]"


def test_now_is_now() -> None:
    assert abs(now_us() - to_us(datetime.now(UTC))) < 5_000_000
