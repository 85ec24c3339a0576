"""Run lengths in hours and weeks: known answers, the design, and what is refused."""

from __future__ import annotations

import math

import pytest

from process_models.errors import InputError
from process_models.run_length import Conditions, Scheme
from process_models.run_length.operating import OperatingCurve, operating_curve

SHEWHART_FALSE = math.erfc(3 / math.sqrt(2))


def test_a_shewhart_chart_is_known_in_closed_form() -> None:
    curve = operating_curve(Scheme(), (1.0,), interval_h=2.0, quantiles=(0.5,))
    assert curve.arl0 == pytest.approx(1 / SHEWHART_FALSE)
    assert curve.false_alarms_per_week == pytest.approx(84 * SHEWHART_FALSE)
    median = math.ceil(math.log(0.5) / math.log1p(-SHEWHART_FALSE))
    assert curve.lengths.quantiles["0.5"][0] == median


def test_the_first_shift_is_none() -> None:
    curve = operating_curve(Scheme(chart="ewma"), (0.5, 1.0), interval_h=1.0)
    assert curve.shifts == (0.0, 0.5, 1.0)
    assert curve.lengths.arl[0] > curve.lengths.arl[1] > curve.lengths.arl[2]


def test_a_subgroup_of_four_doubles_a_shift() -> None:
    single = operating_curve(Scheme(), (2.0,), interval_h=1.0)
    four = operating_curve(Scheme(), (1.0,), interval_h=1.0, subgroup=4)
    assert four.delay_h(1.0) == pytest.approx(single.delay_h(2.0))
    assert four.arl0 == single.arl0


@pytest.mark.parametrize("chart", ["shewhart", "cusum", "ewma", "t2"])
def test_the_design_gives_what_was_asked(chart: str) -> None:
    curve = operating_curve(Scheme(chart=chart), (1.0,), interval_h=1.0, arl0=500.0)
    assert curve.arl0 == pytest.approx(500.0, rel=1e-6)
    again = operating_curve(curve.scheme, (1.0,), interval_h=1.0)
    assert again.lengths.arl == curve.lengths.arl
    assert curve.limit == again.limit


def test_twice_as_often_is_twice_the_false_alarms_and_half_the_delay() -> None:
    slow = operating_curve(Scheme(chart="cusum"), (1.0,), interval_h=1.0)
    fast = operating_curve(Scheme(chart="cusum"), (1.0,), interval_h=0.5)
    assert fast.false_alarms_per_week == pytest.approx(2 * slow.false_alarms_per_week)
    assert fast.delay_h(1.0) == pytest.approx(slow.delay_h(1.0) / 2)


def test_related_points_shorten_the_run() -> None:
    fresh = operating_curve(Scheme(), (1.0,), interval_h=1.0)
    related = operating_curve(
        Scheme(), (1.0,), interval_h=1.0, conditions=Conditions(phi=0.5, spread=1.2)
    )
    assert related.arl0 < fresh.arl0


def curve_of(**changed: object) -> OperatingCurve:
    given: dict[str, object] = {"interval_h": 1.0, **changed}
    shifts = given.pop("shifts", (1.0,))
    return operating_curve(Scheme(), shifts, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"interval_h": 0.0}, "interval between points must be above 0 h, got 0"),
        ({"interval_h": math.nan}, "interval between points must be above 0 h, got nan"),
        ({"subgroup": 0}, "subgroup must be at least 1, got 0"),
        ({"shifts": (0.0,)}, "shifts of a curve must be above 0, got 0"),
        ({"arl0": 1.0}, "arl0 must be above 1"),
    ],
)
def test_what_is_outside_its_range_is_refused(changed: dict[str, object], rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        curve_of(**changed)


def test_a_shift_that_the_curve_does_not_have_is_refused() -> None:
    with pytest.raises(InputError, match=r"one of the curve's, got 1\.5"):
        curve_of().delay_h(1.5)
