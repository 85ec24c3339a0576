"""The live sources on the page: who is there, how far behind, what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import state
from dashboards.data_live import facts, gaps_table, live_sentence, live_table, stale_since
from twin.store.gaps import Gap, gaps, note_gap
from twin.store.sources import Heartbeat, SourceState, beat, note_source

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def source(name: str = "gauge", condition: Any = "connected", **settings: Any) -> SourceState:
    given = {
        "kind": "mqtt", "address": "mqtts://broker:8883", "records": 1200, "rate_per_s": 2.0,
        "last_received_at": NOW - timedelta(seconds=5),
        "last_record_at": NOW - timedelta(seconds=7), **settings,
    }  # fmt: skip
    return SourceState(source=name, state=condition, **given)


def heard(seconds: float = 1.0) -> Heartbeat:
    return Heartbeat("collector", NOW - timedelta(seconds=seconds), 5.0, 1, "ok", "")


def test_all_connected_needs_no_warning() -> None:
    assert live_sentence([source(), source("plc")], heard(), NOW) == (
        "**2 of 2 sources connected**, 4.00 records a second.", "",
    )  # fmt: skip


def test_who_is_not_reached_is_named_with_since_when() -> None:
    lost = source("roll_gauge", "disconnected")
    text, stale = live_sentence([source(), lost], heard(), NOW)
    assert text.startswith("**1 of 2 sources connected**")
    assert "roll\\_gauge" in stale
    assert "stale since" in stale


@pytest.mark.parametrize("collector", [None, heard(60)])
def test_without_a_collector_nothing_is_believed(collector: Heartbeat | None) -> None:
    assert "collector is not running" in live_sentence([source()], collector, NOW)[1]


def test_a_source_that_stopped_on_request_is_no_fault() -> None:
    assert live_sentence([source(condition="stopped")], heard(), NOW)[1] == ""
    assert live_sentence([], None, NOW)[1] == ""


def test_what_matters_of_a_source_comes_in_order() -> None:
    assert facts(source(), 0, NOW) == ["2.00/s", "heard 5 s ago", "lag 2.0 s", "1,200 records"]
    worse = replace(
        source(condition="failed"), clock_skew_s=61.0, refused=3, reconnects=2, rate_per_s=0.0
    )
    told = facts(worse, 4, NOW)
    assert told[0].startswith("stale since")
    assert told[2:] == [
        "clock 61 s ahead", "1,200 records", "4 open gaps", "3 refused", "2 outages",
    ]  # fmt: skip


def test_a_source_that_never_spoke_is_stale_since_it_was_noted() -> None:
    fresh = SourceState(source="x", kind="sql", updated_at=NOW)
    assert stale_since(fresh) == NOW
    assert stale_since(source()) is None
    assert facts(fresh, 0, NOW)[-1] == "0 records"


def test_the_tables_hold_everything() -> None:
    table = live_table([source(), source("plc", "failed")], {"plc": 2})
    assert list(table["Open gaps"]) == [0, 2]
    assert list(table["Stale since (UTC)"].notna()) == [False, True]
    holes = [Gap(source="a", first_missing=3, last_missing=5), Gap(source="b", reason="offline")]
    assert list(gaps_table(holes)["Source"]) == ["b", "a"]
    assert list(gaps_table(holes)["Missing"].fillna(0)) == [0, 3]
    assert gaps_table([]).empty


def test_the_page_shows_sources_and_gaps(app: AppTest, own_home: Path) -> None:
    store = state.store()
    note_source(store, source("roll-gauge"))
    note_source(store, source("lab", "failed", kind="sql", detail="query failed: <b>no table</b>"))
    note_gap(store, Gap(source="roll-gauge", first_missing=3, last_missing=5))
    beat(store, "collector", 5.0)
    assert len(gaps(store)) == 1
    page = app.run().switch_page("views/data.py").run()
    text = " ".join(one.value for one in page.markdown)
    assert not page.exception
    assert "1 of 2 sources connected" in text
    assert "**roll-gauge** :green-badge" in text
    assert "1 open gap" in text
    assert any("lab" in one.value for one in page.warning)
    assert any("no table" in one.value for one in page.caption)


def test_the_page_says_how_to_begin(app: AppTest, empty: Path) -> None:
    page = app.run().switch_page("views/data.py").run()
    assert not page.exception
    assert any("sources.toml" in one.value for one in page.caption)
