"""Parts of the pages that can be told apart from Streamlit: exports, tags, errors in one place."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.components import as_csv, as_excel, tag, tags_of
from dashboards.jobs import Job, Jobs
from process_models.errors import InputError


@pytest.fixture
def table() -> pd.DataFrame:
    when = pd.to_datetime(["2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z"])
    return pd.DataFrame({"Lot": ["=cmd()", "L2"], "Value": [-1.5, 2.0], "When": when})


def test_a_csv_holds_no_formula_and_every_number(table: pd.DataFrame) -> None:
    again = pd.read_csv(io.BytesIO(as_csv(table)))
    assert list(again["Lot"]) == ["'=cmd()", "L2"]
    assert list(again["Value"]) == [-1.5, 2.0]
    assert list(table["Lot"]) == ["=cmd()", "L2"]


def test_an_excel_file_is_written_with_times_in_utc(table: pd.DataFrame) -> None:
    content = as_excel(table)
    assert content[:2] == b"PK"
    assert len(content) > 1_000


def test_a_tag_bears_its_word_and_unknown_ones_are_grey() -> None:
    assert tag("simulated") == ":violet-badge[simulated]"
    assert tag("hearsay") == ":gray-badge[hearsay]"
    assert tag("") == ""
    assert tags_of("measured+simulated") == ["measured", "simulated"]


def test_an_error_of_ours_is_one_line_that_says_what_to_do() -> None:
    def script() -> None:
        from dashboards.components import guarded
        from process_models.errors import InputError

        with guarded():
            raise InputError("row 3, column value: must be a number,\n got 'x'")

    page = AppTest.from_function(script).run()
    assert not page.exception
    assert len(page.error) == 1
    assert "\n" not in page.error[0].value


def test_an_empty_state_offers_the_next_step() -> None:
    def script() -> None:
        from dashboards.components import empty

        empty("Nothing is stored.", "Import a file.", ("data", "Import a file"))

    page = AppTest.from_function(script).run()
    assert [button.label for button in page.button] == ["Import a file"]


def test_a_job_tells_its_share_and_keeps_its_result() -> None:
    seen: list[float] = []

    def work(tell: object) -> str:
        assert callable(tell)
        tell(0.5)
        seen.append(job.share)
        tell(7.0)
        return "done"

    job: Job[str] = Job(work)
    assert job.running
    job.run()
    assert (job.result, job.error, job.running) == ("done", None, False)
    assert seen == [0.5]
    assert job.share == 1.0


def test_a_job_that_fails_says_why() -> None:
    def work(tell: object) -> str:
        raise InputError("nothing is stored")

    job: Job[str] = Job(work)
    job.run()
    assert str(job.error) == "nothing is stored"
    assert job.result is None


def test_one_job_of_a_name_runs_at_a_time() -> None:
    import threading

    release = threading.Event()

    def work(tell: object) -> object:
        release.wait(10)
        return "first"

    board = Jobs()
    first = board.start("forecast", work)
    assert board.start("forecast", work) is first
    release.set()
    for _ in range(200):
        if not first.running:
            break
        threading.Event().wait(0.02)
    assert first.result == "first"
    assert board.get("forecast") is first
    assert board.get("other") is None


def test_a_long_table_is_made_only_when_somebody_opens_it() -> None:
    def script() -> None:
        import pandas as pd
        import streamlit as st

        from dashboards.components import numbers

        def table() -> pd.DataFrame:
            st.session_state["made"] = True
            return pd.DataFrame({"x": [1, 2]})

        numbers(table, "points")
        numbers(pd.DataFrame({"y": [1]}), "few")

    page = AppTest.from_function(script).run()
    assert "made" not in page.session_state
    assert len(page.dataframe) == 1
    page.session_state["points-open"] = True
    page.run()
    assert page.session_state["made"]
    assert len(page.dataframe) == 2
