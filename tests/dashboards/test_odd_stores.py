"""Stores as they come from elsewhere: little data, no variation, strange names, other clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import state
from twin.forecast import forecast
from twin.line import read_line
from twin.measurement import Event, Measurement
from twin.monitoring.plan import reference_plan
from twin.monitoring.watch import watch_once
from twin.recipe import reference_recipes
from twin.settings import Settings, data_folder
from twin.store import Store

EVIL = "<script>alert(1)</script>[x](javascript:y) **b** $a$ :red[z] =1+1"
START = datetime(2026, 1, 1, tzinfo=UTC)


def reading(number: int, **changes: Any) -> Measurement:
    plain: dict[str, Any] = {
        "measured_at": START + timedelta(minutes=number), "lot_id": f"L{number // 5}",
        "station": "roll", "characteristic": "thickness_um", "value": 60.0 + number % 3,
        "unit": "um", "position": number % 5 + 1, "source": "t", "sequence": number,
        "provenance": "measured",
    }  # fmt: skip
    return Measurement(**{**plain, **changes})


def event(number: int, **changes: Any) -> Event:
    plain: dict[str, Any] = {
        "occurred_at": START + timedelta(minutes=number), "station": "roll", "event": "start",
        "lot_id": f"L{number}", "recipe": "", "source": "t", "provenance": "measured",
        "sequence": number,
    }  # fmt: skip
    return Event(**{**plain, **changes})


def store_of(home: Path) -> Store:
    home.mkdir(parents=True, exist_ok=True)
    return Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}"))


def opened(app: AppTest, view: str) -> AppTest:
    app.run()
    return app.switch_page(f"views/{view}.py").run()


def words_of(page: AppTest) -> str:
    return "\n".join(str(e.value) for e in (*page.markdown, *page.caption, *page.subheader))


READINGS = {
    "one reading": [reading(0)],
    "no variation": [reading(i, value=60.0) for i in range(60)],
    "only bad ones": [reading(i, quality="bad") for i in range(30)],
    "all censored": [
        reading(i, characteristic="life_h", station="cell_test", unit="h", censoring="right")
        for i in range(30)
    ],
    "ragged subgroups": [reading(i) for i in range(33)],
    "strange names": [
        reading(i, characteristic=EVIL, station=EVIL, unit=EVIL, lot_id=f"{EVIL}{i}", position=0)
        for i in range(12)
    ],
}


@pytest.mark.parametrize("view", ["control_charts", "capability"])
@pytest.mark.parametrize("case", READINGS)
def test_odd_readings_give_an_answer_or_one_line(
    app: AppTest, empty: Path, case: str, view: str
) -> None:
    with store_of(empty) as store:
        store.add_measurements(READINGS[case])
    page = opened(app, view)
    assert not page.exception
    assert len(page.error) <= 1
    assert all("\n" not in error.value for error in page.error)
    assert "<script" not in words_of(page).replace("\\<script", "")


@pytest.mark.parametrize("view", ["line", "data"])
def test_events_of_strange_stations_and_lots(app: AppTest, empty: Path, view: str) -> None:
    with store_of(empty) as store:
        store.add_events(
            [event(0, lot_id=EVIL), event(1, station=EVIL), event(2, event="down", lot_id="")]
        )
    page = opened(app, view)
    assert not page.exception
    assert not page.error
    assert "<script" not in words_of(page).replace("\\<script", "")


def test_events_alone_are_not_called_nothing(app: AppTest, empty: Path) -> None:
    with store_of(empty) as store:
        store.add_events([event(0)])
    said = words_of(opened(app, "data"))
    assert "No measurement is stored yet" in said
    assert "Nothing is stored" not in said


def test_readings_dated_ahead_are_not_called_fresh(app: AppTest, empty: Path) -> None:
    with store_of(empty) as store:
        store.add_measurements([reading(0, measured_at=datetime.now(UTC) + timedelta(days=9))])
    page = opened(app, "data")
    assert "9 days ahead" in words_of(page)
    assert any("clock" in warning.value for warning in page.warning)


def test_an_alert_about_a_lot_with_markup_in_its_name_shows_the_name(
    app: AppTest, empty: Path
) -> None:
    with store_of(empty) as store:
        store.add_measurements(
            [
                reading(i, lot_id=f"{EVIL}{i // 5}", value=60 + i % 3 + (40 if i > 190 else 0))
                for i in range(200)
            ]
        )
        watch_once(store, reference_plan())
    page = opened(app, "alerts")
    assert not page.exception
    assert not page.error
    said = words_of(page)
    assert "\\<script\\>" in said
    assert "<script" not in said.replace("\\<script", "")
    assert "[x](javascript" not in said


class TestLotsThatTheLineDoesNotKnow:
    """A lot at a station that the line does not have is told and left out of the forecast."""

    @staticmethod
    def make(home: Path, **options: Any) -> Any:
        with store_of(home) as store:
            store.add_events([event(0), event(1, station="annex"), event(2, station="annex")])
            return forecast(
                store, read_line(data_folder() / "line.toml"), reference_recipes()["LACSS 40 s"],
                reference_plan(), None, horizon_h=8, replications=3,
                as_of=START + timedelta(hours=1), **options,
            )  # fmt: skip

    def test_the_others_are_forecast(self, tmp_path: Path) -> None:
        made = self.make(tmp_path)
        assert [lot.lot_id for lot in made.lots] == ["L0"]
        (message,) = [m for m in made.messages if "does not have" in m]
        assert "'L1' at 'annex' and 1 more" in message

    def test_asked_for_it_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="'L1' is at station 'annex'"):
            self.make(tmp_path, lots=["L1"])


def test_the_watermark_moves_with_whatever_is_added(empty: Path) -> None:
    marks = [state.watermark()]
    with store_of(empty) as store:
        for add in (
            lambda: store.add_measurements([reading(0)]),
            lambda: store.add_events([event(0)]),
            lambda: store.add_measurements([reading(0, value=61.0)]),
        ):
            add()
            marks.append(state.watermark())
        store.add_measurements([reading(0)])
        assert state.watermark() == marks[-1]
    assert len(set(marks)) == len(marks)
