from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from twin.monitoring.episodes import Episode, join
from twin.monitoring.findings import Finding
from twin.monitoring.plan import PlannedCharacteristic

X = PlannedCharacteristic("x", "s", "um")
POINTS = range(100)


def found(at: int) -> Finding:
    return Finding(X, "i_mr", "individual", "beyond_limits", "major", at, at, at, at, "L", 1.0,
                   "high", 1)  # fmt: skip


def runs(episodes: list[Episode]) -> list[tuple[int, int, int]]:
    return [(one.first_us, one.last_us, one.count) for one in episodes]


def test_one_run_is_one_episode() -> None:
    assert runs(join([], [found(at) for at in (10, 11, 13)], POINTS, 5)) == [(10, 13, 3)]


def test_a_quiet_stretch_ends_a_run() -> None:
    joined = join([], [found(at) for at in (10, 15, 21)], POINTS, 5)
    assert runs(joined) == [(10, 15, 2), (21, 21, 1)]


def test_points_count_not_time() -> None:
    assert runs(join([], [found(10), found(90)], [10, 50, 90], 5)) == [(10, 90, 2)]


def test_what_is_stored_grows() -> None:
    stored = Episode(10, 12, 3, alert_id=1)
    (joined,) = join([stored], [found(14)], POINTS, 5)
    assert (joined.alert_id, joined.last_us, joined.count, joined.changed) == (1, 14, 4, True)


def test_the_same_points_again_change_nothing() -> None:
    stored = Episode(10, 12, 3, alert_id=1)
    (joined,) = join([stored], [found(at) for at in (10, 11, 12)], POINTS, 5)
    assert not joined.changed
    assert joined.count == 3


def test_a_late_point_before_a_run_belongs_to_it() -> None:
    (joined,) = join([Episode(10, 12, 3, alert_id=1)], [found(8)], POINTS, 5)
    assert (joined.first_us, joined.count) == (8, 4)


def test_a_closed_alert_takes_no_more_points() -> None:
    closed = Episode(10, 12, 3, closed=True, alert_id=1)
    joined = join([closed], [found(11), found(13)], POINTS, 5)
    assert runs(joined) == [(10, 12, 3), (13, 13, 1)]
    assert joined[1].alert_id is None


def test_long_before_the_evaluated_points_is_another_run() -> None:
    joined = join([Episode(1, 2, 2, alert_id=1)], [found(51)], range(50, 60), 5)
    assert len(joined) == 2


@given(st.sets(st.integers(0, 99), max_size=12))
def test_one_by_one_is_the_same_as_all_at_once(at: set[int]) -> None:
    at_once = runs(join([], [found(one) for one in at], POINTS, 5))
    episodes: list[Episode] = []
    for one in sorted(at):
        episodes = join(episodes, [found(one)], POINTS, 5)
    assert runs(episodes) == at_once


def test_every_order_of_three_findings_gives_the_same_points() -> None:
    for order in itertools.permutations((10, 12, 14)):
        episodes: list[Episode] = []
        for at in order:
            episodes = join(episodes, [found(at)], POINTS, 5)
        assert (episodes[0].first_us, episodes[-1].last_us) == (10, 14)
        assert len(episodes) == 1
