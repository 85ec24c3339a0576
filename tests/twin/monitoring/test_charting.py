from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, chart
from twin.measurement import Measurement
from twin.monitoring.audit import AuditLog
from twin.monitoring.charting import chart_stored, freeze_limits
from twin.monitoring.limits import limits_versions
from twin.monitoring.plan import ControlPlan
from twin.monitoring.points import points_of, subgroup_codes
from twin.monitoring.stored_capability import capability_stored
from twin.store import Store

# What is tested here lies above the database.
DATABASES = ("sqlite",)

Series = Callable[..., list[Measurement]]


@pytest.fixture
def filled(store: Store, series: Series) -> Store:
    store.add_measurements(series(40, {30: 64.0}))
    return store


def test_without_frozen_limits_the_first_points_give_them(
    filled: Store, plan: ControlPlan
) -> None:
    shown = chart_stored(filled, plan, "thickness_um")
    values = filled.measurements("thickness_um")["value"].to_numpy()
    same = chart("i_mr", ChartData(values), ChartOptions(phase1=20))
    assert shown.result.to_dict() == same.to_dict()
    assert shown.limits_version is None
    assert (shown.station, shown.unit, shown.provenance) == ("roll", "um", "simulated")
    assert shown.planned is plan.characteristics[0]
    assert (len(shown.times), len(shown.lot_ids)) == (40, 40)
    assert shown.lot_ids[30] == "L0030"
    assert shown.age_s > 0


def test_frozen_limits_do_not_move(filled: Store, plan: ControlPlan, series: Series) -> None:
    until = series(20)[-1].measured_at
    assert freeze_limits(filled, plan, "thickness_um", user="ana", reason="start", until=until) == 1
    first = chart_stored(filled, plan, "thickness_um")
    filled.add_measurements(series(40, first=40, level=66.0))
    later = chart_stored(filled, plan, "thickness_um")
    assert first.limits_version == later.limits_version == 1
    assert first.result.panels[0].ucl == later.result.panels[0].ucl
    assert (later.result.n, later.result.phase1) == (80, 20)
    part = chart_stored(filled, plan, "thickness_um", since=series(1, first=50)[0].measured_at)
    assert (part.result.n, part.result.phase1) == (30, 0)
    assert part.result.panels[0].ucl == first.result.panels[0].ucl
    assert chart_stored(filled, plan, "thickness_um", last=7).result.n == 7


def test_versions_say_who_and_why(filled: Store, plan: ControlPlan) -> None:
    freeze_limits(filled, plan, "thickness_um", user="ana", reason="start")
    freeze_limits(filled, plan, "thickness_um", user="bo", reason="new roll", exclude=(2, 3))
    first, second = limits_versions(filled, "thickness_um", "roll")
    assert (first.user, first.reason, first.limits.excluded) == ("ana", "start", (31,))
    assert (second.version, second.user, second.limits.excluded) == (2, "bo", (2, 3))
    entries = AuditLog(filled).entries()
    assert [e.action for e in entries] == ["limits.freeze", "limits.freeze"]
    assert '"version": 1' in entries[1].old
    with pytest.raises(InputError, match="need a reason"):
        freeze_limits(filled, plan, "thickness_um", user="ana", reason=" ")
    with pytest.raises(InputError, match="user must not be empty"):
        freeze_limits(filled, plan, "thickness_um", user="", reason="why")
    assert len(limits_versions(filled, "thickness_um", "roll")) == 2


def test_another_chart_is_drawn_from_the_points_shown(filled: Store, plan: ControlPlan) -> None:
    freeze_limits(filled, plan, "thickness_um", user="ana", reason="start")
    shown = chart_stored(filled, plan, "thickness_um", kind="ewma")
    assert (shown.result.chart, shown.limits_version) == ("ewma", None)
    own = chart_stored(filled, plan, "thickness_um", options=ChartOptions(nsigma=2))
    assert own.limits_version is None


def test_what_the_plan_does_not_know_gets_the_usual_chart(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    single = series(12, name="wetness")
    five = [replace(row, characteristic="speed", lot_id=f"L{i // 4}", position=i % 4)
            for i, row in enumerate(series(40))]  # fmt: skip
    store.add_measurements([*single, *five])
    assert chart_stored(store, plan, "wetness").result.chart == "i_mr"
    assert chart_stored(store, plan, "speed").result.chart == "xbar_s"
    assert chart_stored(store, plan, "speed").result.n == 10


@pytest.mark.parametrize(("name", "station"), [("nothing", None), ("thickness_um", "wind")])
def test_what_is_not_stored_is_told(
    filled: Store, plan: ControlPlan, name: str, station: str | None
) -> None:
    with pytest.raises(InputError, match=f"nothing is stored of characteristic '{name}'"):
        chart_stored(filled, plan, name, station)


def test_limits_need_a_plan(store: Store, plan: ControlPlan, series: Series) -> None:
    store.add_measurements(series(12, name="wetness"))
    with pytest.raises(InputError, match="wetness at roll is not in the control plan"):
        freeze_limits(store, plan, "wetness", user="ana", reason="why")


def test_only_usable_readings_are_charted(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    store.add_measurements([replace(row, quality="bad") for row in series(3)])
    with pytest.raises(InputError, match="no usable reading of thickness_um at roll"):
        chart_stored(store, plan, "thickness_um")


def test_overall_sigma_allows_what_wanders(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    slow = [replace(row, value=60 + np.sin(i / 8)) for i, row in enumerate(series(60))]
    store.add_measurements(slow)
    wide = replace(plan.characteristics[0], sigma="overall", phase1=60)
    freeze_limits(store, plan, "thickness_um", user="a", reason="r", exclude=())
    freeze_limits(store, replace(plan, characteristics=(wide,)), "thickness_um", user="a",
                  reason="r", exclude=())  # fmt: skip
    within, overall = limits_versions(store, "thickness_um", "roll")
    assert overall.limits.number("sigma") > 3 * within.limits.number("sigma")


def test_capability_against_the_specification_of_the_plan(
    filled: Store, plan: ControlPlan
) -> None:
    result, values, provenance = capability_stored(filled, plan, "thickness_um")
    payload = result.to_dict()
    assert (payload["n"], len(values), provenance) == (40, 40, "simulated")
    assert payload["indices"]["cp"]["value"] > 1
    one_sided, _, _ = capability_stored(filled, plan, "thickness_um", lsl=None, usl=61.0)
    assert one_sided.to_dict()["indices"]["cpu"]["value"] < payload["indices"]["cpu"]["value"]


def test_points_of_subgroups(store: Store, series: Series) -> None:
    rows = series(9)
    lots = ["A", "A", "B", "A", "B", "C", "C", "C", "C"]
    labels = ["", "", "", "", "", "1", "2", "1", "2"]
    store.add_measurements(
        [replace(row, lot_id=lot, subgroup=label, value=float(i))
         for i, (row, lot, label) in enumerate(zip(rows, lots, labels, strict=True))]
    )  # fmt: skip
    frame = store.measurements()
    assert subgroup_codes(frame).tolist() == [0, 0, 1, 0, 1, 2, 3, 2, 3]
    points = points_of(frame, subgroups=True)
    assert points.lot_ids == ("A", "B", "C", "C")
    assert points.sizes.tolist() == [3, 2, 2, 2]
    np.testing.assert_equal(
        points.values, [[0, 1, 3], [2, 4, np.nan], [5, 7, np.nan], [6, 8, np.nan]]
    )
    assert points.means().tolist() == pytest.approx([4 / 3, 3, 6, 7])
    assert (np.diff(points.at_us) > 0).all()
    single = points_of(frame, subgroups=False)
    assert single.values.tolist() == list(range(9))
    assert single.part(2, 4).lot_ids == ("B", "A")


def test_points_of_nothing(store: Store) -> None:
    assert points_of(store.measurements(), subgroups=True).n == 0
