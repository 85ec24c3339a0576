"""What commands print: plain JSON, and tables that lose nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from twin.output import emit, jsonable, table


def test_arrays_dates_and_paths_become_plain() -> None:
    moment = datetime(2026, 3, 2, 6, tzinfo=UTC)
    value = {"a": np.array([1.5, np.nan]), "b": moment, "c": Path("x/y"), 4: (np.int64(3), None)}
    assert jsonable(value) == {
        "a": [1.5, None], "b": "2026-03-02T06:00:00+00:00", "c": "x/y", "4": [3, None],
    }  # fmt: skip


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), np.float64("nan")])
def test_what_json_cannot_say_is_null(number: float) -> None:
    assert jsonable({"x": number}) == {"x": None}


def test_a_thing_without_a_plain_form_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        jsonable(object())


def test_one_object_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"unit": "µm", "value": 0.1})
    out = capsys.readouterr().out
    assert json.loads(out) == {"unit": "µm", "value": 0.1}
    assert out.count("\n") == 1


def test_a_long_cell_wraps_and_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * 400
    table("Title", ("a", "b"), [(long, 1.23456), (None, float("nan"))])
    out = capsys.readouterr().out
    assert out.count("x") == 400
    assert "1.235" in out
    assert "…" not in out
    assert out.count("–") == 2
