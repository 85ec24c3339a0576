"""Reference studies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

CASES = Path(__file__).parents[2] / "cases" / "gauge.json"


@pytest.fixture(scope="session")
def cases() -> dict[str, Any]:
    """Reference cases by id."""
    return {case["id"]: case for case in json.loads(CASES.read_text(encoding="utf-8"))}


@pytest.fixture(scope="session")
def aiag(cases: dict[str, Any]) -> tuple[list[float], list[int], list[str]]:
    """Values, parts and operators of the AIAG study: 10 parts, 3 operators, 3 times."""
    rows = cases["crossed-aiag"]["data"]["rows"]
    return [r["y"] for r in rows], [r["part"] for r in rows], [r["operator"] for r in rows]


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers of the stochastic tests."""
    return np.random.default_rng(20240)
