from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from process_models.errors import InputError
from twin.measuring.causes import CAUSES, CauseSchedule, SpecialCause, draw_schedule

HOUR_S = 3600.0
WEEK_S = 168 * HOUR_S


def test_a_step_is_there_at_once_and_gone_at_its_end() -> None:
    hot = SpecialCause("hot_chamber", 100.0, 50.0, 2.5)
    assert [hot.effect(t) for t in (99.9, 100.0, 149.9, 150.0)] == [0.0, 2.5, 2.5, 0.0]


def test_a_ramp_grows_until_it_is_mended() -> None:
    wear = SpecialCause("roll_wear", 0.0, 100.0, 8.0)
    assert [wear.effect(t) for t in (0.0, 25.0, 75.0, 100.0)] == [0.0, 2.0, 6.0, 0.0]


def test_causes_of_one_kind_add_up_and_others_do_not() -> None:
    schedule = CauseSchedule(
        (
            SpecialCause("hot_chamber", 0.0, 10.0, 1.0),
            SpecialCause("hot_chamber", 5.0, 10.0, 2.0),
            SpecialCause("foil_lot", 0.0, 99.0, 0.05),
        )
    )
    assert [schedule.effect("hot_chamber", t) for t in (1.0, 7.0, 12.0)] == [1.0, 3.0, 2.0]
    assert [one.cause for one in schedule.between(15.0, 20.0)] == ["foil_lot"]
    assert schedule.shifted(100.0).effect("hot_chamber", 107.0) == 3.0


@pytest.mark.parametrize(("cause", "duration_s", "says"), [
    ("bad_luck", 1.0, "cause must be one of"), ("roll_wear", 0.0, "duration_s must be above 0"),
])
def test_a_cause_that_cannot_be_is_refused(cause: str, duration_s: float, says: str) -> None:
    with pytest.raises(InputError, match=says):
        SpecialCause(cause, 0.0, duration_s, 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_a_drawn_schedule_keeps_its_rules(seed: int) -> None:
    causes = draw_schedule(np.random.default_rng(seed), 4 * WEEK_S).causes
    assert causes[0].start_s >= 41 * HOUR_S
    assert all(b.start_s - a.end_s > 2.99 * HOUR_S for a, b in pairwise(causes))
    assert {one.cause for one in causes[: len(CAUSES)]} == set(CAUSES)
    for one in causes:
        kind = CAUSES[one.cause]
        assert kind.low <= abs(one.size) <= kind.high
        assert one.size > 0 or kind.signed
        assert 4 * HOUR_S <= one.duration_s <= 9 * HOUR_S


def test_a_longer_horizon_begins_with_the_same_causes() -> None:
    short = draw_schedule(np.random.default_rng(3), WEEK_S).causes
    longer = draw_schedule(np.random.default_rng(3), 4 * WEEK_S).causes
    assert 3 <= len(short) < len(longer)
    assert longer[: len(short)] == short


def test_nothing_goes_wrong_while_the_line_stands_still() -> None:
    """16 h of work and 8 h of rest: the 20th working hour is the 4th of the second day."""
    schedule = CauseSchedule(
        (
            SpecialCause("roll_wear", 4 * HOUR_S, 6 * HOUR_S, 5.0),
            SpecialCause("foil_lot", 14 * HOUR_S, 6 * HOUR_S, 0.07),
        )
    ).in_working_time(16 * HOUR_S, 8 * HOUR_S)
    spans = [(one.start_s / HOUR_S, one.end_s / HOUR_S) for one in schedule.causes]
    assert spans == [(4.0, 10.0), (14.0, 28.0)]
