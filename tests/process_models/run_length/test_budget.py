"""The budget by hand, and the optimiser against every possible choice."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import pytest

from process_models.errors import InputError
from process_models.run_length import (
    AssessedChart,
    Budget,
    Profile,
    Scheme,
    Shift,
    WatchedChart,
    assess,
    optimise,
)
from process_models.run_length.choice import choose, options

LIMITS = Scheme(chart="rules")
ONE, TWO = Shift(1.0), Shift(2.0)


def chart(name: str = "a", scheme: Scheme = LIMITS, rate: float = 100, **more: Any) -> WatchedChart:
    return WatchedChart(name=name, scheme=scheme, points_per_week=rate, **more)


def test_false_alarms_and_delay_of_one_shewhart_chart() -> None:
    found = assess([chart(rate=168)], [ONE])
    assert found.false_alarms_per_week == pytest.approx(168 / 370.3983473449564)
    assert found.charts[0].delay_points == pytest.approx((43.894681718539545,))
    assert found.charts[0].delay_h == pytest.approx((43.894681718539545,))
    assert found.weighted_delay_h == pytest.approx(43.894681718539545)


def test_charts_add_up_and_shifts_are_averaged() -> None:
    shifts = [Shift(1.0, weight=3.0), Shift(2.0)]
    found = assess([chart(rate=168), chart("b", rate=84, weight=2.0)], shifts)
    one, two = 43.894681718539545, 6.302962987143026
    mean = (3 * one + two) / 4
    assert found.false_alarms_per_week == pytest.approx((168 + 84) / 370.3983473449564)
    assert found.weighted_delay_h == pytest.approx(mean + 2 * 2 * mean)


def test_charts_of_every_kind() -> None:
    found = assess(
        [
            chart("i", dispersion=("moving_range",)),
            chart("x", subgroup=5, dispersion=("r",)),
            chart("e", Scheme(chart="ewma")),
            chart("c", Scheme(chart="cusum")),
            chart("t", Scheme(chart="t2", h=10.0)),
        ],
        [ONE, TWO],
    )
    assert [c.chart.name for c in found.charts] == ["i", "x", "e", "c", "t"]
    for one in found.charts:
        assert one.false_alarms_per_week == pytest.approx(100 / one.profile.arl0)
        assert one.delay_points[1] < one.delay_points[0] < one.profile.arl0


@pytest.fixture(scope="module")
def mixed() -> list[WatchedChart]:
    return [
        chart("i", Scheme(chart="rules", rules=("beyond_limits", "nelson_2")), 200),
        chart("x", rate=50, subgroup=4),
        chart("e", Scheme(chart="ewma"), 100),
        chart("c", Scheme(chart="cusum"), 20),
    ]


@pytest.mark.parametrize("allowed", [0.2, 1.0, 5.0])
def test_a_better_plan_keeps_the_budget_and_nearly_reaches_the_bound(
    mixed: list[WatchedChart], allowed: float
) -> None:
    found = optimise(mixed, [ONE, TWO], allowed)
    assert found.false_alarms_per_week <= allowed
    assert found.allowed == allowed
    assert found.least_delay_h is not None
    assert found.least_delay_h <= found.weighted_delay_h * (1 + 1e-3)
    assert found.weighted_delay_h <= found.least_delay_h * 1.05


def test_what_is_returned_is_exact(mixed: list[WatchedChart]) -> None:
    found = optimise(mixed, [ONE, TWO], 1.0)
    again = assess([c.chart for c in found.charts], [ONE, TWO])
    assert again.charts == found.charts


def test_more_budget_is_never_slower(mixed: list[WatchedChart]) -> None:
    delays = [optimise(mixed, [ONE], allowed).weighted_delay_h for allowed in (0.3, 1, 3, 10)]
    assert delays == sorted(delays, reverse=True)


def test_the_plan_as_it_is_can_only_be_improved(mixed: list[WatchedChart]) -> None:
    now = assess(mixed, [ONE, TWO])
    better = optimise(mixed, [ONE, TWO], now.false_alarms_per_week)
    assert better.weighted_delay_h <= now.weighted_delay_h


def test_a_chart_that_matters_more_gets_more_of_the_budget() -> None:
    plain = optimise([chart("a"), chart("b")], [ONE], 0.6)
    weighed = optimise([chart("a"), chart("b", weight=10.0)], [ONE], 0.6)
    share = [c.false_alarms_per_week for c in weighed.charts]
    assert share[1] > 1.5 * share[0]
    assert plain.charts[1].false_alarms_per_week < share[1]


def test_a_chart_whose_limit_cannot_be_chosen_stays_as_it_is() -> None:
    t2 = chart("t", Scheme(chart="t2", h=12.0))
    found = optimise([t2, chart("a")], [ONE], 1.0)
    assert found.charts[0].chart == t2


def made(alarms: float, delay: float, name: str = "a") -> AssessedChart:
    return AssessedChart(
        chart=chart(name), profile=Profile(100 / alarms, (delay,), True),
        false_alarms_per_week=alarms, delay_points=(delay,), delay_h=(delay,),
        weighted_delay_h=delay,
    )  # fmt: skip


MENUS = [
    [made(1, 50), made(2, 20), made(4, 12), made(7, 10)],
    [made(0.5, 90), made(3, 30), made(3.5, 28), made(8, 5)],
    [made(2, 40), made(5, 22)],
]


def best_of_all(menus: list[list[AssessedChart]], allowed: float) -> float:
    sums = (
        (sum(o.false_alarms_per_week for o in pick), sum(o.weighted_delay_h for o in pick))
        for pick in itertools.product(*menus)
    )
    return min(delay for alarms, delay in sums if alarms <= allowed)


@pytest.mark.parametrize("allowed", [3.5, 4.5, 5.0, 6.0, 7.5, 9.0, 10.5, 12.0, 15.0, 20.0])
def test_choice_against_every_possible_one(allowed: float) -> None:
    picked, least = choose(MENUS, allowed)
    assert sum(o.false_alarms_per_week for o in picked) <= allowed
    delay = sum(o.weighted_delay_h for o in picked)
    best = best_of_all(MENUS, allowed)
    assert least - 1e-9 <= best <= delay
    assert delay - least <= 60  # never more than one step of a hull away


def test_with_budget_enough_everybody_gets_the_fastest() -> None:
    picked, least = choose(MENUS, 100.0)
    assert [o.weighted_delay_h for o in picked] == [10, 5, 22]
    assert least == 37


def test_what_is_left_buys_an_option_off_the_hull() -> None:
    menus = [[made(1, 50), made(2, 45), made(4, 10)]]
    picked, _ = choose(menus, 2.5)
    assert picked[0].weighted_delay_h == 45


def test_options_get_faster_as_they_cost_more() -> None:
    found = options(chart("i", rate=200), (ONE,), (("beyond_limits", "nelson_2"),))
    for cheap, dear in itertools.pairwise(found):
        assert dear.false_alarms_per_week > cheap.false_alarms_per_week
        assert dear.weighted_delay_h < cheap.weighted_delay_h
    assert {o.chart.scheme.rules for o in found} >= {("beyond_limits",)}


def test_interpolated_options_are_close_to_exact_ones() -> None:
    found = options(chart("c", Scheme(chart="cusum")), (ONE,), ())
    for option in found[:: len(found) // 5]:
        exact = assess([option.chart], [ONE])
        assert option.false_alarms_per_week == pytest.approx(exact.false_alarms_per_week, rel=1e-3)
        assert option.weighted_delay_h == pytest.approx(exact.weighted_delay_h, rel=1e-3)


@pytest.mark.parametrize("allowed", [0.0, -1.0, math.nan, math.inf])
def test_impossible_budgets_are_refused(allowed: float) -> None:
    with pytest.raises(InputError, match="budget must be above 0 false alarms a week"):
        optimise([chart()], [ONE], allowed)


def test_a_budget_below_what_the_widest_limits_raise() -> None:
    with pytest.raises(InputError, match=r"budget must be at least 0\.000\d+ false alarms a week"):
        optimise([chart()], [ONE], 1e-9)


def test_nothing_to_assess_is_refused() -> None:
    for charts, shifts in (([], [ONE]), ([chart()], [])):
        with pytest.raises(InputError, match="at least one chart and one shift"):
            assess(charts, shifts)
        with pytest.raises(InputError, match="at least one chart and one shift"):
            optimise(charts, shifts, 1.0)


@pytest.mark.parametrize("given", [{"size": 0.0}, {"size": math.inf}, {"size": 1.0, "weight": 0.0}])
def test_impossible_shifts_are_refused(given: dict[str, float]) -> None:
    with pytest.raises(InputError, match="shift"):
        Shift(**given)


def test_budgets_are_values() -> None:
    found = assess([chart()], [ONE])
    assert isinstance(found, Budget)
    assert replace(found, allowed=1.0) != found
