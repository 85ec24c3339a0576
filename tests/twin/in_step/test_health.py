"""A twin that is in step says so; one that is not says which station, and proposes what to do."""

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
from process_models.scoring import Reliability
from twin.calibration import CalibratedLine, calibrated
from twin.calibration.cells import CellResult, fold_cells
from twin.cli import build
from twin.forecasting.judging import QuantityVerdict, Verdict
from twin.in_step import current_state, particles
from twin.in_step.checks import forecast_checks
from twin.in_step.health import twin_health
from twin.in_step.imported import build_from_folder, missing_for
from twin.settings import Settings
from twin.store import Store


@pytest.fixture(scope="module")
def reference(plant_days: Any) -> CalibratedLine:
    return calibrated(plant_days.store, plant_days.line, plant_days.start + timedelta(days=2))


def shifted(reference: CalibratedLine, station: str, by: float) -> CalibratedLine:
    fit = reference.stations[station]
    theta = (fit.service.theta[0] + by, fit.service.theta[1])
    changed = replace(fit, service=replace(fit.service, theta=theta))
    return replace(reference, stations={**reference.stations, station: changed})


def look(plant_days: Any, reference: CalibratedLine | None, **options: Any) -> Any:
    return twin_health(
        plant_days.store, plant_days.line, plant_days.plan, plant_days.end, reference=reference,
        **options,
    )


def test_a_twin_in_step_is_trusted(plant_days: Any, reference: CalibratedLine) -> None:
    found = look(plant_days, reference)
    assert found.status == "trusted"
    assert found.reasons == ()
    assert not found.recalibrate
    departures = [one for one in found.checks if one.kind == "departures"]
    assert {one.station for one in departures} >= {"roll", "wind", "inspect"}
    for one in departures:
        assert abs(one.scores.mean()) < 0.35
        assert one.chart is not None
        assert one.chart.chart == "ewma"
        assert len(one.times) == len(one.scores) > 20


@pytest.mark.parametrize(("by", "status"), [(-0.09, "doubtful"), (-0.25, "not to be trusted")])
def test_a_station_that_keeps_another_pace_is_named(
    plant_days: Any, reference: CalibratedLine, by: float, status: str
) -> None:
    """The reference says that roll is faster than it is by 9 or 22 %; spread of a service 12 %."""
    found = look(plant_days, shifted(reference, "roll", by))
    assert found.status == status
    assert found.recalibrate
    assert "roll: services take longer" in found.reasons[0]
    told = found.to_dict()
    assert json.dumps(told)
    assert [one["station"] for one in told["checks"] if one["status"] != "in step"] == ["roll"]


def test_no_data_is_not_good_data(plant_days: Any, reference: CalibratedLine) -> None:
    later = plant_days.end + timedelta(days=3)
    found = twin_health(
        plant_days.store, plant_days.line, plant_days.plan, later, reference=reference
    )
    assert found.status == "not to be trusted"
    assert "the newest event is" in found.reasons[0]


def verdict(held: float, forecasts: int = 40) -> Verdict:
    nothing = Reliability((), (), ())
    return Verdict((
        QuantityVerdict("finish", 900, forecasts, {0.9: held}, 0.02, 1.0, {}, None, nothing),
    ))


@pytest.mark.parametrize(
    ("held", "forecasts", "severity"),
    [(0.91, 40, 0), (0.84, 40, 0), (0.75, 40, 1), (0.4, 40, 2), (0.4, 3, 0)],
)
def test_forecasts_that_do_not_hold_count_against_the_twin(
    held: float, forecasts: int, severity: int
) -> None:
    assert forecast_checks(verdict(held, forecasts))[0].severity == severity


def test_a_broken_promise_is_in_the_verdict(plant_days: Any, reference: CalibratedLine) -> None:
    found = look(plant_days, reference, verdict=verdict(0.4))
    assert found.status == "not to be trusted"
    assert "forecasts of finish" in found.reasons[0]


def test_particles_agree_with_what_was_seen(plant_days: Any, reference: CalibratedLine) -> None:
    at = plant_days.start + timedelta(hours=30)
    now = current_state(plant_days.store, plant_days.line, at)
    found = particles(reference, now.state, now.passes, n=500, seed=1)
    serving = {lot.lot_id for lot in now.state.in_process if lot.phase == "in_service"}
    assert set(found.service_left_s) == serving
    assert all(np.all(one >= 0) and len(one) == 500 for one in found.service_left_s.values())
    assert set(found.to_failure_s) == {"unwind", "sublimation", "wind", "roll"}
    assert found.vapour_share is not None
    assert np.all((found.vapour_share > 0.9) & (found.vapour_share <= 1))
    assert found.roll_wear_um is not None
    assert 0.01 < np.median(found.roll_wear_um) < 1
    again = particles(reference, now.state, now.passes, n=500, seed=1)
    assert json.dumps(found.to_dict()) == json.dumps(again.to_dict())


class _Model:
    """Four draws of a cell's constants: medians of CCD 1, 2, 3 and 4 mA/cm2."""

    def __init__(self) -> None:
        self.draws = {name: np.full(4, 0.1) for name in ("ccd_spread", "life_spread")}
        self.draws["ccd0_ma_cm2"] = np.array([1.0, 2.0, 3.0, 4.0])


class _Medians:
    ccd_ma_cm2 = np.array([[1.0], [2.0], [3.0], [4.0]])
    life_h = np.array([[100.0], [200.0], [300.0], [400.0]])


@pytest.mark.parametrize(
    ("result", "kept"),
    [
        (CellResult("c", "A", "ccd_ma_cm2", 2.9, False), {3.0}),
        (CellResult("c", "A", "life_h", 200.0, False), {2.0}),
        (CellResult("c", "A", "life_h", 290.0, True), {3.0, 4.0}),
    ],
)
def test_a_result_keeps_the_draws_that_foretold_it(
    monkeypatch: pytest.MonkeyPatch, result: CellResult, kept: set[float]
) -> None:
    """`replace` of a dataclass is what makes the new model; here it is the draws that matter."""
    monkeypatch.setattr("twin.calibration.cells.replace", lambda model, draws: draws)
    found = fold_cells(_Model(), [result], {"A": 0}, _Medians())  # type: ignore[arg-type]
    assert set(found.model["ccd0_ma_cm2"].tolist()) == kept  # type: ignore[index]
    assert found.results == 1
    assert "1 cell results" in found.message


@pytest.fixture
def folder(plant_days: Any, tmp_path: Path) -> Callable[..., Path]:
    def make(*, hours: float, measured: bool = True) -> Path:
        until = plant_days.start + timedelta(hours=hours)
        made = tmp_path / "files"
        made.mkdir()
        events = plant_days.store.events(until=until)
        columns = ["occurred_at", "lot_id", "station", "event", "parent_lot_id", "recipe",
                   "detail", "sequence"]  # fmt: skip
        table = events[columns].assign(
            occurred_at=events["occurred_at"].map(datetime.isoformat)
        )
        table.to_csv(made / "events.csv", index=False)
        if measured:
            read = plant_days.store.measurements(until=until)
            columns = ["measured_at", "lot_id", "station", "characteristic", "value", "unit",
                       "subgroup", "position", "sequence", "gauge"]  # fmt: skip
            read[columns].assign(
                measured_at=read["measured_at"].map(datetime.isoformat)
            ).to_csv(made / "measurements.csv", index=False)
        return made

    return make


def test_a_folder_of_files_gives_a_twin(folder: Callable[..., Path], tmp_path: Path) -> None:
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")
    found = build_from_folder(folder(hours=26), settings, replications=50)
    assert [(one.kind, one.quarantined) for one in found.files] == [
        ("events", 0), ("measurements", 0),
    ]
    assert found.forecast is not None
    assert found.lots_in_process > 10
    assert found.charts >= 5
    assert found.health is not None
    assert any("asr_ohm_cm2 at cell_test" in one for one in found.missing)
    assert json.dumps(found.to_dict())


def test_events_alone_give_times_and_say_what_is_missing(
    folder: Callable[..., Path], tmp_path: Path
) -> None:
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")
    found = build_from_folder(folder(hours=5, measured=False), settings, replications=20)
    assert found.forecast is not None
    assert all(lot.yield_ is None for lot in found.forecast.lots)
    assert any(one.startswith("measurements: no charts") for one in found.missing)
    assert any(one.startswith("finished lots: ") for one in found.missing)


def test_an_empty_store_misses_everything(tmp_path: Path, plant_days: Any) -> None:
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as store:
        found = missing_for(store, plant_days.line, plant_days.plan)
    assert found[0].startswith("events: no state")
    assert found[1].startswith("measurements: no charts")


def test_folders_that_are_none_are_refused(tmp_path: Path) -> None:
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")
    with pytest.raises(InputError, match="is no folder"):
        build_from_folder(tmp_path / "none", settings)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no CSV"):
        build_from_folder(tmp_path / "empty", settings)


def run(plant_days: Any, *words: str) -> Any:
    environment = {
        "LACSS_HOME": str(plant_days.settings.home),
        "LACSS_DATABASE": plant_days.settings.database_url,
    }
    result = CliRunner().invoke(build(), ["twin", *words, "--json"], env=environment)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_command_tells_state_health_and_calibration(plant_days: Any) -> None:
    at = (plant_days.start + timedelta(hours=30)).isoformat()
    assert run(plant_days, "health", "--as-of", at)["status"] in ("trusted", "doubtful")
    state = run(plant_days, "state", "--as-of", at)
    assert {"lots", "stations", "passes", "unseen"} <= set(state)
    fitted = run(plant_days, "calibration", "--as-of", at)
    assert fitted["stations"]["roll"]["service"]["n"] > 50
    assert {"estimates", "missing"} == set(fitted["process"])
    assert run(plant_days, "judge", "--as-of", at) == {"quantities": []}
