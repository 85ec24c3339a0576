"""A simulated trace is always marked, and whole."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics import SimulatedShort, SimulatedTrace


def trace(**changes: object) -> SimulatedTrace:
    given: dict[str, object] = {
        "test": "ccd", "time_s": np.array([1.0, 2.0, 3.0]),
        "current_ma_cm2": np.array([0.1, 0.1, -0.1]), "voltage_v": np.array([5e-3, 5e-3, -5e-3]),
        "cycle": np.array([1, 1, 1]), "short": None,
    }  # fmt: skip
    return SimulatedTrace(**{**given, **changes})  # type: ignore[arg-type]


def test_nobody_can_call_it_measured() -> None:
    assert trace().provenance == "simulated"
    with pytest.raises(TypeError):
        trace(provenance="measured")
    with pytest.raises(FrozenInstanceError):
        trace().provenance = "measured"  # type: ignore[misc]
    with pytest.raises((TypeError, ValueError)):
        replace(trace(), provenance="measured")
    assert replace(trace(), area_cm2=1.0).provenance == "simulated"


def test_current_of_the_cell_is_density_times_area() -> None:
    assert trace(area_cm2=2.0).current_ma.tolist() == [0.2, 0.2, -0.2]


def test_columns_are_those_of_a_cell_table_and_every_row_is_marked() -> None:
    columns = trace(area_cm2=1.0).columns()
    assert list(columns) == ["test_time_s", "current_ma", "voltage_v", "cycle", "provenance"]
    assert columns["provenance"] == ["simulated"] * 3
    assert columns["cycle"] == [1, 1, 1]


@pytest.mark.parametrize(
    ("name", "bad", "said"),
    [
        ("voltage_v", np.array([1.0, 2.0]), r"^voltage_v must have one value a point, \(3,\)"),
        ("voltage_v", np.array([1.0, np.nan, 0.0]), "^voltage_v must be finite, got nan at 2"),
        ("cycle", np.array([1, 1]), "^cycle must have one value a point"),
        ("time_s", np.array([1.0, 1.0, 2.0]), "^time_s must rise"),
        ("area_cm2", 0.0, "^area_cm2 must be above 0, got 0"),
    ],
)
def test_a_broken_trace_is_refused(name: str, bad: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        trace(**{name: bad})


def test_the_short_says_what_it_is() -> None:
    short = SimulatedShort("soft", 10.0, 0.5)
    assert (short.kind, short.time_s, short.current_ma_cm2) == ("soft", 10.0, 0.5)
