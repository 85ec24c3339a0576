"""Wear, fill and warmth of the stations, by hand; the lot feels what the line's events say."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.physics import ProcessParameters, ProcessSettings
from twin.distributions import Deterministic
from twin.line import Arrivals, Condition, LineModel, Maintenance, Mix, StationModel
from twin.measuring import CauseSchedule, Gauge, LineMeasuring, ProcessVariation, Reading
from twin.measuring.lot_truth import Truths
from twin.measuring.of_run import measurements
from twin.measuring.upkeep import Upkeep, conditions_of
from twin.measuring.variation import Variation
from twin.measuring.warmth import Warmth
from twin.recipe import Recipe
from twin.simulation import LineSimulation

STILL = {
    "foil_thickness_sd_share": 0.0, "chamber_temperature_sd_k": 0.0, "exposure_sd_s": 0.0,
    "h2o_sd_ppm": 0.0, "o2_sd_ppm": 0.0, "winding_tension_sd_share": 0.0, "flow_stress_sd_ln": 0.0,
    "rolling_pressure_sd_share": 0.0, "roll_temperature_sd_k": 0.0, "sheet_sd_um": 0.0,
}  # fmt: skip
"""Nothing varies but what a test lets vary."""


def truths(maintained: tuple[str, ...] = (), **given: Any) -> Truths:
    process = ProcessVariation(**{**STILL, **given})
    return Truths(ProcessSettings(), Variation(1, process), CauseSchedule(), maintained)


def test_vapour_goes_with_every_lot_and_comes_back_with_the_refill() -> None:
    plant = truths(vapour_depletion_share_per_lot=0.1, vapour_refill_lots=3)
    for lot in range(5):
        plant.pass_station("sublimation", str(lot), 0.0)
    left = [plant.of(str(lot)).vapour_g_l / 3.6 for lot in range(5)]
    assert left == pytest.approx([1.0, 0.9, 0.8, 1.0, 0.9])


def test_a_maintenance_of_the_line_refills_and_nothing_else_does() -> None:
    plant = truths(("sublimation",), vapour_depletion_share_per_lot=0.1, vapour_refill_lots=3)
    for lot in range(7):
        if lot == 5:
            plant.maintain("sublimation", "new lamp", 1)
        if lot == 6:
            plant.maintain("sublimation", "precursor refill", 1)
        plant.pass_station("sublimation", str(lot), 0.0)
    left = [plant.of(str(lot)).vapour_g_l / 3.6 for lot in range(7)]
    assert left == pytest.approx([1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 1.0])


def test_a_chamber_is_never_quite_empty() -> None:
    plant = truths(("sublimation",), vapour_depletion_share_per_lot=0.5)
    for lot in range(4):
        plant.pass_station("sublimation", str(lot), 0.0)
    assert plant.of("3").vapour_g_l == pytest.approx(0.05 * 3.6)


def test_each_server_wears_by_itself_and_a_station_is_maintained_whole() -> None:
    plant = truths(("roll",), roll_wear_um_per_pass=1.0)
    for lot, server in enumerate([1, 1, 2, 1]):
        plant.pass_station("roll", str(lot), 0.0, server)
    assert [plant.of(str(lot)).roll_gap_shift_um for lot in range(4)] == [0.0, 1.0, 0.0, 2.0]
    plant.maintain("roll", "anything", 2)
    plant.pass_station("roll", "a", 0.0, 1)
    plant.pass_station("roll", "b", 0.0, 2)
    assert (plant.of("a").roll_gap_shift_um, plant.of("b").roll_gap_shift_um) == (3.0, 0.0)
    plant.maintain("roll", "anything", 0)
    plant.pass_station("roll", "c", 0.0, 1)
    assert plant.of("c").roll_gap_shift_um == 0.0


def test_what_the_line_says_of_itself_counts_instead() -> None:
    plant = truths(roll_wear_um_per_pass=1.0)
    plant.pass_station("roll", "a", 0.0, condition=7.5)
    plant.pass_station("sublimation", "a", 0.0, condition=0.25)
    assert plant.of("a").roll_gap_shift_um == 7.5
    assert plant.of("a").vapour_g_l == pytest.approx(0.75 * 3.6)


def test_rolls_grow_while_they_work() -> None:
    plant = truths(roll_wear_um_per_pass=0.0, roll_growth_um=2.0, roll_warm_up_s=600.0)
    for lot in range(3):
        plant.pass_station("roll", str(lot), 600.0 * lot)
    grown = [-plant.of(str(lot)).roll_gap_shift_um for lot in range(3)]
    assert grown == pytest.approx([0.0, 2 * (1 - np.exp(-1)), 2 * (1 - np.exp(-2))])


def test_moisture_rises_until_the_purifier_is_regenerated() -> None:
    plant = truths(moisture_ramp_ppm_h=0.1, moisture_regeneration_h=10.0, o2_moisture_share=0.5)
    for hour in (0, 4, 12):
        plant.pass_station("sublimation", str(hour), 3600.0 * hour)
    wet = [plant.of(str(hour)).h2o_ppm - plant.of("0").h2o_ppm for hour in (4, 12)]
    oxygen = [plant.of(str(hour)).o2_ppm - plant.of("0").o2_ppm for hour in (4, 12)]
    assert wet == pytest.approx([0.4, 0.2])
    assert oxygen == pytest.approx([0.2, 0.1])


@given(st.lists(st.floats(0.0, 1e5), max_size=30), st.floats(1.0, 1e5))
def test_warmth_stays_between_cold_and_warm(pauses: list[float], constant: float) -> None:
    rolls = Warmth(constant)
    assert all(0.0 <= rolls.after_pass(float(at)) <= 1.0 for at in np.cumsum(pauses))


@given(st.lists(st.integers(1, 3), max_size=60), st.integers(1, 9))
def test_use_is_lots_of_that_server_since_its_renewal(servers: list[int], life: int) -> None:
    station = Upkeep("roll", life)
    assert [station.use(server) for server in servers] == [
        servers[:place].count(server) % life for place, server in enumerate(servers)
    ]


def passages(lots: int, *extra: tuple[Any, ...]) -> pd.DataFrame:
    """Lots that are wound and rolled every ten minutes, with more events in between."""
    rows = [(600.0 * lot, "finish", f"L{lot}", "roll", "", 1, "") for lot in range(lots)]
    columns = ["time_s", "event", "lot", "station", "parent_lot", "server", "detail"]
    return pd.DataFrame([*rows, *extra], columns=columns).sort_values("time_s", kind="stable")


def thickness(readings: list[Reading]) -> np.ndarray:
    values = [one.value for one in readings if one.characteristic == "thickness_um"]
    return np.array(values).reshape(-1, 5)


def measured(events: pd.DataFrame, **given: Any) -> list[Reading]:
    gauges = {"thickness_um": Gauge("laser-9", 0.0, 0.0, 0.0)}
    process = ProcessVariation(**{**STILL, "gauges": gauges, **given})
    measuring = LineMeasuring(
        ProcessSettings(), ProcessParameters(), CauseSchedule(), seed=1, process=process,
        maintained=("roll",),
    )  # fmt: skip
    return measuring.measure(events, 1e9)


def test_sheets_grow_thicker_until_the_roll_is_ground() -> None:
    """Nothing but wear: each pass adds the same, and the regrind takes all of it back."""
    regrind = (1750.0, "maintenance_end", "", "roll", "", 1, "regrind")
    means = thickness(measured(passages(6, regrind), roll_wear_um_per_pass=1.0)).mean(axis=1)
    assert means[:3] == pytest.approx(means[3:], abs=1e-9)
    assert np.all(np.diff(means[:3]) > 0.1)


def test_a_crown_and_a_known_bias_stand_in_every_sheet() -> None:
    crown = (0.0, 1.0, 2.0, 1.0, 0.0)
    gauges = {"thickness_um": Gauge("laser-9", 0.0, 0.5, 0.0, bias=3.0)}
    flat = thickness(measured(passages(2), sheet_crown_um=(0.0,) * 5))
    shown = measured(passages(2), sheet_crown_um=crown, gauges=gauges)
    assert thickness(shown) - flat == pytest.approx(np.tile(np.array(crown) + 3.0, (2, 1)))
    assert {one.gauge for one in shown if one.characteristic == "thickness_um"} == {"laser-9"}


def test_capacity_is_read_as_often_as_asked() -> None:
    rows = passages(7).assign(station="inspect")
    every = measured(rows, capacity_every_lots=3)
    assert [one.lot_id for one in every] == ["L0", "L3", "L6"]


def test_a_known_bias_leaves_the_other_biases_as_they_were() -> None:
    usual = Variation(5).bias
    known = Variation(5, ProcessVariation(gauges={"h2o_ppm": Gauge("h", 0.1, bias=0.7)})).bias
    assert known.pop("h2o_ppm") == 0.7
    usual.pop("h2o_ppm")
    assert known == usual


LINE = LineModel(
    "x", Arrivals("saturated"),
    (
        StationModel("sublimation", Deterministic(60)),
        StationModel(
            "roll", Deterministic(60),
            condition=Condition("roll_gap_shift_um", Deterministic(0.5)),
            maintenance=(Maintenance("regrind", Deterministic(30), every_lots=4),),
        ),
        StationModel("inspect", Deterministic(30)),
    ),
)  # fmt: skip


def test_a_run_reads_what_its_own_conditions_and_maintenance_make_of_the_lots() -> None:
    """The gap opens 0.5 um a lot and is as new after every fourth: a sawtooth in thickness."""
    simulation = LineSimulation(LINE, seed=1)
    simulation.run(lots=8)
    gap = conditions_of(simulation.records, LINE)
    assert [gap[key] for key in sorted(gap)] == [0.0, 0.5, 1.0, 1.5] * 2
    assert {(lot, station) for lot, station, _ in gap} == {
        (f"L0000{n}", "roll") for n in range(1, 9)
    }
    process = ProcessVariation(
        **STILL, gauges={"thickness_um": Gauge("laser-9", 0.0)}, roll_wear_um_per_pass=9.0,
        vapour_depletion_share_per_lot=0.0,
    )  # fmt: skip
    line = LineModel("x", LINE.arrivals, LINE.stations, process=process)
    table = measurements(simulation.records, line, ProcessSettings(), seed=1)
    means = table[table["characteristic"] == "thickness_um"].groupby("lot_id")["value"].mean()
    assert means.to_numpy()[:4] == pytest.approx(means.to_numpy()[4:])
    assert np.all(np.diff(means.to_numpy()[:4]) > 0)


def test_measurements_of_a_run_are_a_table_that_can_be_imported() -> None:
    simulation = LineSimulation(LINE, seed=2)
    simulation.run(lots=6)
    table = measurements(simulation.records, LINE, ProcessSettings(), seed=3)
    assert set(table["provenance"]) == {"simulated"}
    assert table["measured_at"].is_monotonic_increasing
    assert str(table["measured_at"].dtype).endswith("UTC]")
    assert table["sequence"].tolist() == list(range(1, len(table) + 1))
    again = measurements(simulation.records, LINE, ProcessSettings(), seed=3)
    pd.testing.assert_frame_equal(table, again)


def test_a_condition_of_another_name_leaves_the_lot_alone() -> None:
    other = Condition("vibration_mm_s", Deterministic(0.5))
    line = LineModel(
        "x", Arrivals("saturated"), (StationModel("roll", Deterministic(60), condition=other),)
    )
    simulation = LineSimulation(line, seed=1)
    simulation.run(lots=3)
    assert conditions_of(simulation.records, line) == {}


def test_lots_of_a_mix_are_made_by_their_own_recipes() -> None:
    """Two recipes in turn, nothing else varies: exposures and thickness alternate exactly."""
    recipes = (Recipe(name="A"), Recipe(name="B", sublimation_time_s=60.0, thickness_um=70.0))
    gauges = {"thickness_um": Gauge("laser-9", 0.0), "exposure_s": Gauge("timer-9", 0.0)}
    line = LineModel(
        "x", LINE.arrivals, LINE.stations, mix=Mix(recipes, order=(0, 1)),
        process=ProcessVariation(
            **STILL, gauges=gauges, roll_wear_um_per_pass=0.0, vapour_depletion_share_per_lot=0.0
        ),
    )  # fmt: skip
    simulation = LineSimulation(line, seed=1)
    simulation.run(lots=4)
    table = measurements(simulation.records, line, seed=1)
    by_lot = table.groupby(["characteristic", "lot_id"])["value"].mean()
    assert by_lot["exposure_s"].tolist() == [40.0, 60.0, 40.0, 60.0]
    thick = by_lot["thickness_um"].to_numpy()
    assert thick[1] - thick[0] > 5


@pytest.mark.parametrize("cuts_s", [(900.0,), (600.0, 1750.0, 1800.0, 2400.0)])
def test_maintenance_counts_the_same_wherever_the_events_are_cut(cuts_s: tuple[float, ...]) -> None:
    regrind = (1750.0, "maintenance_end", "", "roll", "", 1, "regrind")
    events = passages(6, regrind)
    process = ProcessVariation(roll_wear_um_per_pass=1.0)

    def measuring() -> LineMeasuring:
        return LineMeasuring(
            ProcessSettings(), ProcessParameters(), CauseSchedule(), seed=4, process=process,
            maintained=("roll",),
        )  # fmt: skip

    whole, pieces = measuring().measure(events, 1e9), measuring()
    cut = []
    for low, high in pairwise((-1.0, *cuts_s, 1e9)):
        inside = (events["time_s"] > low) & (events["time_s"] <= high)
        cut += pieces.measure(events[inside], high)
    assert cut == whole


def test_a_smaller_spread_of_cells_is_taken_from_the_line() -> None:
    """The same coupons, with and without a spread: without, all cells of a lot are alike."""
    rows = [
        (0.0, "finish", "L0", "roll", "", 1, ""),
        *((9.0, "split", f"T{n}", "inspect", "L0", 1, "") for n in range(4)),
        *((10.0, "start", f"T{n}", "cell_test", "", 1, "") for n in range(4)),
    ]
    columns = ["time_s", "event", "lot", "station", "parent_lot", "server", "detail"]
    events = pd.DataFrame(rows, columns=columns)

    def ccd(spread: float | None) -> set[float]:
        measuring = LineMeasuring(
            ProcessSettings(), ProcessParameters(), CauseSchedule(), seed=2,
            process=ProcessVariation(cell_ccd_sd_ln=spread),
        )  # fmt: skip
        found = measuring.measure(events, 1e9)
        return {one.value for one in found if one.characteristic == "ccd_ma_cm2"}

    assert len(ccd(0.0)) == 1
    assert len(ccd(None)) > 1


@pytest.mark.parametrize(("key", "value", "characteristic", "sd"), [
    ("foil_thickness_sd_share", 0.05, "foil_thickness_um", 5.0),
    ("chamber_temperature_sd_k", 0.9, "chamber_temperature_c", 0.9),
    ("exposure_sd_s", 1.5, "exposure_s", 1.5),
    ("winding_tension_sd_share", 0.1, "winding_tension_n", 0.2),
    ("roll_temperature_sd_k", 2.0, "roll_temperature_c", 2.0),
])  # fmt: skip
def test_each_spread_of_the_line_file_is_the_spread_of_what_is_read(
    key: str, value: float, characteristic: str, sd: float
) -> None:
    """400 lots, seed 7: the standard deviation within 15 %, which is four of its own errors."""
    stations = ("unwind", "sublimation", "wind", "roll")
    rows = [
        (600.0 * (lot + place), "finish", f"L{lot}", station, "", 1, "")
        for lot in range(400)
        for place, station in enumerate(stations)
    ]
    columns = ["time_s", "event", "lot", "station", "parent_lot", "server", "detail"]
    events = pd.DataFrame(rows, columns=columns).sort_values("time_s", kind="stable")
    process = ProcessVariation(**{**STILL, key: value})
    measuring = LineMeasuring(
        ProcessSettings(), ProcessParameters(), CauseSchedule(), seed=7, process=process
    )
    found = [one.value for one in measuring.measure(events, 1e9)
             if one.characteristic == characteristic]  # fmt: skip
    assert np.std(found) == pytest.approx(sd, rel=0.15)
