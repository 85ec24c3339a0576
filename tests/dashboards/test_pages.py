"""Every page, empty and full: no exception, its title, and what it says first."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.app import PAGES

VIEWS = [view for pages in PAGES.values() for view, _, _ in pages]


def text_of(app: AppTest) -> str:
    """Everything that a page says in words."""
    parts = [element.value for element in (*app.markdown, *app.caption, *app.subheader)]
    return "\n".join(str(part) for part in parts)


def opened(app: AppTest, view: str) -> AppTest:
    app.run()
    return app.switch_page(f"views/{view}.py").run()


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_on_an_empty_store(app: AppTest, empty: Path, view: str) -> None:
    page = opened(app, view)
    assert not page.exception
    assert not page.error
    assert page.title


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_on_a_filled_store(app: AppTest, full: Path, view: str) -> None:
    page = opened(app, view)
    assert not page.exception
    assert [error.value for error in page.error] == []
    assert page.title
