"""The pages in headless Chromium: each opens, shows real data, and keeps what a person did."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboards.app import PAGES
from tests.serving import served
from twin.measurement import Measurement
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.plan import reference_plan
from twin.monitoring.point_notes import point_notes
from twin.monitoring.watch import watch_once
from twin.settings import Settings
from twin.store import Store

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WAIT_MS = 45_000
SHOWS = {
    "Line": "Roll",
    "Alerts": "alerts need a person",
    "Alarm quality": "alarms an hour",
    "Forecast": "good sheets",
    "Control charts": "out of control since",
    "Capability": "Cpk",
    "Chart design": "The plan is expected to raise",
    "Quality model": "quality model",
    "Genealogy": "The newest ones",
    "Data and sources": "The newest measurement is",
    "About": "LACSS Twin",
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

sync_api = pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def home(full_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the filled home, to be worked on."""
    return Path(shutil.copytree(full_home, tmp_path_factory.mktemp("browser") / "home"))


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The dashboards as `lacss serve` starts them, on a free port."""
    with served(home) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complained of."""
    return []


@pytest.fixture
def tab(browser: sync_api.Browser, address: str, complaints: list[str]) -> Iterator[sync_api.Page]:
    """A tab on the first page, fully drawn."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.get_by_role("heading", name="Line", exact=True).wait_for()
    yield page
    context.close()


def assert_sound(page: sync_api.Page) -> None:
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_test_id("stAlertContentError").count() == 0


@pytest.mark.parametrize("title", list(SHOWS))
def test_every_page_opens_and_shows_what_is_stored(
    tab: sync_api.Page, complaints: list[str], title: str
) -> None:
    tab.get_by_test_id("stSidebarNav").get_by_text(title, exact=True).click()
    tab.get_by_text(SHOWS[title]).first.wait_for()
    assert_sound(tab)
    assert complaints == []


def test_every_page_of_the_navigation_opens_by_its_own_address(
    browser: sync_api.Browser, address: str
) -> None:
    page = browser.new_page()
    for pages in PAGES.values():
        for view, _, _ in pages:
            page.goto(f"{address}/{view.replace('_', '-')}")
            page.locator("h1").wait_for(timeout=WAIT_MS)
            assert_sound(page)
    page.close()


def test_charts_are_drawn_as_svg_with_alternative_text(tab: sync_api.Page) -> None:
    tab.get_by_test_id("stSidebarNav").get_by_text("Control charts").click()
    chart = tab.get_by_test_id("stPlotlyChart").first
    chart.locator("svg.main-svg").first.wait_for()
    assert chart.locator("canvas").count() == 0
    assert "Thickness" in (chart.inner_text() or "")


def test_an_alert_acknowledged_by_click_stays_so_after_a_reload(
    tab: sync_api.Page, home: Path, complaints: list[str]
) -> None:
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        first = AlertDesk(store).list("open")[0]
    tab.goto(f"{tab.url.rstrip('/')}/alerts?alert={first.id}")
    tab.get_by_role("button", name="Acknowledge").click()
    tab.get_by_role("button", name="Assign cause").wait_for()
    tab.reload()
    tab.get_by_role("button", name="Assign cause").wait_for()
    assert tab.get_by_role("button", name="Acknowledge").count() == 0
    assert_sound(tab)
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        assert AlertDesk(store).get(first.id).state == "acknowledged"


def test_a_budget_is_asked_for_and_rules_are_proposed_within_it(
    tab: sync_api.Page, complaints: list[str]
) -> None:
    tab.get_by_test_id("stSidebarNav").get_by_text("Chart design", exact=True).click()
    tab.get_by_text("the team can answer 5").first.wait_for()
    tab.get_by_role("button", name="Propose rules and limits").click()
    tab.get_by_text("Proposed:").first.wait_for()
    tab.get_by_role("radio", name="One chart").click()
    tab.get_by_text("one every 370 points").first.wait_for()
    assert "part=One" in tab.url
    assert_sound(tab)
    assert complaints == []


def test_a_point_is_marked_by_click_and_stays_marked(tab: sync_api.Page, home: Path) -> None:
    tab.get_by_test_id("stSidebarNav").get_by_text("Control charts", exact=True).click()
    tab.get_by_role("button", name="Mark a point").click()
    tab.get_by_label("What there is to say, or why").fill("gauge was dirty")
    tab.get_by_role("button", name="Write down").click()
    tab.get_by_text("Marked points (1)").first.wait_for()
    tab.reload()
    tab.get_by_text("Marked points (1)").first.wait_for()
    assert_sound(tab)
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        notes = point_notes(store, "thickness_um", "roll")
    assert [note.reason for note in notes] == ["gauge was dirty"]


@pytest.mark.parametrize("view", ["", "alerts"])
def test_line_and_alerts_fit_a_phone(browser: sync_api.Browser, address: str, view: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(f"{address}/{view}")
    page.get_by_test_id("stPlotlyChart").first.wait_for(timeout=WAIT_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert_sound(page)
    context.close()


def test_a_lot_is_found_by_address_and_the_address_follows_the_box(
    tab: sync_api.Page, address: str
) -> None:
    tab.goto(f"{address}/genealogy?thing=L00003")
    tab.get_by_text("on server 1").first.wait_for()
    chart = tab.get_by_test_id("stPlotlyChart").first
    chart.locator("svg.main-svg").first.wait_for()
    assert "L00003" in (chart.inner_text() or "")
    box = tab.get_by_label("Id of a lot, foil roll, sheet, coupon or cell")
    box.fill("L00004")
    box.press("Enter")
    tab.get_by_text("Where L00004 came from and went").first.wait_for()
    assert "thing=L00004" in tab.url
    assert_sound(tab)


@pytest.mark.parametrize("width", [1400, 390])
def test_the_line_looks_back_over_another_period_and_keeps_it_in_the_address(
    browser: sync_api.Browser, address: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, has_touch=width < 500)
    page = context.new_page()
    page.goto(address)
    page.get_by_text("was the bottleneck").first.wait_for(timeout=WAIT_MS)
    page.get_by_role("radio", name="3 days").click()
    page.wait_for_url("**back=3*", timeout=WAIT_MS)
    for text in ("What each server did when", "What roll lost", "OEE and its factors by shift"):
        page.get_by_text(text).first.wait_for(timeout=WAIT_MS)
    assert page.get_by_role("img", name="of 1 busy").count() >= 5
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_sound(page)
    context.close()


def test_a_new_alert_comes_by_itself_and_leaves_what_is_being_written(
    tab: sync_api.Page, address: str, home: Path
) -> None:
    tab.goto(f"{address}/alerts")
    tab.get_by_text("Need a person").first.wait_for()
    tab.get_by_role("button", name="Shelve").first.click()
    why = tab.get_by_label("Why")
    why.fill("until the new gauge")
    tab.evaluate("document.querySelector('h1').dataset.kept = 'yes'")
    newest = datetime.now(UTC)
    row = Measurement(
        measured_at=newest, lot_id="L-NEW", station="sublimation",
        characteristic="chamber_temperature_c", value=190.0, unit="C", provenance="simulated",
    )  # fmt: skip
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        store.add_measurements([row])
        assert any(a.lot_id == "L-NEW" for a in watch_once(store, reference_plan()))
    tab.get_by_text("L-NEW").first.wait_for(timeout=30_000)
    assert why.input_value() == "until the new gauge"
    assert tab.evaluate("document.querySelector('h1').dataset.kept") == "yes", "no reload"
