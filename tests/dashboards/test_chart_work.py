"""Choosing a chart on its page, and freezing its limits as a new version."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import state
from twin.monitoring.limits import limits_versions
from twin.settings import Settings
from twin.store import Store


def said(page: AppTest) -> str:
    return "\n".join(str(element.value) for element in page.markdown)


def test_the_thickness_is_chosen_first_and_its_shift_is_told(page: AppTest) -> None:
    assert page.selectbox(key="characteristic").value == "thickness_um@roll"
    assert "Thickness is out of control since" in said(page)


@pytest.mark.parametrize("kind", ["xbar_s", "ewma", "cusum", "i_mr"])
def test_another_kind_of_chart_can_be_asked_for(page: AppTest, kind: str) -> None:
    page.selectbox(key="characteristic").set_value("chamber_temperature_c@sublimation")
    if kind == "xbar_s":
        page.selectbox(key="characteristic").set_value("thickness_um@roll")
    page.selectbox(key="chart").set_value(kind).run()
    assert not page.exception
    assert [error.value for error in page.error] == []
    assert "points" in said(page)


def test_points_to_leave_out_must_be_numbers(page: AppTest) -> None:
    page.selectbox(key="chart").set_value("i_mr").run()
    page.text_input(key="exclude").set_value("15, x").run()
    assert not page.exception
    assert len(page.error) == 1
    assert "must be numbers" in page.error[0].value


def test_limits_are_frozen_with_who_and_why(page: AppTest, own_home: Path) -> None:
    def versions() -> list[str]:
        with Store.open(Settings(own_home, f"sqlite:///{own_home / 'lacss.db'}")) as store:
            return [v.reason for v in limits_versions(store, "thickness_um", "roll")]

    before = len(versions())
    why = next(field for field in page.text_input if field.label == "Why")
    why.set_value("new rolls")
    next(b for b in page.button if b.label == "Freeze as a new version").click()
    page.run()
    assert not page.exception
    assert len(versions()) == before + 1
    assert "new rolls" in versions()


def test_limits_without_a_reason_are_refused(page: AppTest) -> None:
    next(b for b in page.button if b.label == "Freeze as a new version").click()
    page.run()
    assert any("reason" in error.value for error in page.error)


def test_a_period_ends_with_the_newest_reading() -> None:
    newest = state.now()
    start = state.since("week", newest)
    assert start is not None
    assert (newest - start).days == 7
    assert state.since(None, newest) is None
    assert state.since("week", None) is None
