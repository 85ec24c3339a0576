"""What was measured along the way: one row a characteristic, with the state of its limits."""

from __future__ import annotations

import pandas as pd
import pytest

from twin.genealogy.along import ALONG_COLUMNS, summarised
from twin.monitoring.plan import reference_plan
from twin.monitoring.planned import ControlPlan, PlannedCharacteristic

PLAN = ControlPlan(
    name="x",
    characteristics=(
        PlannedCharacteristic("thickness_um", "roll", "um", lsl=57.0, usl=63.0),
        PlannedCharacteristic("loading_mg_cm2", "sublimation", "mg/cm2", lsl=0.1),
        PlannedCharacteristic("exposure_s", "sublimation", "s"),
    ),
)


def rows(*readings: tuple[str, str, float], quality: str = "good") -> pd.DataFrame:
    """Station, characteristic, value; a minute apart."""
    return pd.DataFrame(
        {
            "lot_id": "L1", "station": [r[0] for r in readings],
            "characteristic": [r[1] for r in readings], "value": [r[2] for r in readings],
            "unit": "u", "quality": quality, "provenance": "measured",
            "measured_at": pd.date_range("2026-01-05T06:00Z", periods=len(readings), freq="min"),
        }
    )  # fmt: skip


def test_readings_of_a_sheet_are_one_mean_with_their_number() -> None:
    (row,) = summarised(
        rows(*[("roll", "thickness_um", v) for v in (59.0, 60.0, 62.5)]), PLAN
    ).itertuples()
    assert (row.value, row.readings, row.state) == (60.5, 3, "inside")
    assert (row.lsl, row.usl) == (57.0, 63.0)


@pytest.mark.parametrize(("station", "name", "value", "state"), [
    ("roll", "thickness_um", 63.0, "inside"), ("roll", "thickness_um", 63.01, "outside"),
    ("roll", "thickness_um", 56.0, "outside"), ("sublimation", "loading_mg_cm2", 9.0, "inside"),
    ("sublimation", "loading_mg_cm2", 0.05, "outside"), ("sublimation", "exposure_s", 1.0, "none"),
    ("wind", "thickness_um", 90.0, "none"),
])  # fmt: skip
def test_a_value_is_inside_outside_or_has_no_specification(
    station: str, name: str, value: float, state: str
) -> None:
    assert summarised(rows((station, name, value)), PLAN)["state"].tolist() == [state]


def test_one_position_outside_is_outside_though_the_mean_is_not() -> None:
    table = summarised(rows(("roll", "thickness_um", 60.0), ("roll", "thickness_um", 64.0)), PLAN)
    assert table["state"].tolist() == ["outside"]


def test_values_stand_in_order_of_time() -> None:
    table = summarised(
        rows(("sublimation", "exposure_s", 40.0), ("roll", "thickness_um", 60.0)), PLAN
    )
    assert table["station"].tolist() == ["sublimation", "roll"]


def test_bad_readings_and_no_readings_are_an_empty_table() -> None:
    bad = summarised(rows(("roll", "thickness_um", 60.0), quality="bad"), reference_plan())
    assert list(bad.columns) == list(ALONG_COLUMNS)
    assert len(bad) == 0
