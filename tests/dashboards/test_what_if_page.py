"""The pages What-if and Advice and the diagnosis in an alert: empty, full, and in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import advice_job, what_if_job
from dashboards.advice_result import advice_sentence
from dashboards.diagnosis_panel import diagnosis_sentence
from dashboards.figures.advice import move_figure
from dashboards.jobs import Job
from dashboards.theme import DARK, LIGHT, Palette
from dashboards.what_if_controls import _start
from dashboards.what_if_job import Question
from dashboards.what_if_result import what_if_sentence, what_if_table
from process_models.errors import InputError
from twin.advice import Advice, MoveAdvice
from twin.diagnosis.result import Diagnosis, RankedCause, TouchedLot
from twin.what_if import NewRecipe, Operators, StationOut, WhatIf
from twin.what_if.result import compared

NOW = datetime(2026, 1, 7, 12, tzinfo=UTC)
MOVE = MoveAdvice(
    loop="pressure", setting="rolling_pressure_mpa", unit="MPa", output="thickness_um",
    output_unit="um", now=36.0, proposed=36.2, low=33.0, high=39.0, largest_move=0.36,
    limited_by="", target=60.0, predicted_now=60.4, predicted_after=60.3, effect=-0.6,
    effect_sd=0.1, prior_share=0.4, p_stable=1.0, benefit=None, lots=100, reasons=(),
)  # fmt: skip
ADVICE = Advice(NOW, (MOVE,), {}, (), "simulated")


def played(gain: float) -> WhatIf:
    base = np.arange(90.0, 110.0)
    lots = compared("good_lots", "lots", base, base + gain, 0.9, more_is_better=True)
    late = compared(
        "finish_of_lots_in_process_h", "h", base / 50, base / 50 - gain / 10, 0.9,
        more_is_better=False,
    )  # fmt: skip
    return WhatIf(
        NOW, ("roll out for 4 h",), 24.0, 20, 0.9, 0, (lots, late), "recursion", "", (),
        "simulated",
    )  # fmt: skip


def words(page: AppTest) -> str:
    return "\n".join(str(one.value) for one in (*page.markdown, *page.caption, *page.warning))


def opened(app: AppTest, view: str) -> AppTest:
    app.run()
    page = app.switch_page(f"views/{view}.py").run()
    assert not page.exception
    return page


@pytest.mark.parametrize("view", ["what_if", "advice"])
def test_an_empty_store_offers_the_next_step(app: AppTest, empty: Path, view: str) -> None:
    assert "stored" in words(opened(app, view))


def test_what_if_asks_first_and_shows_what_was_played(
    app: AppTest, full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(app, "what_if")
    assert "This has not been played yet." in words(page)
    job: Job[WhatIf] = Job(lambda _: played(-13.0))
    job.run()
    monkeypatch.setattr(what_if_job.jobs(), "get", lambda _: job)
    page = opened(app, "what_if")
    assert "13.0 (13.0 to 13.0) fewer good lots" in words(page)
    assert page.get("plotly_chart")


def test_advice_shows_moves_and_their_doubts(
    app: AppTest, full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubtful = replace(MOVE, reasons=("data is stale",))
    job: Job[Advice] = Job(lambda _: replace(ADVICE, moves=(doubtful,)))
    job.run()
    monkeypatch.setattr(advice_job.jobs(), "get", lambda _: job)
    page = opened(app, "advice")
    assert "Do not follow:\n\n- data is stale" in words(page)
    assert not [one for one in page.button if "engineer" in one.label]


def test_sentences_of_what_if() -> None:
    assert what_if_sentence(played(-13.0)).startswith(
        "**Roll out for 4 h: 13.0 (13.0 to 13.0) fewer good lots** in the next 24 h"
    )
    assert "1.3 h later on average" in what_if_sentence(played(-13.0))
    assert "no sure change of good lots" in what_if_sentence(played(0.0))
    assert what_if_table(played(2.0))["Difference"].tolist() == pytest.approx([2.0, -0.2])


def test_sentences_of_advice() -> None:
    assert "rolling pressure 36.00 to 36.20 MPa" in advice_sentence(ADVICE)
    left = replace(ADVICE, moves=(replace(MOVE, proposed=36.0),))
    assert "near its target" in advice_sentence(left)
    held = replace(ADVICE, moves=(replace(MOVE, reasons=("stale",)),))
    assert "reasons not to follow" in advice_sentence(held)
    assert "no advice yet" in advice_sentence(replace(ADVICE, moves=()))


def test_the_sentence_of_a_diagnosis() -> None:
    lots = (TouchedLot("L1", 0.9), TouchedLot("L2", 0.8))
    found = Diagnosis(
        1, (RankedCause("roll_wear", 0.87),), (), None, lots, "hold", 40, NOW, "simulated"
    )
    assert diagnosis_sentence(found, "12:00") == (
        "**Roll wear** with 87.0 %, since **12:00**; **2** lots to hold."
    )
    alone = replace(found, lots=(), action="none")
    assert diagnosis_sentence(alone, "") == "**Roll wear** with 87.0 %."


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_window_of_a_setting_is_drawn(palette: Palette) -> None:
    figure = move_figure(MOVE, palette)
    assert [list(one.x) for one in figure.data] == [[33.0, 39.0], [36.0], [36.2]]
    assert "MPa" in figure.layout.xaxis.title.text


def test_questions_are_parsed_and_named_apart() -> None:
    asked = Question(("out roll=4h",), 24.0)
    assert asked.parsed() == [StationOut("roll", 14400.0)]
    assert Question(("operators operators=-1",), 8.0).parsed() == [Operators("operators", -1)]
    (recipe,) = Question(("recipe LACSS 40 s",), 8.0).parsed()
    assert isinstance(recipe, NewRecipe)
    assert asked.name != Question(("out roll=5h",), 24.0).name
    with pytest.raises(InputError):
        Question(("out roll",), 8.0).parsed()


def test_tonight_and_sunday_lie_ahead() -> None:
    tonight, sunday = _start("Tonight", NOW, UTC), _start("Sunday", NOW, UTC)
    assert tonight == datetime(2026, 1, 7, 22, tzinfo=UTC)
    assert sunday == datetime(2026, 1, 11, 6, tzinfo=UTC)
    assert _start("Tonight", NOW.replace(hour=23), UTC) == datetime(2026, 1, 8, 22, tzinfo=UTC)
    late = datetime(2026, 1, 11, 7, tzinfo=UTC)
    assert _start("Sunday", late, UTC) == datetime(2026, 1, 18, 6, tzinfo=UTC)
