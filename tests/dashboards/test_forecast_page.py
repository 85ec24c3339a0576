"""What the page Forecast says of shifts, orders, cell tests and of earlier forecasts."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import forecast_ahead, forecast_judged, forecast_result
from dashboards.figures.outlook import (
    RunningTest,
    ShiftOutlook,
    reliability_diagram,
    shift_outlook,
    survival_of_tests,
)
from dashboards.theme import LIGHT
from process_models.scoring import Reliability
from twin.calibration.proposals import proposals
from twin.forecasting.cell_tests import CellTestForecast
from twin.forecasting.interval import QUANTILES, Interval, inner
from twin.forecasting.judging import QuantityVerdict, Verdict
from twin.forecasting.orders import Order, OrderForecast
from twin.forecasting.periods import PeriodForecast
from twin.forecasting.result import FinishTime, Forecast, LineForecast, LotForecast
from twin.monitoring.audit import AuditLog
from twin.settings import Settings
from twin.store import Store

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOME = Interval(100.0, 90.0, 110.0, 0.9, tuple(100 + 20 * (q - 0.5) for q in QUANTILES))


def made(**changes: object) -> Forecast:
    plain = Forecast(
        as_of=NOON, horizon_h=24.0, level=0.9, replications=1000, seed=0, lots=(),
        line=LineForecast(SOME, SOME, SOME, SOME), messages=(), provenance="simulated",
        service_factors={}, engine="recursion",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def order(name: str, chance: float | None) -> OrderForecast:
    due = Order(name, NOON + timedelta(hours=6), 120.0)
    at_risk = chance is not None and chance < 0.9
    return OrderForecast(due, chance, at_risk, NOON + timedelta(hours=5), SOME)


def test_orders_at_risk_end_the_sentence() -> None:
    risky = made(orders=(order("A", 0.99), order("B", 0.3), order("C[x]", 0.1)))
    assert forecast_ahead.orders_in_words(risky) == "**Orders at risk**: B, C\\[x\\]."
    sound = made(orders=(order("A", 0.99), order("B", None)))
    assert forecast_ahead.orders_in_words(sound) == "All 2 orders are likely to be served in time."
    assert forecast_ahead.orders_in_words(made()) == ""


def test_the_table_of_orders_says_when_and_how_likely() -> None:
    table = forecast_ahead.orders_table(made(orders=(order("A", 0.99), order("B", None))))
    assert list(table["In time"]) == ["99.0 %", "–"]
    assert list(table["Sheets by then"]) == ["100 (90 to 110)", "100 (90 to 110)"]


def test_shifts_are_drawn_with_two_intervals() -> None:
    shift = PeriodForecast("shift 0", NOON, NOON + timedelta(hours=8), SOME, SOME, SOME)
    (one,) = forecast_ahead.shown_shifts(made(shifts=(shift,)))
    assert one.span == (90.0, 110.0)
    assert one.half == pytest.approx((95.0, 105.0))
    figure = shift_outlook([one], LIGHT, what="Good sheets", level=0.9, simulated=True)
    assert "simulated" in figure.layout.title.text
    assert list(figure.data[0].y) == [90.0, 110.0, None]
    assert list(figure.data[2].y) == [100.0]
    assert "100 (90 to 110)" in figure.data[2].hovertext[0]


def test_a_shift_without_quantiles_has_the_wide_interval_only() -> None:
    bare = ShiftOutlook(NOON, NOON + timedelta(hours=8), 5.0, (3.0, 7.0), None)
    figure = shift_outlook([bare], LIGHT, what="Finished lots", level=0.8)
    assert list(figure.data[1].y) == []


def test_finished_lots_stand_in_where_nothing_was_measured() -> None:
    lots = Interval(12.0, 10.0, 14.0, 0.9)
    shift = PeriodForecast("shift 0", NOON, NOON + timedelta(hours=8), lots, None, None)
    (one,) = forecast_ahead.shown_shifts(made(shifts=(shift,)))
    assert (one.mean, one.span, one.half) == (12.0, (10.0, 14.0), None)


def test_a_lot_is_drawn_with_the_middle_half_of_its_futures() -> None:
    seconds = tuple(3600.0 * q for q in QUANTILES)
    finish = FinishTime(NOON, NOON, NOON + timedelta(hours=1), 0.9, seconds)
    lot = LotForecast("L1", "roll", "queued", finish, None, None, 0.0, None, ())
    (drawn,) = forecast_result.drawn_lots(made(lots=(lot,)))
    assert drawn.half == (NOON + timedelta(minutes=15), NOON + timedelta(minutes=45))


def test_cell_tests_have_their_chances() -> None:
    survival = ((100.0, 1.0), (400.0, 0.9), (700.0, 0.5))
    running = CellTestForecast("L1-T1", "L1", "running", NOON, 20.0, 1.0, survival, "posterior")
    coming = CellTestForecast("", "L2", "future", None, 0.0, 0.3, survival, "posterior")
    table = forecast_ahead.tests_table(made(cell_tests=(running, coming)))
    assert list(table["Beyond 400 h"]) == ["90.0 %", "90.0 %"]
    assert list(table["Coupon"]) == ["L1-T1", "–"]
    figure = survival_of_tests([RunningTest("<b>L1", survival)], LIGHT)
    assert figure.data[0].hovertext[1] == "&lt;b&gt;L1: 90.0 % beyond 400 h"


def verdict_of(forecasts: int) -> Verdict:
    points = Reliability((0.1, 0.9), (0.2, 0.85), (10, 20))
    one = QuantityVerdict(
        "finish", 240, forecasts, {0.5: 0.52, 0.8: 0.8, 0.9: 0.91, 0.95: 0.96}, 0.02, 300.0,
        {"last month": 600.0}, 0.5, points,
    )  # fmt: skip
    return Verdict((one,))


def test_earlier_forecasts_are_told_as_they_were() -> None:
    text = forecast_judged.judged_sentence(verdict_of(40))
    assert "**90 % intervals held** finish 91.0 % of 240" in text
    assert "few" not in text
    assert "few forecasts" in forecast_judged.judged_sentence(verdict_of(2))
    assert "No forecast has been judged" in forecast_judged.judged_sentence(Verdict(()))
    (row,) = forecast_judged.verdict_table(verdict_of(40)).to_dict("records")
    assert row["90% held"] == "91.0 %"
    assert row["Better by"] == "50.0 %"


def test_the_reliability_diagram_has_its_diagonal() -> None:
    figure = reliability_diagram((0.1, 0.9), (0.2, 0.85), (10, 20), LIGHT, what="finish")
    assert list(figure.data[0].x) == list(figure.data[0].y) == [0, 1]
    assert list(figure.data[1].y) == [0.2, 0.85]
    assert "20 cases" in figure.data[1].hovertext[1]


def test_the_inner_interval_of_quantiles() -> None:
    assert inner(QUANTILES, 0.9) == pytest.approx((0.05, 0.95))
    assert inner([3.0] * 40, 0.5) == (3.0, 3.0)


def page_with(app: AppTest, view: str, text: str) -> AppTest:
    """The page, once its background work is done and it says `text`."""
    app.run()
    page = app.switch_page(f"views/{view}.py").run()
    for _ in range(120):
        words = [str(part.value) for part in (*page.markdown, *page.subheader, *page.caption)]
        if page.exception or any(text in word for word in words):
            return page
        time.sleep(0.5)
        page = page.run()
    raise AssertionError(f"{text!r} did not come, but: {words}")


def test_the_page_shows_all_of_it(app: AppTest, full: Path) -> None:
    page = page_with(app, "forecast", "How good we were")
    assert not page.exception
    assert [error.value for error in page.error] == []
    assert [part.value for part in page.subheader][:2] == ["By shift", "Orders"]


def test_the_twin_says_whether_it_may_be_trusted(app: AppTest, full: Path) -> None:
    page = page_with(app, "twin_health", "**The twin")
    assert not page.exception
    assert [error.value for error in page.error] == []
    assert any("calibration" in str(part.value) for part in page.caption)


def test_a_calibration_is_proposed_and_approved(app: AppTest, own_home: Path) -> None:
    page = page_with(app, "twin_health", "No calibration waits")
    button = next(one for one in page.button if one.label == "Propose a re-calibration")
    page = button.click().run(timeout=120)
    assert not page.exception
    reason = page.text_input[0]
    reason.set_value("fits the last week")
    page = next(one for one in page.button if one.label == "Approve").click().run(timeout=120)
    assert not page.exception
    assert [error.value for error in page.error] == []
    with Store.open(Settings(own_home, f"sqlite:///{own_home / 'lacss.db'}")) as store:
        (one,) = proposals(store)
        assert (one.state, one.reason) == ("approved", "fits the last week")
        (entry,) = [row for row in AuditLog(store).entries() if "calibration" in row.action]
        assert entry.reason == "fits the last week"
