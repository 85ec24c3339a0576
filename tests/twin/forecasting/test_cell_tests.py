"""Cells of lots in process, tests that run, and results that arrive weeks later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from process_models.physics import PRIORS
from process_models.quality import FitRecord, QualityModel
from twin.calibration.cells import cell_results, folded_model
from twin.forecast import Forecast, forecast
from twin.forecasting.history import History
from twin.measurement import Event, Measurement
from twin.recipe import Recipe
from twin.settings import Settings
from twin.store import Store

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
RECIPE = Recipe(name="LACSS 40 s")


@pytest.fixture(scope="module")
def model() -> QualityModel:
    """A quality model that has seen nothing: 400 draws from the priors."""
    rng = np.random.default_rng(0)
    draws = {
        name: np.asarray(prior.value(rng.standard_normal(400))) for name, prior in PRIORS.items()
    }
    record = FitRecord(
        evidence_rows=0, evidence_sha256="", seed=0, draws=400, warmup=0, r_hat_max=1.0,
        ess_min=400.0, divergences=0, longest_life_h=700.0,
        spans={"sublimation_time_s": (0.0, 60.0)}, prior_share={"sublimation_time_s": 1.0},
    )  # fmt: skip
    return QualityModel(draws, record)


@pytest.fixture(scope="module")
def told(plant_days: Any, model: QualityModel) -> Forecast:
    return forecast(
        plant_days.store, plant_days.line, plant_days.recipe, plant_days.plan, model,
        as_of=plant_days.start + timedelta(hours=55), horizon_h=24.0, replications=200,
    )


def test_lots_in_process_have_chances_of_their_cells(told: Forecast) -> None:
    for lot in told.lots:
        assert lot.cells is not None
        assert 0 <= (lot.cells.ccd or 0) <= 1
        assert list(lot.cells.ccd_ma_cm2) == sorted(lot.cells.ccd_ma_cm2)
        assert lot.with_cells is not None
        assert lot.yield_ is not None
        assert lot.with_cells.mean <= lot.yield_.mean + 1e-9


def test_running_and_coming_tests_have_survival_forecasts(told: Forecast) -> None:
    """One lot of 25 gives a coupon: some run after two days; of 20 lots inside about one will."""
    running = [one for one in told.cell_tests if one.state == "running"]
    coming = [one for one in told.cell_tests if one.state == "future"]
    assert len(running) >= 4
    assert 0.5 < sum(one.probability for one in coming) < 2
    for one in told.cell_tests:
        chances = [share for _, share in one.survival]
        assert chances == sorted(chances, reverse=True)
        assert all(hours > one.alive_h for hours, _ in one.survival)
    assert any(one.alive_h > 10 for one in running)
    assert told.to_dict()["cell_tests"][0]["coupon"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as opened:
        yield opened


def result(store: Store, characteristic: str, value: float, *, hours: float, right: bool) -> None:
    at = START + timedelta(hours=hours)
    store.add_events([
        Event(occurred_at=START, station="inspect", event="split", lot_id="L1-T1",
              parent_lot_id="L1"),
    ])  # fmt: skip
    store.add_measurements([
        Measurement(
            measured_at=at, lot_id="L1-T1", station="cell_test", characteristic=characteristic,
            value=value, unit={"life_h": "h"}.get(characteristic, "mA/cm2"),
            censoring="right" if right else "exact", received_at=at,
        )
    ])


def test_results_find_their_lots_when_they_are_known(store: Store) -> None:
    result(store, "life_h", 520.0, hours=600, right=True)
    assert cell_results(store, START + timedelta(hours=599)) == []
    found = cell_results(store, START + timedelta(hours=601))
    assert [(one.lot_id, one.value, one.censored) for one in found] == [("L1", 520.0, True)]


@pytest.mark.parametrize(("ccd", "higher"), [(1.0, False), (3.4, True)])
def test_a_result_moves_the_model_its_way(
    store: Store, model: QualityModel, ccd: float, *, higher: bool
) -> None:
    before = model.predict(
        sublimation_time_s=40, rolling_pressure_mpa=36, thickness_um=60
    ).ccd_ma_cm2.median
    result(store, "ccd_ma_cm2", ccd, hours=90, right=False)
    found = folded_model(model, store, RECIPE, History({}), START + timedelta(hours=99))
    after = found.model.predict(
        sublimation_time_s=40, rolling_pressure_mpa=36, thickness_um=60
    ).ccd_ma_cm2.median
    assert before is not None
    assert after is not None
    assert (after > before) is higher
    assert found.results == 1
    assert 0 < found.effective < 400


def test_without_results_the_model_stays(store: Store, model: QualityModel) -> None:
    found = folded_model(model, store, RECIPE, History({}), START)
    assert found.model is model
    assert found.message == ""
    assert not found.refit
