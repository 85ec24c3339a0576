"""The pages of charts and studies offer their result to take along."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

LABELS = ["Excel", "PDF report", "SVG"]


def offered(app: AppTest) -> list[str]:
    """Labels of the export buttons, apart from those of tables."""
    buttons = [b for b in app.get("download_button") if "export-" in str(b.proto.id)]
    return [button.proto.label for button in buttons]


@pytest.mark.parametrize("view", ["control_charts", "capability", "gauge"])
def test_a_result_can_be_taken_along_in_three_formats(view: str, app: AppTest, full: Path) -> None:
    app.run()
    page = app.switch_page(f"views/{view}.py").run()
    assert not page.exception
    assert offered(page) == LABELS


@pytest.mark.parametrize("view", ["control_charts", "capability"])
def test_an_empty_page_offers_nothing(view: str, app: AppTest, empty: Path) -> None:
    app.run()
    page = app.switch_page(f"views/{view}.py").run()
    assert not page.exception
    assert offered(page) == []
