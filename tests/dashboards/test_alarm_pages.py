"""The pages of alerts as they are worked with: groups, letters, roles, and alarm quality."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.alarm_quality_result import headline_of
from dashboards.alert_queue import in_groups, marks_of, title_of
from dashboards.figures.alarms import alarms_over_time
from dashboards.theme import DARK, LIGHT
from twin.monitoring.alarm_quality import alarm_quality
from twin.monitoring.alert import Alert
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.outbox import enqueue, letters
from twin.settings import Settings
from twin.store import Store, schema

START = datetime(2026, 3, 2, tzinfo=UTC)


@contextmanager
def opened(home: Path) -> Iterator[Store]:
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        yield store


def alerts(home: Path) -> list[Alert]:
    with opened(home) as store:
        return AlertDesk(store).list()


def page_of(app: AppTest, view: str) -> AppTest:
    app.run()
    return app.switch_page(f"views/{view}.py").run()


def changed(home: Path, **values: object) -> None:
    with opened(home) as store, store.database.writing() as connection:
        connection.execute(schema.alerts.update().values(**values))


def test_what_belongs_together_stands_together(app: AppTest, full: Path) -> None:
    page = page_of(app, "alerts")
    assert not page.exception
    assert f"Queue ({len(alerts(full))} in 1 group)" in {h.value for h in page.subheader}
    assert "more that belong to it" in " ".join(box.label for box in page.expander)


def test_an_undelivered_letter_is_said_and_tried_again(app: AppTest, own_home: Path) -> None:
    with opened(own_home) as store:
        alert = AlertDesk(store).list()[0]
        with store.database.writing() as connection:
            enqueue(connection, alert, ["shift"])
            connection.execute(schema.outbox.update().values(state="dead", last_error="no route"))
    page = page_of(app, "alerts")
    assert "1 letter could not be delivered" in page.error[0].value
    (button,) = [one for one in page.button if one.label == "Try again"]
    button.click().run()
    assert not page.exception
    with opened(own_home) as store:
        assert [letter.state for letter in letters(store)] == ["pending"]


def test_muted_alerts_stand_apart_with_their_reason(app: AppTest, own_home: Path) -> None:
    changed(own_home, muted_by="roll is down")
    page = page_of(app, "alerts")
    assert "Nothing needs a person now" in " ".join(m.value for m in page.markdown)
    page.segmented_control(key="show").set_value("Muted").run()
    assert "Nobody is told: roll is down." in {info.value for info in page.info}


def test_what_late_data_took_back_says_so(app: AppTest, own_home: Path) -> None:
    changed(own_home, withdrawn="data that came late bear it out no longer")
    page = page_of(app, "alerts")
    assert any("Taken back: data that came late" in info.value for info in page.info)


def test_a_button_that_this_role_may_not_use_is_shown_with_the_reason(
    app: AppTest, full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert full.is_dir()
    reason = "Your role is viewer; this needs operator."
    monkeypatch.setattr("dashboards.alert_actions.refusal", lambda _: reason)
    page = page_of(app, "alerts")
    (button,) = [one for one in page.button if one.label == "Acknowledge"]
    assert (button.disabled, button.help) == (True, reason)
    assert not any("Written down as done by" in one.value for one in page.caption)


def test_a_shelved_alert_is_taken_back_on_the_page(app: AppTest, own_home: Path) -> None:
    with opened(own_home) as store:
        desk = AlertDesk(store)
        first = desk.list()[0]
        desk.shelve(first.id, datetime.now(UTC) + timedelta(hours=1), "ana", "new gauge comes")
    app.query_params["show"] = "Shelved"
    page = page_of(app, "alerts")
    page.segmented_control(key="show").set_value("Shelved").run()
    next(one for one in page.button if one.label == "Take back").click()
    page.run()
    assert {alert.id: alert.state for alert in alerts(own_home)}[first.id] == "open"


def test_alarm_quality_full(app: AppTest, full: Path) -> None:
    page = page_of(app, "alarm_quality")
    assert not page.exception
    assert "alarms an hour" in page.markdown[0].value
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["Alarms"] == str(len(alerts(full)))
    assert shown["Chattering kinds"] == "0"


def test_alarm_quality_empty(app: AppTest, empty: Path) -> None:
    assert empty.name == "empty"
    page = page_of(app, "alarm_quality")
    assert not page.exception
    assert "No alarm was raised in this period, and none stands." in page.markdown[0].value


def test_marks_and_titles(full_home: Path) -> None:
    one = alerts(full_home)[0]
    assert "escalated, level 2" in marks_of(replace(one, escalation=2))
    assert "muted" in marks_of(replace(one, muted_by="roll is down"))
    dead = replace(one, category="system", rule="dead_notifier", characteristic="notifier")
    assert title_of(dead) == "Dead notifier: notifier"
    alone = [replace(one, id=i, group_key="") for i in range(3)]
    assert len(in_groups(alone)) == 3
    assert len(in_groups([replace(a, group_key="g") for a in alone])) == 1


def test_the_sentence_judges_the_load(full_home: Path) -> None:
    one = replace(alerts(full_home)[0], raised_at=START, cause="none_of_these")

    def said(n: int) -> str:
        made = [replace(one, id=i) for i in range(n)]
        return headline_of(alarm_quality(made, {}, START, START + timedelta(hours=1)))

    assert said(0) == "**No alarm was raised in this period.**"
    assert "very likely acceptable; 6 of 6 judged ones were for nothing (100 %)" in said(6)
    assert "just manage" in said(12)
    assert "more than one person can manage" in said(13)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_figure_counts_every_alarm_once(palette: object) -> None:
    severities = ["critical", "major", "major"]
    times = [(START + timedelta(minutes=7 * i), severities[i % 3]) for i in range(40)]
    figure = alarms_over_time(times, START, START + timedelta(days=7), UTC, palette)  # type: ignore[arg-type]
    assert sum(sum(bar.y) for bar in figure.data) == 40
    assert figure.layout.title.text == "Alarms raised per hour"
    assert len(figure.data[0].y) == 168
    quarter = alarms_over_time(times, START, START + timedelta(days=92), UTC, LIGHT)
    assert len(quarter.data[0].y) <= 168
    assert "hours" in quarter.layout.title.text


def test_a_figure_without_alarms_is_still_one() -> None:
    figure = alarms_over_time([], START, START + timedelta(days=1), UTC, LIGHT)
    assert len(figure.data) == 0
