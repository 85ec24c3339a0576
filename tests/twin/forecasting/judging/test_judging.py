"""What was told beside what happened: by hand, kept, and a campaign in short form."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError, StoreError
from process_models.scoring import Pit
from twin.forecast import Site
from twin.forecasting.interval import QUANTILES, interval_of
from twin.forecasting.judging import (
    Told,
    judged,
    keep_told,
    kept_told,
    learned_recalibrations,
    told_of,
    verdict,
)
from twin.forecasting.judging.baselines import Boosted, climatology, exponential_smoothing
from twin.forecasting.judging.campaign import judge_plant, plant_tables, times_of
from twin.forecasting.known import Known
from twin.forecasting.result import FinishTime, Forecast, LineForecast, LotForecast
from twin.monitoring.lots import Lot

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
UNIFORM = tuple(QUANTILES)


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def lot(name: str, hours: float, share: float, state: str = "finished") -> Lot:
    return Lot(name, state, "inspect", NOON, at(hours), share, share >= 0.9, "")  # type: ignore[arg-type]


def told(quantity: str, quantiles: tuple[float, ...], key: str = "A", **options: Any) -> Told:
    made = {"made_at": NOON, "until": None, "station": "roll", **options}
    return Told(quantity, key, quantiles=quantiles, **made)


def test_a_finish_is_judged_in_seconds() -> None:
    hours = tuple(3600.0 * one for one in np.linspace(1, 3, 40))
    found = judged([told("finish", hours)], [lot("A", 2.0, 1.0)], at(9))
    assert found[0].observed == 7200.0
    assert found[0].pit.middle == pytest.approx(0.5, abs=0.02)
    assert found[0].crps < 1000


def test_a_period_counts_lots_good_ones_and_sheets() -> None:
    lots = [lot("A", 1, 1.0), lot("B", 2, 0.5), lot("C", 9, 1.0), lot("D", 2, 0.0, "scrapped")]
    names = ("finished_lots_shift", "good_lots_shift", "good_sheets_shift")
    asked = [told(name, UNIFORM, "shift", until=at(8)) for name in names]
    found = judged(asked, lots, at(24), sheets=20)
    assert [one.observed for one in found] == [2.0, 1.0, 30.0]
    assert judged(asked, lots, at(7)) == []


def test_a_chance_is_judged_by_its_square() -> None:
    found = judged([told("conforming", (0.8,))], [lot("A", 1, 1.0)], at(9))
    assert found[0].crps == pytest.approx(0.04)
    assert (found[0].pit.low, found[0].pit.high) == pytest.approx((0.2, 1.0))


def test_lots_that_are_not_done_are_not_judged() -> None:
    asked = [told("finish", UNIFORM, name) for name in ("A", "B", "C")]
    lots = [lot("A", 1, 1.0, "in_process"), lot("B", 1, 1.0, "scrapped")]
    assert judged(asked, lots, at(9)) == []


def test_a_verdict_by_hand() -> None:
    """Two of four forecasts below everything, two in the middle: half of the 90 % ones held."""
    asked = [told("finish", UNIFORM, "A", made_at=at(-n)) for n in range(4)]
    cases = judged(asked, [lot("A", 1, 1.0)], at(99))
    outside, inside = Pit(0.0, 0.001), Pit(0.5, 0.51)
    cases = [
        replace(one, pit=pit, crps=2.0)
        for one, pit in zip(cases, (outside, outside, inside, inside), strict=True)
    ]
    found = verdict(cases, {"last month": {0: 4.0, 1: 4.0}, "ETS": {}}).find("finish")
    assert found is not None
    assert found.coverage[0.9] == pytest.approx(0.5)
    assert (found.n, found.forecasts) == (4, 4)
    assert found.skill == pytest.approx(0.5)
    assert found.coverage_sd == pytest.approx(0.25)
    assert verdict([]).find("finish") is None


def forecast() -> Forecast:
    draws = np.linspace(0.0, 7200.0, 200)
    finish = FinishTime(at(1), at(0), at(2), 0.9, interval_of(draws, 0.9).quantiles)
    share = interval_of(np.array([1.0] * 90 + [0.0] * 10), 0.9)
    lots = tuple(
        LotForecast(name, "roll", "queued", finish, share, 0.9, 0.0, None, (), decided=decided)
        for name, decided in (("A", False), ("B", True))
    )
    nothing = interval_of(np.array([1.0]), 0.9)
    line = LineForecast(nothing, None, None, nothing)
    return Forecast(NOON, 8.0, 0.9, 100, 0, lots, line, (), "simulated", {})


def test_what_is_told_leaves_out_what_is_known() -> None:
    found = [(one.quantity, one.key) for one in told_of(forecast())]
    assert ("lot_yield", "A") in found
    assert ("lot_yield", "B") not in found
    assert ("finish", "B") in found


def test_what_was_told_is_kept_and_read_again(tmp_path: Path) -> None:
    path = keep_told(tmp_path, forecast())
    again = kept_told(tmp_path)
    assert [(one.quantity, one.key, one.made_at) for one in again] == [
        (one.quantity, one.key, one.made_at) for one in told_of(forecast())
    ]
    assert kept_told(tmp_path, since=at(1)) == []
    path.write_bytes(gzip.compress(b"[{]"))
    with pytest.raises(StoreError, match="is no kept forecast"):
        kept_told(tmp_path)


def test_quantiles_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match="must be 1 or 40"):
        told("finish", (1.0, 2.0))
    with pytest.raises(InputError, match="must not fall"):
        told("finish", tuple(reversed(UNIFORM)))


def test_later_forecasts_learn_from_earlier_ones_only() -> None:
    asked = [told("lot_yield", UNIFORM, "A", made_at=at(n)) for n in range(20)]
    cases = judged(asked, [lot("A", 30, 0.99)], at(99))
    assert learned_recalibrations(cases, at(5)) == {}
    found = learned_recalibrations(cases, at(30))["lot_yield"]
    assert found.forecasts == 20
    assert found.levels([0.5])[0] > 0.6


def test_last_month_is_what_had_ended_by_then() -> None:
    asked = [told("finish", UNIFORM, f"L{n}", made_at=at(n)) for n in range(30)]
    lots = [lot(f"L{n}", n + 1.0, 1.0) for n in range(30)]
    cases = judged(asked, lots, at(999))
    found = climatology(cases)
    assert min(found) >= 10
    assert all(score == pytest.approx(0.0) for score in found.values())


def test_ets_follows_a_level_and_sums_days() -> None:
    """30 days around 100, sd 5, seed 1: a week is about 700."""
    series = 100 + 5 * np.random.default_rng(1).standard_normal(30)
    week = exponential_smoothing(series.tolist(), 7)
    assert week.mean() == pytest.approx(700, rel=0.03)
    assert exponential_smoothing([3.0] * 12, 2).tolist() == [6.0] * 400
    with pytest.raises(InputError, match="at least 10"):
        exponential_smoothing([1.0], 1)


def test_boosting_learns_what_depends_on_its_inputs() -> None:
    """y = 10 x + noise, 600 cases, seed 2; an input that never varies is left out."""
    rng = np.random.default_rng(2)
    x = np.column_stack([rng.random(600), np.ones(600), np.full(600, np.nan)])
    y = 10 * x[:, 0] + 0.2 * rng.standard_normal(600)
    found = Boosted(x, y).predict(np.array([[0.2, 1.0, np.nan], [0.8, 1.0, np.nan]]))
    assert found.shape == (2, 40)
    assert np.median(found[0]) == pytest.approx(2.0, abs=0.5)
    assert np.median(found[1]) == pytest.approx(8.0, abs=0.5)
    assert np.all(np.diff(found, axis=1) >= 0)
    with pytest.raises(InputError, match="at least 100"):
        Boosted(x[:50], y[:50])


def narrowed(known: Known) -> Known:
    """The control: a twin that takes every service for a third shorter than it is."""
    fits = {
        name: replace(
            fit,
            service=replace(fit.service, theta=(fit.service.theta[0] - 0.4, fit.service.theta[1])),
        )
        for name, fit in known.calibration.stations.items()
    }
    return replace(known, calibration=replace(known.calibration, stations=fits))


@pytest.mark.soak
@pytest.mark.parametrize("broken", [False, True])
def test_a_campaign_of_plants_nobody_knows(
    plant_days: Any, rounds: Callable[[int, int], int], *, broken: bool
) -> None:
    """Plants 301 and on: 90 % intervals of finish and yield hold, a broken twin's do not.

    0.85 to 0.95 over twenty plants; the three forecasts of the short form share few fates, so 0.6.
    """
    site = Site(plant_days.line, plant_days.recipe, plant_days.plan)
    cases = []
    for seed in range(301, 301 + rounds(1, 20)):
        tables = plant_tables(site, seed=seed, days=rounds(4, 57))
        times = times_of(tables, first_day=2.4, every_h=rounds(11, 53))
        cases += judge_plant(
            tables, site, times, replications=300, seed=seed, with_baselines=False,
            change=narrowed if broken else None,
        ).judged
    found = verdict(cases)
    finish = found.find("finish")
    assert finish is not None
    if broken:
        assert finish.coverage[0.9] < 0.5
        return
    lots = found.find("lot_yield")
    assert lots is not None
    least = rounds(60, 85) / 100
    assert least <= finish.coverage[0.9] <= 0.99
    assert least <= lots.coverage[0.9] <= 1.0
