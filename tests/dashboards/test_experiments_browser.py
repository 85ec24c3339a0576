"""Experiments in headless Chromium: run, left in the middle, found again, kept by its link."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import served

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WAIT_MS = 120_000
LINE = """
[line]
name = "small"
[[station]]
name = "cut"
service_s = {distribution = "exponential", mean = 100}
rework = {probability = 0.01, to = "cut"}
[[station]]
name = "press"
buffer = 2
service_s = {distribution = "exponential", mean = 150}
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

sync_api = pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboards of a site with a small line of its own."""
    home = tmp_path_factory.mktemp("experiments")
    (home / "line.toml").write_text(LINE)
    with served(home) as url:
        yield url


@pytest.fixture
def tab(address: str) -> Iterator[sync_api.Page]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(WAIT_MS)
        yield page
        browser.close()


def test_an_experiment_goes_on_when_it_is_left(tab: sync_api.Page, address: str) -> None:
    tab.goto(f"{address}/experiments?days=2&replications=30")
    tab.get_by_text("has not been run yet").wait_for()
    tab.get_by_role("button", name="Run").click()
    tab.goto(f"{address}/about")
    tab.locator("h1").wait_for()
    tab.goto(f"{address}/experiments?days=2&replications=30")
    tab.get_by_text("lots an hour").first.wait_for()
    tab.get_by_text("simulated", exact=True).first.wait_for()
    chart = tab.get_by_test_id("stPlotlyChart").first
    chart.locator("svg.main-svg").first.wait_for()
    assert chart.locator("canvas").count() == 0
    assert tab.get_by_test_id("stException").count() == 0


def test_the_link_holds_the_question(tab: sync_api.Page, address: str) -> None:
    link = "look=Sweep&factors=press.servers%3D1%2C2&days=1&replications=10&figure=wip"
    tab.goto(f"{address}/experiments?{link}")
    assert (
        tab.get_by_role("textbox", name="Factors, one a line").input_value() == "press.servers=1,2"
    )
    tab.get_by_role("button", name="Run").click()
    tab.get_by_text("most:").first.wait_for()
    assert "factors=" in tab.url
    assert "look=Sweep" in tab.url
