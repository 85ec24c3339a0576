"""The page that designs charts: the plan's budget, a proposal, one chart, figures and tables."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.budget_result import budget_table, costs_of, proposal_sentence
from dashboards.budget_result import sentence as budget_sentence
from dashboards.design_controls import AskedPlan
from dashboards.design_result import hours, run_lengths_table, sentence
from dashboards.figures.run_length import (
    CostOfChart,
    delay_changes,
    false_alarm_bars,
    run_length_curve,
)
from dashboards.jobs import jobs
from dashboards.run_lengths import QUANTILES, proposal
from dashboards.theme import DARK, LIGHT, Palette
from process_models.run_length import Scheme
from process_models.run_length.operating import OperatingCurve, operating_curve
from twin.alarm_budget import PlanBudget, SampleRate, plan_budget
from twin.monitoring.planned import ControlPlan, PlannedCharacteristic

SHIFTS = (1.0, 2.0)


def opened(app: AppTest) -> AppTest:
    app.run()
    return app.switch_page("views/chart_design.py").run()


def one_chart(app: AppTest) -> AppTest:
    page = opened(app)
    return page.segmented_control(key="part").set_value("One chart").run()


def curve(scheme: Scheme = Scheme()) -> OperatingCurve:
    return operating_curve(scheme, SHIFTS, interval_h=0.5, quantiles=QUANTILES)


@pytest.fixture(scope="module")
def budgets() -> tuple[PlanBudget, PlanBudget]:
    """Two charts as they are, and within one false alarm a week."""
    plan = ControlPlan(
        name="two",
        characteristics=(
            PlannedCharacteristic("thickness_um", "roll", "um", rules={"nelson_1": "major"}),
            PlannedCharacteristic("loading_mg_cm2", "sublimation", "mg/cm2", chart="ewma"),
        ),
    )
    rates = {
        ("thickness_um", "roll"): SampleRate(800.0, "stored"),
        ("loading_mg_cm2", "sublimation"): SampleRate(400.0, "assumed"),
    }
    now = plan_budget(plan, SHIFTS, rates=rates)
    return now, plan_budget(plan, SHIFTS, rates=rates, allowed=1.0)


def test_the_plan_is_answered_first(app: AppTest, empty: Path) -> None:
    page = opened(app)
    assert not page.exception
    assert not page.error
    said = page.markdown[0].value
    assert "The plan is expected to raise" in said
    assert "the team can answer 5" in said
    assert "prior" in said


def test_stored_rates_are_used_where_there_are_enough(app: AppTest, full: Path) -> None:
    page = opened(app)
    assert not page.exception
    rates = page.dataframe[0].value.set_index("Characteristic")["Rate"]
    assert rates["Thickness"] == "stored"
    assert rates["Life"] == "assumed"


def test_another_budget_is_said(app: AppTest, empty: Path) -> None:
    page = opened(app)
    page.number_input(key="budget").set_value(12.0).run()
    assert not page.exception
    assert "the team can answer 12" in page.markdown[0].value


@pytest.mark.timeout(180)
def test_rules_and_limits_are_proposed_within_the_budget(app: AppTest, empty: Path) -> None:
    page = opened(app)
    page.button(key="propose").click().run()
    assert not page.exception
    job = proposal(AskedPlan(5.0, SHIFTS), start=False)
    assert job is not None
    for _ in range(600):
        if not job.running:
            break
        time.sleep(0.2)
    page.run()
    assert not page.exception
    said = [element.value for element in page.markdown]
    proposed = next(text for text in said if text.startswith("**Proposed:"))
    assert float(proposed.split()[1]) <= 5.0
    assert "Limit, proposed" in page.dataframe[0].value


def test_a_budget_that_cannot_be_kept_is_told(app: AppTest, empty: Path) -> None:
    page = opened(app)
    page.number_input(key="budget").set_value(0.1).run()
    page.button(key="propose").click().run()
    job = proposal(AskedPlan(0.1, SHIFTS), start=False)
    assert job is not None
    for _ in range(600):
        if not job.running:
            break
        time.sleep(0.2)
    page.run()
    assert not page.exception
    assert "budget must be at least" in page.error[0].value
    assert "The plan is expected" in page.markdown[0].value


def test_no_proposal_is_begun_unasked(app: AppTest, empty: Path) -> None:
    opened(app)
    assert jobs().get("anything") is None
    assert proposal(AskedPlan(5.0, SHIFTS), start=False) is None


@pytest.mark.parametrize("kind", ["rules", "cusum", "ewma", "t2"])
def test_every_kind_of_chart_answers(app: AppTest, empty: Path, kind: str) -> None:
    page = one_chart(app)
    page.selectbox(key="kind").set_value(kind).run()
    assert not page.exception
    assert [error.value for error in page.error] == []
    assert "false alarms a week" in page.markdown[0].value


def test_a_shewhart_chart_raises_one_in_370(app: AppTest, empty: Path) -> None:
    page = one_chart(app)
    assert "one every 370 points" in page.markdown[0].value
    assert {metric.label: metric.value for metric in page.metric}["ARL in control"] == "370"


def test_the_limit_is_found_for_an_asked_run_length(app: AppTest, empty: Path) -> None:
    page = one_chart(app)
    page.selectbox(key="kind").set_value("cusum").run()
    page.selectbox(key="given").set_value("The ARL in control").run()
    page.number_input(key="arl0").set_value(370.0).run()
    assert not page.exception
    assert {metric.label: metric.value for metric in page.metric}["Limit h"] == "4.774"


def test_what_no_limit_can_give_is_one_line(app: AppTest, empty: Path) -> None:
    page = one_chart(app)
    page.multiselect(key="rules").set_value(["beyond_limits", "nelson_2"]).run()
    page.selectbox(key="given").set_value("The ARL in control").run()
    page.number_input(key="arl0").set_value(1e6).run()
    assert not page.exception
    assert "whatever the limit" in page.error[0].value


def test_sentence_and_table_agree_with_the_curve() -> None:
    made = curve()
    said = sentence(made)
    assert "one every 370 points" in said
    assert "43.9 points" in said
    table = run_lengths_table(made)
    assert list(table["ARL, points"]) == list(made.lengths.arl)
    assert table["ARL, h"][1] == pytest.approx(made.delay_h(1.0))
    assert "50% quantile, points" in table


@pytest.mark.parametrize(
    ("delay", "text"), [(0.25, "15.0 min"), (8.0, "8.00 h"), (96.0, "4.00 days")]
)
def test_a_delay_has_a_unit_that_fits(delay: float, text: str) -> None:
    assert hours(delay) == text


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_curve_falls_and_its_bands_hold_the_median(palette: Palette) -> None:
    made = curve()
    figure = run_length_curve(made, palette)
    names = [trace.name for trace in figure.data]
    assert names == ["80% of the runs", "50% of the runs", "median", "average (ARL)"]
    average = figure.data[3]
    assert list(average.y) == pytest.approx(list(made.lengths.arl))
    assert figure.layout.yaxis.type == "log"
    assert "Points until a signal" in figure.layout.title.text


def test_a_run_without_end_is_not_drawn() -> None:
    endless = curve(Scheme(nsigma=9.0))
    figure = run_length_curve(endless, LIGHT)
    assert figure.data[3].y[0] is None
    assert not figure.layout.annotations


def test_bars_and_delays_show_both_plans() -> None:
    costs = [CostOfChart("Thickness", 3.0, 8.0, 0.5, 12.0), CostOfChart("Loading", 0.6, 2.0)]
    bars = false_alarm_bars(costs, LIGHT)
    assert [trace.name for trace in bars.data] == ["now", "proposed"]
    assert list(bars.data[1].x) == [0.5, None]
    delays = delay_changes(costs, LIGHT, shift=1.0)
    assert "1 sigma" in delays.layout.title.text
    assert [trace.name for trace in delays.data if trace.mode == "markers"] == ["now", "proposed"]
    assert sum(trace.mode == "lines" for trace in delays.data) == 1
    without = false_alarm_bars([CostOfChart("Loading", 0.6, 2.0)], LIGHT)
    assert [trace.name for trace in without.data] == ["now"]


def test_names_of_the_data_are_harmless_in_figures() -> None:
    bars = false_alarm_bars([CostOfChart("<b>x", 1.0, 1.0)], LIGHT)
    assert bars.data[0].y[0] == "&lt;b&gt;x"


def test_the_budget_s_words_and_numbers_agree(budgets: tuple[PlanBudget, PlanBudget]) -> None:
    now, better = budgets
    assert "the team can answer 1." in budget_sentence(now, 1.0)
    assert "come from thickness" in budget_sentence(now, 1.0)
    made = better.proposal
    assert made is not None
    assert "Proposed" in proposal_sentence(now, better)
    assert proposal_sentence(now, now) == ""
    costs = costs_of(now, better)
    total = sum(cost.alarms for cost in costs)
    assert total == pytest.approx(now.now.false_alarms_per_week)
    proposed = sum(cost.proposed_alarms or 0.0 for cost in costs)
    assert proposed == pytest.approx(made.false_alarms_per_week)
    assert proposed <= 1.0


def test_the_table_has_delays_before_and_after(budgets: tuple[PlanBudget, PlanBudget]) -> None:
    now, better = budgets
    table = budget_table(now, better)
    for name in ("Delay at 1 sigma, h", "Delay at 2 sigma, h", "Rules", "Limit"):
        assert name in table
        assert f"{name}, proposed" in table
    assert list(table["Rate"]) == ["stored", "assumed"]
    assert "Rules, proposed" not in budget_table(now)


def test_the_mean_delay_is_that_of_a_chart(budgets: tuple[PlanBudget, PlanBudget]) -> None:
    now = budgets[0].now
    assert now.mean_delay_h == pytest.approx(now.weighted_delay_h / 2)
