from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from twin.line_time import LINE_ORIGIN, line_seconds, line_time, shift_start


def test_second_0_is_the_start_of_a_first_shift_on_a_monday() -> None:
    assert line_seconds(LINE_ORIGIN) == 0.0
    assert (LINE_ORIGIN.weekday(), LINE_ORIGIN.hour) == (0, 6)


@pytest.mark.parametrize("seconds", [0.0, 0.25, 86_400.0, 8.1e7 + 0.125])
def test_seconds_and_moments_are_one_another(seconds: float) -> None:
    assert line_seconds(line_time(seconds)) == seconds


def test_another_zone_is_the_same_moment() -> None:
    moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert line_seconds(moment.astimezone(timezone(timedelta(hours=2)))) == line_seconds(moment)


@pytest.mark.parametrize(("hour", "day"), [(5, 1), (6, 2), (23, 2)])
def test_a_shift_starts_at_six(hour: int, day: int) -> None:
    assert shift_start(datetime(2024, 1, 2, hour, 30, tzinfo=UTC)) == datetime(
        2024, 1, day, 6, tzinfo=UTC
    )
