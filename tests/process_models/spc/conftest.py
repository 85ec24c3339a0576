"""Reference figures that several tests of control charts share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).resolve().parents[2] / "cases" / "spc.json"


@pytest.fixture(scope="session")
def case() -> Callable[[str], dict[str, Any]]:
    """The reference case whose id begins with a text."""
    cases = json.loads(CASES.read_text(encoding="utf-8"))

    def find(prefix: str) -> dict[str, Any]:
        return next(c for c in cases if c["id"].startswith(prefix))

    return find
