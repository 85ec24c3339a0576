from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.measurement import Measurement
from twin.monitoring.findings import (
    OUTSIDE_SPECIFICATION,
    Finding,
    change_point,
    chart_findings,
    specification_findings,
)
from twin.monitoring.limits import fit_phase1, newest_limits, save_limits
from twin.monitoring.plan import PlannedCharacteristic
from twin.monitoring.points import Points
from twin.store import Store
from twin.store.times import from_us

# What is tested here lies above the database.
DATABASES = ("sqlite",)


def points(values: Sequence[float] | Sequence[Sequence[float]]) -> Points:
    array = np.array(values, dtype=float)
    n = len(array)
    at = np.arange(n, dtype=np.int64) * 60_000_000
    sizes = np.ones(n, dtype=np.int64) * (1 if array.ndim == 1 else array.shape[1])
    return Points(array, at, at + 5, tuple(f"L{i}" for i in range(n)), sizes, "simulated")


def planned(**changes: object) -> PlannedCharacteristic:
    usual: dict[str, object] = {
        "name": "x", "station": "s", "unit": "um", "chart": "i_mr", "phase1": 20,
        "rules": {"beyond_limits": "major", "nelson_2": "minor"},
    }  # fmt: skip
    return PlannedCharacteristic(**{**usual, **changes})  # type: ignore[arg-type]


def found(store: Store, values: list[float], from_us: int = 0, **changes: object) -> list[Finding]:
    one = planned(**changes)
    all_points = points(values)
    phase1 = all_points.part(0, one.phase1)
    save_limits(store, one, phase1, fit_phase1(one, phase1), user="a", reason="r")
    version = newest_limits(store, "x", "s")
    assert version is not None
    return chart_findings(one, version, all_points, from_us)


QUIET = [0.5, -0.5, 0.3, -0.3] * 5


def test_a_quiet_chart_finds_nothing(store: Store) -> None:
    assert found(store, QUIET * 2) == []


@pytest.mark.parametrize(("value", "direction"), [(9.0, "high"), (-9.0, "low")])
def test_a_point_beyond_the_limits(store: Store, value: float, direction: str) -> None:
    (one,) = found(store, [*QUIET, value, 0.1])
    assert (one.index, one.rule, one.panel, one.severity) == (
        20, "beyond_limits", "individual", "major",
    )  # fmt: skip
    assert (one.direction, one.value, one.lot_id, one.provenance) == (
        direction, value, "L20", "simulated",
    )  # fmt: skip
    assert one.at_us == one.since_us == 20 * 60_000_000
    assert one.known_at_us == one.at_us + 5
    assert one.limits_version == 1
    assert one.fingerprint == f"s/x/i_mr/individual/beyond_limits/{direction}"


def test_a_run_says_when_it_began(store: Store) -> None:
    rest = [*QUIET, *[1.0, 1.2, 0.9, 1.1] * 3]
    runs = [one for one in found(store, rest) if one.rule == "nelson_2"]
    assert [one.index for one in runs] == [28, 29, 30, 31]
    assert {one.since_us for one in runs} == {20 * 60_000_000}
    assert {one.severity for one in runs} == {"minor"}


def test_earlier_points_are_history_only(store: Store) -> None:
    values = [*QUIET, 9.0, *[0.1, -0.1] * 5, 9.0]
    late = found(store, values, from_us=25 * 60_000_000)
    assert [one.index for one in late] == [31]


def test_a_moving_range_raises_nothing_by_itself(store: Store) -> None:
    values = [*QUIET, 1.5, -1.5]
    assert found(store, values, rules={"beyond_limits": "major"}) == []


def test_ranges_count_where_the_limits_are_broken(store: Store) -> None:
    sheet = [[-0.5, 0.5, 0.2], [0.4, -0.4, 0.1]] * 10
    wide = [*sheet, [-4.0, 4.0, 0.0]]
    (one,) = found(store, wide, chart="xbar_r", subgroup=3)  # type: ignore[arg-type]
    assert (one.panel, one.direction, one.value) == ("r", "", 8.0)


@pytest.mark.parametrize(("chart", "panel"), [("ewma", "ewma"), ("cusum", "cusum_high")])
def test_small_shifts_carry_over(store: Store, chart: str, panel: str) -> None:
    shift = [*QUIET, *[value + 1.0 for value in QUIET]]
    first = found(store, shift, chart=chart, rules={"beyond_limits": "major"})[0]
    assert (first.panel, first.direction) == (panel, "high")
    assert abs(first.since_us / 60_000_000 - 20) <= 1


def test_the_specification_judges_means() -> None:
    one = planned(lsl=-1.0, usl=1.0, specification_severity="critical")
    values = [[0.0, 1.5], [1.2, 1.1], [-3.0, -1.0], [1.0, 1.0]]
    low_high = specification_findings(one, points(values), 0)
    assert [(f.index, f.direction, f.value) for f in low_high] == [
        (1, "high", pytest.approx(1.15)), (2, "low", -2.0),
    ]  # fmt: skip
    assert {f.rule for f in low_high} == {OUTSIDE_SPECIFICATION}
    assert {f.severity for f in low_high} == {"critical"}
    assert len(specification_findings(one, points(values), 2 * 60_000_000)) == 1


@pytest.mark.parametrize("sides", [{}, {"lsl": -9.0}, {"usl": 9.0}])
def test_one_side_or_none(sides: dict[str, float]) -> None:
    values = [10.0, -10.0]
    outside = specification_findings(planned(**sides), points(values), 0)
    assert len(outside) == len(sides)


@given(st.integers(1, 40), st.integers(1, 10), st.floats(1.0, 50.0))
def test_a_clean_step_is_dated_exactly(before: int, after: int, size: float) -> None:
    means = np.concatenate((np.zeros(before), np.full(after, size)))
    assert change_point(means, 0.0, before + after - 1) == before


def test_a_change_is_sought_among_recent_points_only() -> None:
    assert change_point(np.ones(500), 0.0, 499) == 450


def test_since_is_never_after_the_point(
    store: Store, series: Callable[..., list[Measurement]]
) -> None:
    draw = np.random.default_rng(3)  # any seed: this holds for every draw
    values = list(draw.normal(size=20)) + list(draw.normal(2.0, size=60))
    for one in found(store, values):
        assert one.since_us <= one.at_us
        assert from_us(one.since_us) <= from_us(one.known_at_us)
