"""Yields of lots, with donors made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from twin.forecasting.history import Donors, donors_of, readings_of, specified
from twin.forecasting.lot_yield import LotYields
from twin.monitoring.planned import ControlPlan, PlannedCharacteristic

FOIL = PlannedCharacteristic("foil_thickness_um", "unwind", "um", lsl=90, usl=110)
HEAT = PlannedCharacteristic("chamber_temperature_c", "sublimation", "C", lsl=176.5, usl=179.5)
SHEET = PlannedCharacteristic("thickness_um", "roll", "um", lsl=57, usl=63)
PLANNED = {"unwind": [FOIL], "sublimation": [HEAT], "roll": [SHEET]}
NOWHERE: frozenset[str] = frozenset()
EVERYWHERE = frozenset(PLANNED)


def readings(**lots: dict[str, list[float]]) -> dict[str, dict[tuple[str, str], np.ndarray]]:
    stations = {one.name: one.station for part in PLANNED.values() for one in part}
    return {
        lot: {(name, stations[name]): np.array(values) for name, values in own.items()}
        for lot, own in lots.items()
    }


def usual(n: int = 40) -> dict[str, dict[str, list[float]]]:
    """Lots that are all good, foil and sheet moving together by 0.4."""
    return {
        f"D{k:02d}": {
            "foil_thickness_um": [100.0 + foil],
            "chamber_temperature_c": [178.0 + 0.1 * (k % 3 - 1)],
            "thickness_um": [60.0 + 0.4 * foil] * 5,
        }
        for k in range(n)
        for foil in [float(k % 5 - 2)]
    }


def yields_of(
    lots: dict[str, dict[str, list[float]]], **own: dict[str, list[float]]
) -> tuple[LotYields, dict[str, dict[tuple[str, str], np.ndarray]]]:
    known = readings(**lots, **own)
    donors = {name: donors_of(list(lots), known, part) for name, part in PLANNED.items()}
    return LotYields(donors, PLANNED, draws=400, rng=np.random.default_rng(1)), known


def test_a_lot_that_is_measured_throughout_has_one_yield() -> None:
    own = {
        "foil_thickness_um": [101.0], "chamber_temperature_c": [178.0],
        "thickness_um": [60.0, 61.0, 62.0, 63.5, 64.0],
    }
    yields, known = yields_of(usual(), X=own)
    drawn = yields.of("X", known, EVERYWHERE)
    assert set(drawn.values) == {0.6}
    assert drawn.losses == pytest.approx(
        {"foil_thickness_um": 0.0, "chamber_temperature_c": 0.0, "thickness_um": 0.4}
    )


def test_one_reading_of_the_whole_lot_outside_costs_all_of_it() -> None:
    yields, known = yields_of(usual(), X={"chamber_temperature_c": [180.0]})
    drawn = yields.of("X", known, frozenset({"unwind", "sublimation"}))
    assert set(drawn.values) == {0.0}
    assert max(drawn.losses, key=lambda name: drawn.losses[name]) == "chamber_temperature_c"


def test_good_donors_promise_a_good_lot() -> None:
    yields, known = yields_of(usual())
    assert yields.of("new", known, NOWHERE).values.mean() > 0.99


def test_a_share_of_bad_donors_is_a_share_of_bad_futures() -> None:
    """Every fourth donor was too hot; weights differ little over 40 lots (seed 1, 400 draws)."""
    lots = usual()
    for place, lot in enumerate(lots.values()):
        if place % 4 == 0:
            lot["chamber_temperature_c"] = [181.0]
    yields, known = yields_of(lots)
    drawn = yields.of("new", known, NOWHERE)
    assert 0.65 < drawn.values.mean() < 0.85
    assert drawn.losses["chamber_temperature_c"] == pytest.approx(1 - drawn.values.mean(), abs=0.02)


def test_recent_lots_count_more_than_old_ones() -> None:
    lots = usual(90)
    for lot in list(lots.values())[60:]:
        lot["chamber_temperature_c"] = [181.0]
    yields, known = yields_of(lots)
    assert yields.of("new", known, NOWHERE).values.mean() < 0.6


def test_thick_foil_is_expected_to_make_thick_sheets() -> None:
    """The mill leaves 0.4 of the excess: 108.9 um of foil means 63.6 um, beyond 63."""
    yields, known = yields_of(
        usual(), thick={"foil_thickness_um": [108.9]}, thin={"foil_thickness_um": [99.0]}
    )
    passed = frozenset({"unwind"})
    assert yields.of("thick", known, passed).values.mean() < 0.3
    assert yields.of("thin", known, passed).values.mean() > 0.95


def test_what_was_passed_without_a_reading_counts_as_inside() -> None:
    lots = {name: {"chamber_temperature_c": [181.0]} for name in usual()}
    yields, known = yields_of(lots)
    assert set(yields.of("X", known, EVERYWHERE).values) == {1.0}


def test_without_donors_nothing_is_lost() -> None:
    nobody: dict[str, Donors] = {}
    yields = LotYields(nobody, PLANNED, draws=5, rng=np.random.default_rng(0))
    assert yields.of("X", {}, NOWHERE).values.tolist() == [1.0] * 5


def test_bad_readings_are_left_out() -> None:
    table = pd.DataFrame({
        "lot_id": ["A", "A", "B"], "characteristic": ["thickness_um"] * 3, "station": ["roll"] * 3,
        "value": [60.0, 99.0, 61.0], "quality": ["good", "bad", "uncertain"],
    })
    known = readings_of(table)
    assert {lot: own["thickness_um", "roll"].tolist() for lot, own in known.items()} == {
        "A": [60.0], "B": [61.0],
    }


def test_donors_of_uneven_length_are_filled_with_nothing() -> None:
    known = readings(A={"thickness_um": [60.0, 61.0]}, B={"thickness_um": [62.0]}, C={})
    donors = donors_of(["A", "B", "C"], known, [SHEET])
    values = donors.values["thickness_um", "roll"]
    assert values.shape == (3, 2)
    assert donors.level(("thickness_um", "roll"))[:2].tolist() == [60.5, 62.0]
    assert np.isnan(donors.level(("thickness_um", "roll"))[2])
    assert donors.weights.sum() == pytest.approx(1.0)
    assert donors.weights[2] > donors.weights[1] > donors.weights[0]


def test_one_odd_lot_does_not_widen_the_kernel() -> None:
    calm = readings(**{f"A{k}": {"thickness_um": [60.0 + 0.1 * (k % 5)]} for k in range(30)})
    odd = {**calm, **readings(Z={"thickness_um": [90.0]})}
    key = ("thickness_um", "roll")
    before = donors_of(list(calm), calm, [SHEET]).bandwidth[key]
    after = donors_of(list(odd), odd, [SHEET]).bandwidth[key]
    assert after == pytest.approx(before, rel=0.3)


def test_only_what_has_a_specification_is_forecast() -> None:
    free = PlannedCharacteristic("winding_tension_n", "wind", "N")
    plan = ControlPlan("p", (FOIL, free))
    assert specified(plan, "unwind") == [FOIL]
    assert specified(plan, "wind") == []
