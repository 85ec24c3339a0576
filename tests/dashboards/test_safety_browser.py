"""What a browser must never get: a traceback, or a table whose cells are formulas."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.serving import served
from twin.settings import Settings
from twin.store import Store, schema

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
WAIT_MS = 45_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

sync_api = pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def home(full_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled home with an alert that no program wrote."""
    made = Path(shutil.copytree(full_home, tmp_path_factory.mktemp("safety") / "home"))
    settings = Settings(made, f"sqlite:///{made / 'lacss.db'}")
    with Store.open(settings) as store, store.database.writing() as connection:
        connection.execute(sa.update(schema.alerts).values(diagnosis="canary, not JSON"))
    return made


@pytest.fixture(scope="module")
def tab(home: Path) -> Iterator[Any]:
    """A tab on the pages as `lacss serve` starts them."""
    with served(home) as url, sync_api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        context = browser.new_context(viewport={"width": 1400, "height": 1000}, base_url=url)
        context.set_default_timeout(WAIT_MS)
        yield context.new_page()
        browser.close()


def test_a_page_that_fails_shows_no_traceback(tab: Any) -> None:
    received: list[str] = []
    tab.on("websocket", lambda socket: socket.on(
        "framereceived", lambda data: received.append(str(data))))  # fmt: skip
    tab.goto("/alerts")
    tab.get_by_test_id("stException").or_(
        tab.get_by_test_id("stAlertContentError")
    ).first.wait_for()
    for text in [tab.locator("body").inner_text(), *received]:
        for word in ("Traceback", "JSONDecodeError", "alert.py", "site-packages", "canary"):
            assert word not in text


def test_tables_offer_no_download_but_ours(tab: Any) -> None:
    tab.goto("/about")
    tab.get_by_role("heading", name="About").wait_for()
    tab.get_by_test_id("stSidebarNav").get_by_text("Users", exact=True).click()
    tab.get_by_text("What each role may do").click()
    table = tab.get_by_test_id("stDataFrame").first
    table.hover()
    tab.wait_for_timeout(500)
    assert tab.get_by_test_id("stElementToolbar").count() > 0
    assert not tab.get_by_label("Download as CSV").first.is_visible()
