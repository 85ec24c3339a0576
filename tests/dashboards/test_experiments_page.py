"""Experiments: nothing run yet, scenarios and sweeps run, refused, left and found again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.experiment_job import Asked, newest

LINE = """
[line]
name = "small"
[[station]]
name = "cut"
service_s = {distribution = "exponential", mean = 100}
rework = {probability = 0.001, to = "cut"}
[[station]]
name = "press"
buffer = 2
service_s = {distribution = "exponential", mean = 150}
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with a small line of its own and nothing else."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "line.toml").write_text(LINE)
    monkeypatch.setenv("LACSS_HOME", str(home))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    return home


@pytest.fixture
def opened(app: AppTest, small: Path) -> AppTest:
    app.run()
    page = app.switch_page("views/experiments.py").run()
    assert not page.exception
    return page


def text_of(page: AppTest) -> str:
    return "\n".join(str(one.value) for one in (*page.markdown, *page.caption))


def run_to_end(page: AppTest) -> AppTest:
    """Press the button and look until the answer is there."""
    page.button(key="run").click().run()
    until = time.monotonic() + 60
    while page.get("progress") and time.monotonic() < until:
        time.sleep(0.1)
        page.run()
    assert not page.exception
    return page


def test_an_experiment_that_was_not_run_is_offered(opened: AppTest) -> None:
    assert "has not been run yet" in text_of(opened)
    assert "press.servers=2" in opened.text_area(key="scenarios").value
    assert opened.get("plotly_chart") == []


def test_scenarios_are_run_and_told_in_one_sentence(opened: AppTest) -> None:
    opened.number_input(key="days").set_value(1.0)
    page = run_to_end(opened)
    said = text_of(page)
    assert "One more at press gives +" in said
    assert "lots an hour" in said
    assert "simulated" in said
    (drawn,) = page.get("plotly_chart")
    assert "simulated" in drawn.proto.alt


def test_another_figure_needs_no_other_run(opened: AppTest) -> None:
    opened.number_input(key="days").set_value(1.0)
    page = run_to_end(opened)
    page.selectbox(key="figure").set_value("flow_time_s").run()
    assert "hours" in text_of(page)
    assert "has not been run yet" not in text_of(page)


def test_a_sweep_one_at_a_time_and_all_together(opened: AppTest) -> None:
    opened.number_input(key="days").set_value(1.0)
    opened.get("button_group")[0].set_value("Sweep").run()
    opened.text_area(key="factors").set_value("press.servers=1,2\npress.buffer=2,6").run()
    page = run_to_end(opened)
    assert "press.servers = 2 changes throughput most: +" in text_of(page)
    page.selectbox(key="design").set_value("All together").run()
    page = run_to_end(page)
    assert "press.servers = 2 instead of 1 changes throughput most" in text_of(page)
    assert len(page.get("plotly_chart")) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("press.servers=0", "servers must be at least 1"),
        ("presss.servers=2", "did you mean"),
        ("nonsense", "a change must be KEY=VALUE"),
        ("", "give at least one scenario"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(opened: AppTest, text: str, message: str) -> None:
    opened.text_area(key="scenarios").set_value(text).run()
    page = run_to_end(opened)
    (error,) = page.error
    assert message in error.value.replace("\\", "")


def test_a_change_is_added_in_a_click(opened: AppTest) -> None:
    opened.button(key="add-change").click().run()
    lines = opened.text_area(key="scenarios").value.splitlines()
    assert len(lines) == 3
    assert lines[-1] == "2 at cut: cut.servers=2"
    for kind, line in {
        "Buffer": "4 places before cut: cut.buffer=4",
        "Speed": "cut at 0.9 of its time: cut.service_factor=0.9",
        "Maintenance": "Maintenance of cut every 100: "
        "cut.maintenance.extra={every_lots=100, duration_s=1200}",
        "Recipe": 'Bare Li instead: recipe="Bare Li"',
    }.items():
        opened.selectbox(key="kind").set_value(kind).run()
        opened.button(key="add-change").click().run()
        assert opened.text_area(key="scenarios").value.splitlines()[-1] == line


def test_a_question_that_was_answered_is_found_again(opened: AppTest, small: Path) -> None:
    opened.number_input(key="days").set_value(1.0)
    run_to_end(opened)
    text = opened.text_area(key="scenarios").value
    job = newest(Asked(text, "", "throughput_per_h", 24.0, 40, 0))
    assert job is not None
    assert not job.running
    assert newest(Asked(text, "", "throughput_per_h", 24.0, 41, 0)) is None
