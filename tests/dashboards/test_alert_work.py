"""Working on alerts from the page: what the state allows, who it was, what remains."""

from __future__ import annotations

import getpass
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboards.alert_queue import by_urgency, headline, title_of
from dashboards.state import now
from twin.monitoring.alerts import Alert, AlertDesk
from twin.settings import Settings
from twin.store import Store


def alerts(home: Path) -> list[Alert]:
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        return AlertDesk(store).list()


def page_of(app: AppTest, alert_id: int) -> AppTest:
    app.query_params["alert"] = str(alert_id)
    app.run()
    return app.switch_page("views/alerts.py").run()


def button(page: AppTest, label: str) -> object:
    return next(one for one in page.button if one.label == label)


def test_an_alert_is_acknowledged_by_the_user_of_the_session(app: AppTest, own_home: Path) -> None:
    first = by_urgency(alerts(own_home))[0]
    page = page_of(app, first.id)
    page.button(key=f"ack-{first.id}").click().run()
    assert not page.exception
    with Store.open(Settings(own_home, f"sqlite:///{own_home / 'lacss.db'}")) as store:
        desk = AlertDesk(store)
        assert desk.get(first.id).state == "acknowledged"
        assert desk.history(first.id)[-1].user == getpass.getuser()


def test_the_queue_opens_another_alert_and_the_address_holds_it(
    app: AppTest, own_home: Path
) -> None:
    first, second = by_urgency(alerts(own_home))[:2]
    page = page_of(app, first.id)
    page.button(key=f"open-{second.id}").click().run()
    assert str(second.id) in page.query_params["alert"]
    assert page.button(key=f"ack-{second.id}").label == "Acknowledge"


def test_there_is_no_field_for_who(app: AppTest, own_home: Path) -> None:
    page = page_of(app, alerts(own_home)[0].id)
    assert not [field for field in page.text_input if "who" in field.label.lower()]


def test_only_what_the_state_allows_is_offered(app: AppTest, own_home: Path) -> None:
    first = alerts(own_home)[0]
    labels = {one.label for one in page_of(app, first.id).button}
    assert "Acknowledge" in labels
    assert "Verify" not in labels


def test_an_alert_goes_through_its_life_on_the_page(app: AppTest, own_home: Path) -> None:
    first = alerts(own_home)[0]
    page = page_of(app, first.id)
    page.button(key=f"ack-{first.id}").click().run()
    for label in ("Assign", "Save", "Verify", "Close"):
        for area in page.text_area:
            area.set_value("gauge recalibrated")
        for field in page.text_input:
            field.set_value("seen on the master sheet")
        button(page, label).click()  # type: ignore[attr-defined]
        page.run()
        assert not page.exception
        assert [error.value for error in page.error] == []
    done = {alert.id: alert for alert in alerts(own_home)}[first.id]
    assert done.state == "closed"
    assert done.cause


def test_a_number_that_is_no_alert_is_said_in_one_line(app: AppTest, own_home: Path) -> None:
    page = page_of(app, 999_999)
    assert not page.exception
    assert len(page.error) == 1
    assert "999999" in page.error[0].value


def test_the_queue_puts_severity_before_age(full_home: Path) -> None:
    ordered = by_urgency(alerts(full_home))
    severities = [alert.severity for alert in ordered]
    rank = {"critical": 0, "major": 1, "minor": 2, "info": 3}
    assert severities == sorted(severities, key=lambda s: rank[s])
    major = [alert.opened_at for alert in ordered if alert.severity == "major"]
    assert major == sorted(major)


def test_the_headline_counts_and_says_how_long(full_home: Path) -> None:
    found = alerts(full_home)
    text = headline(found, "Need a person", now())
    assert f"{len(found)} alerts need a person" in text
    assert "not acknowledged" in text
    assert headline([], "Need a person", now()) == "**Nothing needs a person now.**"
    assert "is closed" in headline(found[:1], "Closed", now())


def test_a_title_says_what_and_where(full_home: Path) -> None:
    titles = {title_of(alert) for alert in alerts(full_home)}
    assert "Thickness high at roll" in titles
