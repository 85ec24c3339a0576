"""The address of a page: a link shows a colleague the same view, a wrong one does no harm."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.alert_queue import asked_alert
from dashboards.chart_controls import series_name
from twin.measurement import Measurement
from twin.monitoring.alerts import AlertDesk
from twin.settings import Settings
from twin.store import Store

WRONG = {
    "characteristic": "bogus", "period": "Century", "chart": "pie", "source": "x", "show": "x",
    "alert": "²", "confidence": "2", "ahead": "y", "level": "-1", "part": "q", "kind": "z",
    "given": "g", "design": "d", "tolerance": "abc", "interaction": "i", "process": "p",
    "sublimation_time_s": "1e9", "rolling_pressure_mpa": "-5", "thickness_um": "nan",
    "along": "h", "budget": "inf", "interval": "0", "arl0": "-1", "rules": "<b>", "phase1": "-3",
    "nsigma": "99", "exclude": "²", "current_ma_cm2": "nan", "distribution": "cauchy",
}  # fmt: skip
CHOICES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("control_charts", {"characteristic": "chamber_temperature_c@sublimation"},
     {"characteristic": "Chamber temperature, sublimation"}),
    ("control_charts", {"period": "Day"}, {"period": "Day"}),
    ("control_charts", {"chart": "ewma"}, {"chart": "EWMA"}),
    ("capability", {"characteristic": "loading_mg_cm2@sublimation", "confidence": 0.99},
     {"characteristic": "Loading, sublimation", "confidence": "99%"}),
    ("chart_design", {"budget": 12.0}, {"budget": "12"}),
    ("gauge", {"design": "nested", "tolerance": 8.0, "confidence": 0.9},
     {"design": "Nested", "tolerance": "8", "confidence": "90%"}),
]  # fmt: skip


def opened(view: str, address: dict[str, Any] | None = None) -> AppTest:
    """A page at its own address, as a browser asks for it."""
    script = f"from dashboards.views import {view}\n\n{view}.main()"
    page = AppTest.from_string(script, default_timeout=60)
    for name, value in (address or {}).items():
        page.query_params[name] = value
    return page.run()


def widget(page: AppTest, key: str) -> Any:
    kinds = (page.selectbox, page.slider, page.number_input, page.multiselect, page.text_input)
    return next(one for kind in kinds for one in kind if one.key == key)


def told(page: AppTest) -> list[str]:
    """The sentences of a page and its figures of merit, without what time does to them."""
    said = [str(m.value) for m in (*page.markdown, *page.metric)]
    return [text for text in said if " ago" not in text and " old" not in text]


@pytest.mark.parametrize(("view", "choice", "address"), CHOICES)
def test_a_link_shows_the_same_view(
    full: Path, view: str, choice: dict[str, Any], address: dict[str, str]
) -> None:
    mine = opened(view)
    for key, value in choice.items():
        assert widget(mine, key).proto.query_param_key == key
        widget(mine, key).set_value(value)
    mine.run()
    assert not mine.exception
    theirs = opened(view, address)
    assert {key: widget(theirs, key).value for key in choice} == choice
    assert told(theirs) == told(mine)


def test_a_link_holds_the_settings_of_a_chart(full: Path) -> None:
    address = {"chart": "I-MR", "rules": ["Beyond limits", "Nelson"], "phase1": "40",
               "exclude": "3, 5", "nsigma": "2.5",
               "characteristic": "Loading, sublimation"}  # fmt: skip
    mine = opened("control_charts", {n: address[n] for n in ("chart", "characteristic")})
    widget(mine, "rules").set_value(["beyond_limits", "nelson"])
    widget(mine, "phase1").set_value(40)
    widget(mine, "exclude").set_value("3, 5")
    widget(mine, "nsigma").set_value(2.5)
    mine.run()
    assert not mine.exception
    theirs = opened("control_charts", address)
    assert told(theirs) == told(mine)
    assert any("from the first 40 points" in text for text in told(theirs))
    assert widget(theirs, "exclude").value == "3, 5"


def test_a_link_holds_a_recipe_with_its_cell_test(empty: Path) -> None:
    """The controls alone, since a prediction needs a fitted model."""

    def script() -> None:
        import streamlit as st

        from dashboards.quality_controls import choose_recipe

        st.json(choose_recipe().__repr__().split("(", 1)[1])

    page = AppTest.from_function(script)
    address = {"process": "DRAC: vapour and rolled, not wound", "sublimation_time_s": "20",
               "rolling_pressure_mpa": "50", "thickness_um": "45", "current_ma_cm2": "1.5",
               "capacity_mah_cm2": "2"}  # fmt: skip
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    chosen = {key: widget(page, key).value for key in address}
    assert chosen == {"process": "drac", "sublimation_time_s": 20, "rolling_pressure_mpa": 50,
                      "thickness_um": 45, "current_ma_cm2": 1.5,
                      "capacity_mah_cm2": 2.0}  # fmt: skip


def test_an_alert_leads_to_the_chart_of_its_characteristic(full: Path) -> None:
    with Store.open(Settings(full, f"sqlite:///{full / 'lacss.db'}")) as store:
        alert = AlertDesk(store).list()[0]
    named = series_name(alert.characteristic, alert.station)
    page = opened("control_charts", {"characteristic": named})
    key = f"{alert.characteristic}@{alert.station}"
    assert widget(page, "characteristic").value == key
    other = opened("control_charts", {"characteristic": "Loading, sublimation"})
    assert widget(other, "characteristic").value == "loading_mg_cm2@sublimation"


def test_two_series_that_read_alike_can_both_be_chosen(empty: Path) -> None:
    empty.mkdir(parents=True)
    with Store.open(Settings(empty, f"sqlite:///{empty / 'lacss.db'}")) as store:
        store.add_measurements(
            [
                Measurement(
                    measured_at=datetime(2026, 1, 1, 0, i, tzinfo=UTC), lot_id=f"L{i}",
                    station="roll", characteristic=name, value=60.0 + i % 3, unit=unit,
                    source="t", sequence=i, provenance="measured",
                )
                for i in range(30)
                for name, unit in (("gap_um", "um"), ("gap_nm", "nm"))
            ]
        )  # fmt: skip
    page = opened("control_charts")
    chooser = widget(page, "characteristic")
    assert len(set(chooser.options)) == 2
    for key in ("gap_um@roll", "gap_nm@roll"):
        widget(page, "characteristic").set_value(key).run()
        assert widget(page, "characteristic").value == key


@pytest.mark.parametrize(
    "view", ["forecast", "control_charts", "capability", "gauge", "chart_design", "quality_model"]
)
def test_an_address_with_nonsense_opens_the_page_as_usual(empty: Path, view: str) -> None:
    page = opened(view, WRONG)
    assert not page.exception
    assert page.title


def test_nonsense_in_the_address_of_a_chart_is_passed_over(full: Path) -> None:
    page = opened("control_charts", WRONG)
    assert not page.exception
    assert widget(page, "characteristic").value == "thickness_um@roll"


@pytest.mark.parametrize("asked", ["²", "9" * 25, "9" * 5_000, "-1", "1.5", " 1", "<b>", ""])
def test_what_is_no_number_of_an_alert_names_none(asked: str) -> None:
    assert asked_alert(asked, []) is None


@pytest.mark.parametrize("asked", ["abc", "²"])
def test_nonsense_for_an_alert_where_there_is_none(empty: Path, asked: str) -> None:
    page = opened("alerts", {"alert": asked})
    assert not page.exception
    assert not page.error
    assert any("No measurement is stored" in text for text in told(page))


def test_a_very_large_number_of_an_alert_is_no_alert(app: AppTest, full: Path) -> None:
    app.query_params["alert"] = "9" * 18
    page = app.run().switch_page("views/alerts.py").run()
    assert not page.exception
    assert "there is no alert" in page.error[0].value
