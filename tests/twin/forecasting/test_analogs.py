"""Stretches of the past that began like now, and the yields that follow from them."""

from __future__ import annotations

import numpy as np
import pytest

from twin.forecasting.analogs import STRETCH, donors_of
from twin.forecasting.history import History, Passes, history_of, readings_of, share_inside
from twin.forecasting.lot_yield import Coming, draw_yields
from twin.monitoring.plan import PlannedCharacteristic, reference_plan

CHAMBER = ("chamber_temperature_c", "sublimation")
PLAN = reference_plan()
PLANNED = {"sublimation": [one for one in PLAN.characteristics if one.name == CHAMBER[0]]}


def history(levels: np.ndarray) -> History:
    """One station, a lot every 480 s; lots above 180 C are lost."""
    lots = np.array([f"L{n:05d}" for n in range(len(levels))])
    share = (levels <= 180.0).astype(float)
    passes = Passes(
        lots, np.arange(len(levels)) * 480.0, share, {CHAMBER[0]: share}, {CHAMBER[0]: levels}, {}
    )
    return History({"sublimation": passes})


def spells(n: int = 3_000, seed: int = 1) -> np.ndarray:
    """178 C, and every 150 lots a hot spell of exactly 50."""
    levels = 178.0 + 0.3 * np.random.default_rng(seed).standard_normal(n)
    for start in range(100, n, 150):
        levels[start : start + 50] += 3.5
    return levels


def good_ahead(levels: np.ndarray, lots: int = 120) -> np.ndarray:
    """Share of futures in which each coming lot is good; seed 5."""
    rng = np.random.default_rng(5)
    found = donors_of(history(levels)).stretches(800, lots, rng)
    yields = draw_yields(found, Coming((), {}, lots), {}, PLANNED, rng)
    return np.asarray(yields.values.mean(axis=0))


def test_a_hot_spell_goes_on_for_as_long_as_such_spells_last() -> None:
    """It has lasted 20 of 50 lots: the next ones are lost, those after it has ended are not."""
    good = good_ahead(spells()[: 2_800 + 20])
    assert good[:20].mean() < 0.25
    assert good[45:100].mean() > 0.7


def test_a_quiet_line_stays_good_until_the_next_spell_is_due() -> None:
    """A spell has just ended: 100 good lots follow it."""
    good = good_ahead(spells()[: 2_850 + 5])
    assert good[:10].mean() > 0.92
    assert good[:60].mean() > 0.8


def test_now_matters_and_next_week_does_not() -> None:
    in_spell, quiet = good_ahead(spells()[:2_820], 900), good_ahead(spells()[:2_855], 900)
    assert quiet[:15].mean() - in_spell[:15].mean() > 0.6
    assert abs(quiet[600:].mean() - in_spell[600:].mean()) < 0.12


def test_lots_of_one_future_share_their_fate() -> None:
    """Counts of good lots in a day scatter more than independent lots would."""
    rng = np.random.default_rng(5)
    found = donors_of(history(spells()[:2_855])).stretches(800, 110, rng)
    values = draw_yields(found, Coming((), {}, 110), {}, PLANNED, rng).values
    share = values.mean()
    assert values.sum(axis=1).var() > 3 * 110 * share * (1 - share)


def test_what_was_never_seen_before_repeats_itself_for_a_while() -> None:
    levels = 178.0 + 0.3 * np.random.default_rng(2).standard_normal(900)
    levels[-10:] += 8.0
    found = donors_of(history(levels)).stretches(600, 50, np.random.default_rng(3))
    assert found.likeness < 0.3
    assert np.mean(found.repeated > 10) > 0.4
    usual = donors_of(history(levels[:-10])).stretches(600, 50, np.random.default_rng(3))
    assert usual.likeness > 0.9
    assert not usual.repeated.any() or np.mean(usual.repeated > 0) < 0.1


def test_a_short_past_is_eked_out_by_the_prior() -> None:
    levels = 178.0 + 0.3 * np.random.default_rng(2).standard_normal(120)
    found = donors_of(history(levels)).stretches(500, 600, np.random.default_rng(3))
    assert 0.3 < np.mean(~np.isnan(found.invented[:, 1:])) < 0.8
    assert found.length == 30
    long = donors_of(history(spells())).stretches(500, 600, np.random.default_rng(3))
    assert np.mean(~np.isnan(long.invented[:, 1:])) < 0.1
    assert long.length == STRETCH


def test_nothing_known_is_no_stretch() -> None:
    rng = np.random.default_rng(1)
    found = donors_of(History({})).stretches(10, 5, rng)
    assert found.likeness == 0.0
    assert np.all(draw_yields(found, Coming((), {}, 5), {}, PLANNED, rng).values == 1.0)


def test_a_lot_keeps_what_was_read_of_it() -> None:
    rng = np.random.default_rng(1)
    found = donors_of(history(spells())).stretches(50, 3, rng)
    coming = Coming(("good", "bad"), {"good": frozenset({"sublimation"}),
                                      "bad": frozenset({"sublimation"})}, 1)  # fmt: skip
    readings = {"good": {CHAMBER: np.array([178.0])}, "bad": {CHAMBER: np.array([181.0])}}
    made = draw_yields(found, coming, readings, PLANNED, rng)
    assert np.all(made.values[:, 0] == 1.0)
    assert np.all(made.values[:, 1] == 0.0)
    assert made.losses["bad"] == {CHAMBER[0]: 1.0}
    assert made.decided == {"good", "bad"}


def test_a_thick_foil_makes_a_thick_sheet() -> None:
    """The mill leaves half of it; donors are 100 um and 60 um, the lot's foil is 110 um."""
    rng = np.random.default_rng(4)
    n = 400
    foil = 100 + 2 * rng.standard_normal(n)
    sheet = 60 + 0.5 * (foil - 100) + 0.1 * rng.standard_normal(n)
    lots = np.array([f"L{k:05d}" for k in range(n)])
    one = np.ones(n)
    at = np.arange(n) * 480.0
    known = History({
        "unwind": Passes(lots, at, one, {}, {"foil_thickness_um": foil}, {}),
        "roll": Passes(lots, at, one, {"thickness_um": one}, {"thickness_um": sheet},
                       {"thickness_um": np.repeat(sheet[:, None], 5, axis=1)}),
    })  # fmt: skip
    planned = {"roll": [one for one in PLAN.characteristics if one.name == "thickness_um"]}
    coming = Coming(("thick", "usual"), {"thick": frozenset({"unwind"}),
                                         "usual": frozenset({"unwind"})}, 0)  # fmt: skip
    foils = {"thick": 110.0, "usual": 100.0}
    readings = {lot: {("foil_thickness_um", "unwind"): np.array([v])} for lot, v in foils.items()}
    found = donors_of(known).stretches(300, 2, rng)
    made = draw_yields(found, coming, readings, planned, rng)
    assert made.values[:, 0].mean() < 0.05
    assert made.values[:, 1].mean() > 0.95
    assert made.decided == frozenset()


def test_shares_by_hand() -> None:
    planned = PlannedCharacteristic(
        name="thickness_um", station="roll", unit="um", chart="i_mr", lsl=57.0, usl=63.0
    )
    rows = np.array([[58.0, 64.0, np.nan], [np.nan] * 3, [57.0, 63.0, 60.0]])
    assert share_inside(planned, rows).tolist() == [0.5, 1.0, 1.0]


def test_history_of_a_plant_is_what_its_lots_measured(plant_days: object) -> None:
    events, read = plant_days.store.events(), plant_days.store.measurements()  # type: ignore[attr-defined]
    path = [one.name for one in plant_days.line.path]  # type: ignore[attr-defined]
    found = history_of(events, read, PLAN, path)
    roll = found.stations["roll"]
    lot = str(roll.lot_ids[20])
    own = readings_of(read[read["lot_id"] == lot])[lot]["thickness_um", "roll"]
    np.testing.assert_allclose(roll.values["thickness_um"][20], own)
    assert np.all(np.diff(roll.at_s) >= 0)
    half = found.until(float(roll.at_s[30]))
    assert len(half.stations["roll"].at_s) == 31
    assert found.usual(("thickness_um", "roll"), 0.0) == pytest.approx(60, abs=2)
    assert found.usual(("nothing", "roll"), 7.0) == 7.0
