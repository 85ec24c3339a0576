"""The budget of a control plan: which charts count, how often, and what comes out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.run_length import Scheme, run_lengths
from twin.alarm_budget import SampleRate, plan_budget, sample_rates
from twin.line import LineModel, read_line
from twin.measurement import Measurement
from twin.monitoring.plan import reference_plan
from twin.monitoring.planned import ControlPlan, PlannedCharacteristic
from twin.settings import Settings, data_folder
from twin.store import Store

START = datetime(2026, 1, 5, tzinfo=UTC)


def planned(name: str = "thickness_um", **changes: Any) -> PlannedCharacteristic:
    usual: dict[str, Any] = {
        "name": name, "station": "roll", "unit": "um", "chart": "i_mr",
        "rules": {"beyond_limits": "major"},
    }  # fmt: skip
    return PlannedCharacteristic(**{**usual, **changes})


def plan(*characteristics: PlannedCharacteristic) -> ControlPlan:
    return ControlPlan(name="test", characteristics=characteristics)


def budget(*characteristics: PlannedCharacteristic, rate: float = 168.0, **more: Any) -> Any:
    chosen = plan(*characteristics)
    rates = {(c.name, c.station): SampleRate(rate, "assumed") for c in characteristics}
    return plan_budget(chosen, [1.0], rates=rates, **more)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as opened:
        yield opened


@pytest.fixture(scope="module")
def line() -> LineModel:
    return read_line(data_folder() / "line.toml")


def measurements(count: int, minutes: float, positions: int = 1) -> list[Measurement]:
    values = np.random.default_rng(1).normal(60, 1, (count, positions))
    return [
        Measurement(
            measured_at=START + timedelta(minutes=minutes * i), lot_id=f"L{i:05}", station="roll",
            characteristic="thickness_um", value=float(values[i, p]), unit="um",
            position=str(p), provenance="simulated",
        )
        for i in range(count)
        for p in range(positions)
    ]  # fmt: skip


def test_moving_ranges_are_not_counted_since_they_raise_no_alerts() -> None:
    found = budget(planned())
    assert found.now.false_alarms_per_week == pytest.approx(168 / 370.398347, rel=1e-6)


def test_rules_of_the_plan_are_counted_together() -> None:
    rules = {"beyond_limits": "major", "nelson_2": "minor", "nelson_5": "minor"}
    found = budget(planned(chart="xbar", subgroup=4, rules=rules))
    alone = run_lengths(Scheme(chart="rules", rules=tuple(rules))).arl[0]
    assert found.now.charts[0].profile.arl0 == pytest.approx(alone, rel=1e-9)


@pytest.mark.parametrize(
    ("chart", "options", "scheme"),
    [
        ("ewma", {"lam": 0.1, "width": 2.7}, Scheme(chart="ewma", lam=0.1, width=2.7)),
        ("ewma", {"nsigma": 2.5}, Scheme(chart="ewma", width=2.5)),
        ("cusum", {"k": 0.25, "h": 8.0}, Scheme(chart="cusum", k=0.25, h=8.0)),
        ("xbar", {"nsigma": 2.5}, Scheme(nsigma=2.5)),
    ],
)
def test_options_of_the_plan_reach_the_chart(
    chart: str, options: dict[str, float], scheme: Scheme
) -> None:
    found = budget(planned(chart=chart, chart_options=options, subgroup=4))
    assert found.now.charts[0].profile.arl0 == pytest.approx(run_lengths(scheme).arl[0], rel=1e-9)


def test_a_plan_without_rules_is_judged_by_its_limits() -> None:
    found = budget(planned(chart="xbar", subgroup=4, rules={}))
    assert found.now.charts[0].profile.arl0 == pytest.approx(370.398347)


@pytest.mark.parametrize(("chart", "size"), [("xbar_r", 5), ("xbar_s", 5), ("i_mr_rs", 5),
                                             ("i_mr_rs", 12)])  # fmt: skip
def test_panels_of_subgroups_raise_more(chart: str, size: int) -> None:
    found = budget(planned(chart=chart, subgroup=size)).now.charts[0]
    assert 0.3 * 370.398347 < found.profile.arl0 < 0.95 * 370.398347


def test_between_and_within_counts_shifts_of_its_plotted_means() -> None:
    found = budget(planned(chart="i_mr_rs", subgroup=5)).now.charts[0]
    alone = budget(planned()).now.charts[0]
    assert 0.6 * alone.delay_points[0] < found.delay_points[0] < alone.delay_points[0]


def test_charts_without_run_lengths_are_named() -> None:
    found = budget(planned(), planned("defects", chart="c"))
    assert found.skipped == (("defects", "roll", "no run lengths for chart c"),)
    assert len(found.now.charts) == 1


def test_a_plan_of_nothing_else_is_refused() -> None:
    with pytest.raises(InputError, match="no chart whose run lengths are known"):
        budget(planned("defects", chart="c"))


def test_weights_move_the_budget() -> None:
    found = budget(planned(), planned("other"), allowed=1.0, weights={"other": 20.0})
    first, second = found.proposal.charts
    assert second.false_alarms_per_week > first.false_alarms_per_week


def test_a_weight_of_nothing_in_the_plan_is_refused() -> None:
    with pytest.raises(InputError, match="weights: 'x' is not a characteristic"):
        budget(planned(), weights={"x": 2.0})


def test_the_proposal_keeps_the_budget() -> None:
    found = budget(planned(), planned("other", chart="ewma"), allowed=0.5)
    assert found.proposal.false_alarms_per_week <= 0.5
    assert found.proposal.least_delay_h <= found.proposal.weighted_delay_h * 1.001


def test_to_dict_tells_every_chart() -> None:
    told = budget(planned(), allowed=1.0).to_dict()
    row = told["charts"][0]
    assert told["shifts"] == [1.0]
    assert told["budget"] == 1.0
    assert row["characteristic"] == "thickness_um"
    assert row["limit"] == {"name": "nsigma", "value": 3.0}
    assert row["rate"] == "assumed"
    assert row["delays"][0]["hours"] == pytest.approx(row["delays"][0]["points"])
    assert row["exact"]
    assert told["proposal"]["charts"][0]["limit"]["value"] > 3
    assert budget(planned()).to_dict()["proposal"] is None


def test_rates_are_assumed_where_nothing_is_stored(line: LineModel) -> None:
    chosen = plan(planned(), planned("ccd_ma_cm2", station="cell_test"))
    every = next(s.sample_every for s in line.stations if s.name == "cell_test")
    rates = sample_rates(chosen, line=line, lots_per_week=500)
    assert rates["thickness_um", "roll"] == SampleRate(500, "assumed")
    assert rates["ccd_ma_cm2", "cell_test"] == SampleRate(500 / every, "assumed")


def test_rates_come_from_the_store_where_it_has_enough(store: Store) -> None:
    store.add_measurements(measurements(50, minutes=30))
    rate = sample_rates(plan(planned()), store=store)["thickness_um", "roll"]
    assert rate.source == "stored"
    assert rate.points_per_week == pytest.approx(2 * 168)


def test_a_subgroup_is_one_point(store: Store) -> None:
    store.add_measurements(measurements(20, minutes=60, positions=5))
    chosen = plan(planned(chart="xbar_r", subgroup=5))
    rate = sample_rates(chosen, store=store)["thickness_um", "roll"]
    assert rate == SampleRate(pytest.approx(168), "stored")


@pytest.mark.parametrize(("count", "minutes"), [(9, 60.0), (0, 60.0), (20, 0.0)])
def test_too_little_in_the_store_is_assumed(store: Store, count: int, minutes: float) -> None:
    store.add_measurements(measurements(count, minutes))
    rate = sample_rates(plan(planned()), store=store, lots_per_week=40)
    assert rate["thickness_um", "roll"] == SampleRate(40, "assumed")


@pytest.mark.parametrize("lots", [0.0, -5.0, math.nan])
def test_impossible_rates_are_refused(lots: float) -> None:
    with pytest.raises(InputError, match="lots-per-week must be above 0"):
        sample_rates(plan(planned()), lots_per_week=lots)


def test_the_reference_plan_is_counted_whole(line: LineModel) -> None:
    chosen = reference_plan()
    found = plan_budget(chosen, [1.0, 2.0], rates=sample_rates(chosen, line=line))
    assert len(found.keys) + len(found.skipped) == len(chosen.characteristics)
    assert found.now.false_alarms_per_week == pytest.approx(
        sum(c.false_alarms_per_week for c in found.now.charts)
    )
    assert all(c.profile.exact for c in found.now.charts)


def test_fewer_points_raise_fewer_false_alarms() -> None:
    often, seldom = budget(planned(), rate=100).now, budget(planned(), rate=10).now
    assert often.false_alarms_per_week == pytest.approx(10 * seldom.false_alarms_per_week)
    assert 10 * often.weighted_delay_h == pytest.approx(seldom.weighted_delay_h)


def test_the_answer_is_a_value() -> None:
    found = budget(planned())
    assert replace(found, plan="other") != found
