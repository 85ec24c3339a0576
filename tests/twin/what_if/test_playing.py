"""Two ways on from one state: what differs is due to the change."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from process_models.errors import InputError
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import FitRecord, QualityModel
from process_models.quality.response import constants_from_normal
from twin.cli import build
from twin.forecasting.orders import Order
from twin.recipe import Recipe
from twin.what_if import Maintenance, NewRecipe, Operators, StationOut, WhatIf, what_if
from twin.what_if.result import compared

Play = Callable[..., WhatIf]


@pytest.fixture(scope="module")
def noon(plant_days: Any) -> datetime:
    """The second day at noon."""
    moment: datetime = plant_days.start + timedelta(hours=30)
    return moment


@pytest.fixture(scope="module")
def play(plant_days: Any, noon: datetime) -> Play:
    def run(*changes: Any, **options: Any) -> WhatIf:
        usual = {"horizon_h": 8.0, "replications": 40, "as_of": noon, **options}
        return what_if(
            plant_days.store, plant_days.line, plant_days.recipe, plant_days.plan, changes, **usual
        )

    return run


@pytest.fixture(scope="module")
def believed() -> QualityModel:
    """60 draws of the prior, seed 4."""
    z = np.random.default_rng(4).standard_normal((len(QUALITY_PARAMETERS), 60))
    record = FitRecord(
        evidence_rows=0, evidence_sha256="0", seed=0, draws=60, warmup=1, r_hat_max=1.0,
        ess_min=60.0, divergences=0, longest_life_h=700.0, spans={},
        prior_share={"sublimation_time_s": 0.2, "rolling_pressure_mpa": 1.0, "thickness_um": 1.0},
    )  # fmt: skip
    return QualityModel(constants_from_normal(z), record)


def test_what_happens_after_the_horizon_changes_no_count(play: Play, noon: datetime) -> None:
    later = Maintenance("unwind", noon + timedelta(hours=40), 3600.0)
    made = play(later)
    for name in ("good_lots", "finished_lots", "finish_of_lots_in_process_h"):
        one = made.figure(name)
        assert one.difference.low == one.difference.high == 0.0
        assert one.p_better == 0.5


def test_a_roller_out_costs_lots_and_time(play: Play) -> None:
    made = play(StationOut("roll", 2 * 3600.0))
    lost = made.figure("finished_lots")
    assert -17.0 < lost.difference.mean < -10.0  # the slowest station makes 7.5 lots an hour
    assert lost.mean_high < 0
    assert lost.p_better == 0.0
    late = made.figure("finish_of_lots_in_process_h").difference
    assert 0.5 < late.mean <= 2.1


def test_a_longer_stop_costs_more(play: Play) -> None:
    lost = [
        play(StationOut("roll", hours * 3600.0)).figure("good_lots").difference.mean
        for hours in (0.5, 1.0, 3.0)
    ]
    assert lost == sorted(lost, reverse=True)


def test_the_pair_is_told_apart_where_two_runs_are_not(play: Play) -> None:
    """The paired interval is much narrower than the futures are wide."""
    one = play(StationOut("roll", 1800.0)).figure("finished_lots")
    paired = one.difference.high - one.difference.low
    assert paired < one.base.high - one.base.low
    assert one.mean_high - one.mean_low < paired


def test_the_same_question_has_the_same_answer(play: Play) -> None:
    assert play(StationOut("wind", 3600.0)) == play(StationOut("wind", 3600.0))


def test_fewer_operators_run_on_one_engine_in_both_ways(play: Play) -> None:
    made = play(Operators("operators", -1), replications=4, horizon_h=4.0)
    assert made.engine in ("simpy", "recursion")
    assert abs(made.figure("finished_lots").difference.mean) < 8


def test_another_recipe_shifts_the_deposit_and_the_cells(
    play: Play, believed: QualityModel
) -> None:
    longer = Recipe(name="60 s", sublimation_time_s=60.0)
    made = play(NewRecipe(longer), model=believed)
    loading = made.figure("loading_mg_cm2")
    assert loading.difference.low > 0
    assert loading.p_better == 1.0
    names = {one.figure for one in made.figures}
    assert {"ccd_ma_cm2", "life_h", "good_lots_with_cells"} <= names
    cells, line = made.figure("good_lots_with_cells"), made.figure("good_lots")
    assert cells.base.mean < line.base.mean


def test_without_a_model_it_says_so(play: Play) -> None:
    made = play(NewRecipe(Recipe(name="30 s", sublimation_time_s=30.0)))
    assert "no quality model stored: nothing is said of CCD and life" in made.messages
    assert "ccd_ma_cm2" not in {one.figure for one in made.figures}


def test_orders_are_served_less_often(play: Play, noon: datetime) -> None:
    orders = [
        Order("A", noon + timedelta(hours=4), 200.0),
        Order("B", noon + timedelta(hours=100), 10.0),
    ]
    made = play(StationOut("roll", 3 * 3600.0), orders=orders)
    served = made.figure("order_A_on_time")
    assert served.changed.mean <= served.base.mean
    assert "order_B_on_time" not in {one.figure for one in made.figures}


def test_progress_rises_to_the_end(play: Play) -> None:
    told: list[float] = []
    play(StationOut("roll", 600.0), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": 1.0}, "level must lie between 0 and 1"),
        ({"replications": 1}, "replications must be at least 2"),
        ({"horizon_h": 0.0}, "horizon"),
    ],
)
def test_options_out_of_range_are_refused(
    play: Play, options: dict[str, float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        play(StationOut("roll", 600.0), **options)


def test_no_change_is_refused(play: Play) -> None:
    with pytest.raises(InputError, match="at least one change"):
        play()


def test_compared_by_hand() -> None:
    base, changed = np.array([1.0, 2.0, np.nan, 3.0]), np.array([2.0, 2.0, 5.0, 2.5])
    found = compared("x", "lots", base, changed, 0.9, more_is_better=True)
    assert found.difference.mean == pytest.approx(0.5 / 3)
    assert found.p_better == pytest.approx(0.5)
    less = compared("x", "h", base, changed, 0.9, more_is_better=False)
    assert less.p_better == pytest.approx(0.5)
    assert replace(found, unit="h").difference == less.difference


def test_the_command(
    plant_days: Any, noon: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LACSS_HOME", str(plant_days.settings.home))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    usual = ["what-if", "--as-of", noon.isoformat(), "--horizon-h", "4", "--replications", "10"]
    done = CliRunner().invoke(build(), [*usual, "--roller-out", "1h", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["changes"] == ["roll out for 1 h"]
    assert set(told["figures"]["good_lots"]) == {
        "figure", "unit", "base", "changed", "difference", "mean_difference", "p_better",
    }  # fmt: skip
    refused = CliRunner().invoke(build(), [*usual, "--operators", "operators"])
    assert isinstance(refused.exception, InputError)
    nothing = CliRunner().invoke(build(), usual)
    assert isinstance(nothing.exception, InputError)
