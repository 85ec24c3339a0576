from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from process_models.errors import InputError
from process_models.physics import ProcessParameters, lot_structure
from twin.distributions import Deterministic
from twin.line import LineModel, Maintenance, read_line
from twin.live.commissioning import _usual_lots, draw_plant
from twin.live.plant import ReferencePlant
from twin.live.wire import record_time
from twin.measurement import Event, Measurement
from twin.recipe import Recipe
from twin.settings import data_folder

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
RECIPE = Recipe(name="LACSS 40 s")


@pytest.fixture(scope="module")
def line() -> LineModel:
    return read_line(data_folder() / "line.toml")


def plant(line: LineModel, *, seed: int = 1, hours: float = 24.0) -> ReferencePlant:
    return ReferencePlant(
        line, RECIPE, seed=seed, started_at=START, until=START + timedelta(hours=hours)
    )


def test_records_are_numbered_without_a_hole_in_order_of_time(line: LineModel) -> None:
    records = list(plant(line).records())
    assert [one.sequence for one in records] == list(range(1, len(records) + 1))
    times = [record_time(one) for one in records]
    assert times == sorted(times)
    assert times[0] >= START
    assert times[-1] <= START + timedelta(hours=24)
    assert {one.provenance for one in records} == {"simulated"}


def test_a_seed_makes_the_same_records_again_from_any_number(line: LineModel) -> None:
    first = list(plant(line).records())
    again = list(plant(line).records(after=1234))
    assert again == first[1234:]
    longer = list(islice(plant(line, hours=30).records(), 500))
    assert longer == first[:500]


def test_another_seed_is_another_plant(line: LineModel) -> None:
    assert list(plant(line, hours=2).records()) != list(plant(line, seed=2, hours=2).records())


def test_a_lot_is_measured_when_its_station_has_finished(line: LineModel) -> None:
    finished: dict[tuple[str, str], datetime] = {}
    for one in plant(line, hours=8).records():
        if isinstance(one, Event) and one.event == "finish":
            finished[one.lot_id, one.station] = one.occurred_at
        elif isinstance(one, Measurement) and one.station != "cell_test":
            assert one.measured_at == finished[one.lot_id, one.station]


def test_lots_bear_their_foil_roll_and_recipe(line: LineModel) -> None:
    splits = [
        one for one in plant(line, hours=4).records()
        if isinstance(one, Event) and one.event == "split"
    ]
    assert [(one.lot_id, one.parent_lot_id) for one in splits[9:11]] == [
        ("L00010", "FR00001"), ("L00011", "FR00002"),
    ]
    assert {one.recipe for one in splits} == {"LACSS 40 s"}


def test_an_end_before_the_start_is_refused(line: LineModel) -> None:
    with pytest.raises(InputError, match="until must be after"):
        plant(line, hours=-1)


def test_the_truth_is_written_beside_the_store(line: LineModel, tmp_path: Path) -> None:
    path = plant(line).write_truth(tmp_path, START + timedelta(days=14))
    truth = json.loads(path.read_text())
    assert path == tmp_path / "plant" / "truth.json"
    assert set(truth) == {
        "seed",
        "started_at",
        "parameters",
        "service_factors",
        "special_causes",
        "sensor_faults",
    }
    assert len(truth["special_causes"]) >= 5


@pytest.mark.parametrize("seed", range(4))
def test_a_commissioned_plant_has_parameters_of_its_own_and_makes_good_lots(
    line: LineModel, seed: int
) -> None:
    settings = RECIPE.settings
    truth = draw_plant(line, settings, seed=seed, until_s=1e6)
    assert truth.parameters != ProcessParameters()
    assert all(0.8 < factor < 1.25 for factor in truth.service_factors.values())
    made = lot_structure(settings, _usual_lots(settings, seed), truth.parameters)
    assert abs(made.thickness_um.mean() - 60.0) < 1.0
    assert made.foil_temperature_c.mean() < 179.9


def test_maintenance_of_the_line_is_told_with_server_and_name(line: LineModel) -> None:
    """A refill every five lots: its events bear the name, and the vapour follows them."""
    stations = tuple(
        replace(
            one, maintenance=(Maintenance("precursor refill", Deterministic(300), every_lots=5),)
        )
        if one.name == "sublimation" else one
        for one in line.stations
    )  # fmt: skip
    kept = replace(line, stations=stations)
    until = START + timedelta(hours=12)
    made = ReferencePlant(kept, RECIPE, seed=2, started_at=START, until=until)
    events = [one for one in made.records() if isinstance(one, Event)]
    ended = [one for one in events if one.event == "maintenance_end"]
    assert len(ended) > 5
    assert {(one.station, one.detail) for one in ended} == {
        ("sublimation", "server 1; precursor refill")
    }
