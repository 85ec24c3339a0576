"""OEE by ISO 22400-2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from process_models.errors import InputError
from twin.oee import oee

CASE = json.loads((Path(__file__).parents[1] / "cases" / "line.json").read_text())["cases"]["oee-0"]
GIVEN: dict[str, Any] = {
    "busy_s": 480, "down_s": 45, "setup_s": 15, "run_s_per_item": 0.9, "produced": 400, "good": 380,
}  # fmt: skip


def test_the_worked_example() -> None:
    found, expected = oee(**GIVEN), CASE["expected"]
    assert found.production_s == expected["APT"]
    assert found.availability == pytest.approx(expected["availability"], abs=1e-9)
    assert found.effectiveness == pytest.approx(expected["effectiveness"], abs=1e-9)
    assert found.quality == pytest.approx(expected["quality"], abs=1e-9)
    assert found.oee == pytest.approx(expected["OEE"], abs=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"down_s": -1}, "down_s must be finite and at least 0, got -1"),
        ({"down_s": 500}, r"busy_s must be above down_s \+ setup_s = 515, got 480"),
        ({"produced": 0}, "produced must be above 0"),
        ({"good": 401}, r"at least good \(401\), got 400"),
    ],
)
def test_what_cannot_be(change: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        oee(**{**GIVEN, **change})
