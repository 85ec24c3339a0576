"""Gauges on a line whose events are written by hand, so that every reading can be accounted for."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from process_models.physics import ProcessParameters, ProcessSettings
from twin.measuring import (
    MEASURED_AT,
    UNITS,
    CauseSchedule,
    LineMeasuring,
    Reading,
    SpecialCause,
)

HOUR_S = 3600.0
PATH = ("unwind", "polish", "sublimation", "cool", "wind", "roll", "inspect")


def passages(lots: int, every_s: float = 600.0) -> pd.DataFrame:
    """Lots that pass one station every ten minutes, one behind the other."""
    rows = [
        ((lot + place) * every_s, "finish", f"L{lot + 1:05d}", station, "")
        for lot in range(lots)
        for place, station in enumerate(PATH)
    ]
    rows += [
        ((lot + 6) * every_s, "depart", f"L{lot + 1:05d}", "inspect", "") for lot in range(lots)
    ]
    columns = ["time_s", "event", "lot", "station", "parent_lot"]
    return pd.DataFrame(rows, columns=columns).sort_values("time_s", kind="stable")


def measured(
    events: pd.DataFrame, *causes: SpecialCause, cuts_s: tuple[float, ...] = (), seed: int = 7,
    until_s: float = 1e9,
) -> list[Reading]:
    measuring = LineMeasuring(
        ProcessSettings(), ProcessParameters(), CauseSchedule(causes), seed=seed
    )
    readings: list[Reading] = []
    for low, high in pairwise((-1.0, *cuts_s, until_s)):
        inside = (events["time_s"] > low) & (events["time_s"] <= high)
        readings += measuring.measure(events[inside], high)
    return readings


def values(readings: list[Reading], characteristic: str) -> np.ndarray:
    return np.array([one.value for one in readings if one.characteristic == characteristic])


def test_every_characteristic_is_read_where_the_contract_says() -> None:
    readings = measured(passages(11))
    read = {(one.station, one.characteristic) for one in readings}
    assert read == {
        (station, name)
        for station, names in MEASURED_AT.items() if station != "cell_test"
        for name in names
    }
    assert {one.unit for one in readings} <= set(UNITS.values())


def test_a_lot_gives_one_reading_each_and_five_of_thickness_at_its_station() -> None:
    readings = [one for one in measured(passages(3)) if one.lot_id == "L00002"]
    assert [one.time_s for one in readings if one.station == "roll"] == [3600.0] * 7
    sheet = [one for one in readings if one.characteristic == "thickness_um"]
    assert [(one.position, one.subgroup) for one in sheet] == [(p, "L00002/1") for p in range(1, 6)]
    assert len(readings) == 1 + 6 + 3 + 2 + 5


def test_capacity_is_read_on_every_fifth_lot() -> None:
    readings = measured(passages(11))
    lots = [one.lot_id for one in readings if one.characteristic == "areal_capacity_mah_cm2"]
    assert lots == ["L00001", "L00006", "L00011"]


def test_readings_do_not_depend_on_where_the_chunks_are_cut() -> None:
    events = passages(40)
    assert measured(events, cuts_s=(600.0, 4242.0, 9000.0)) == measured(events)


def test_the_same_seed_gives_the_same_and_another_seed_another_line() -> None:
    events = passages(5)
    assert measured(events) == measured(events)
    assert measured(events) != measured(events, seed=8)


def test_usual_lots_vary_as_much_as_assumed() -> None:
    """400 lots, seed 7: means within four standard errors, sds within 15 %."""
    readings = measured(passages(400))
    expected = {
        "foil_thickness_um": (100.0, 2.0), "chamber_temperature_c": (178.0, 0.5),
        "exposure_s": (40.0, 0.3), "h2o_ppm": (0.05, 0.0063), "roll_temperature_c": (25.0, 0.4),
    }
    for name, (mean, sd) in expected.items():
        seen = values(readings, name)
        assert np.mean(seen) == pytest.approx(mean, abs=max(4.5 * sd / 20, 0.25 * sd))
        assert np.std(seen) == pytest.approx(sd, rel=0.15)
    assert np.mean(values(readings, "thickness_um")) == pytest.approx(60.0, abs=0.5)


@pytest.mark.parametrize(
    ("cause", "size", "characteristic", "shift"),
    [
        ("hot_chamber", 3.0, "chamber_temperature_c", 3.0),
        ("vapour_depletion", 0.3, "loading_mg_cm2", -0.15 * 0.25),
        ("glovebox_moisture", 0.4, "h2o_ppm", 0.2),
        ("foil_lot", 0.08, "foil_thickness_um", 8.0),
        ("roll_temperature", 10.0, "roll_temperature_c", 10.0),
        ("gauge_drift", 6.0, "thickness_um", 3.0),
        ("winding_tension", -0.2, "winding_tension_n", -0.4),
    ],
)
def test_a_cause_moves_what_it_shows_in(
    cause: str, size: float, characteristic: str, shift: float
) -> None:
    """Same seed with and without: the difference is the cause alone (a ramp at half its size)."""
    events = passages(60)
    end_s = float(events["time_s"].max()) + 1.0
    usual = values(measured(events), characteristic)
    moved = values(measured(events, SpecialCause(cause, 0.0, end_s, size)), characteristic)
    assert np.mean(moved - usual) == pytest.approx(shift, rel=0.2)


def test_roll_wear_makes_sheets_thicker_and_leaves_the_foil_alone() -> None:
    events = passages(60)
    worn = measured(events, SpecialCause("roll_wear", 0.0, 50_000.0, 8.0))
    usual = measured(events)
    assert np.mean(values(worn, "thickness_um") - values(usual, "thickness_um")) > 0.9
    assert (values(worn, "foil_thickness_um") == values(usual, "foil_thickness_um")).all()


def coupon(start_h: float, finish_h: float) -> pd.DataFrame:
    """One lot up to inspection, its coupon on a channel from `start_h` to `finish_h`."""
    lot = passages(1)
    last = float(lot["time_s"].max())
    rows = [
        (last, "split", "L00001-T1", "inspect", "L00001"),
        (start_h * HOUR_S, "start", "L00001-T1", "cell_test", ""),
        (finish_h * HOUR_S, "finish", "L00001-T1", "cell_test", ""),
    ]
    return pd.concat([lot, pd.DataFrame(rows, columns=lot.columns)], ignore_index=True)


def cell_readings(events: pd.DataFrame) -> dict[str, Reading]:
    return {one.characteristic: one for one in measured(events) if one.station == "cell_test"}


def test_a_life_that_outlasts_its_channel_is_right_censored() -> None:
    read = cell_readings(coupon(2.0, 302.0))
    assert read["asr_ohm_cm2"].time_s == 4 * HOUR_S
    steps = round(read["ccd_ma_cm2"].value / 0.1)
    assert read["ccd_ma_cm2"].time_s == pytest.approx((2 + 2 * steps) * HOUR_S)
    life = read["life_h"]
    assert (life.value, life.censoring, life.time_s) == (300.0, "right", 302 * HOUR_S)


def test_a_life_that_ends_on_its_channel_is_exact_and_known_when_it_ends() -> None:
    life = cell_readings(coupon(2.0, 1e5))["life_h"]
    assert life.censoring == "exact"
    assert life.time_s == pytest.approx((2 + life.value) * HOUR_S, rel=1e-4)


def test_cell_results_are_not_handed_out_before_their_time() -> None:
    readings = measured(coupon(2.0, 302.0), until_s=3 * HOUR_S)
    assert not [one for one in readings if one.station == "cell_test"]
