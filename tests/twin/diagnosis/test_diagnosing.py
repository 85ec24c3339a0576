"""Diagnoses of a scripted plant through the store: kept, made anew, and by the command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from process_models.errors import InputError
from twin.cli import build
from twin.diagnosis.diagnosing import Diagnostician
from twin.diagnosis.keeping import diagnose_and_keep, due, kept, refresh
from twin.diagnosis.result import Diagnosis
from twin.diagnosis.worker import DiagnosisWorker
from twin.line import LineModel
from twin.live.plant import ReferencePlant
from twin.live.plant_script import PlantScript
from twin.live.store_sink import StoreSink
from twin.live.wire import Batch
from twin.measuring import SpecialCause
from twin.monitoring.alerts import Alert, AlertDesk
from twin.monitoring.plan import reference_plan
from twin.monitoring.watch import watch_once
from twin.recipe import Recipe
from twin.settings import Settings
from twin.store import Store, schema

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
HOT = SpecialCause("hot_chamber", 50 * 3600.0, 5 * 3600.0, 2.5)


@pytest.fixture(scope="module")
def hot_home(tmp_path_factory: pytest.TempPathFactory, reference_line: LineModel) -> Path:
    """Plant 11 whose chamber runs hot from the third morning on, watched, not diagnosed."""
    home = tmp_path_factory.mktemp("hot")
    script = PlantScript(causes=(HOT,))
    plant = ReferencePlant(
        reference_line, Recipe(name="LACSS 40 s"), seed=11, started_at=START,
        until=START + timedelta(hours=54), script=script,
    )  # fmt: skip
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        StoreSink(store).commit(Batch(1, tuple(plant.records())))
        watch_once(store, reference_plan())
    return home


@pytest.fixture
def store(hot_home: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of it."""
    home = tmp_path / "home"
    shutil.copytree(hot_home, home)
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as opened:
        yield opened


def hot_alert(store: Store) -> Alert:
    found = AlertDesk(store).list(characteristic="chamber_temperature_c")
    return min((one for one in found if one.opened_at > START + timedelta(hours=50)),
               key=lambda one: one.id)  # fmt: skip


def expert(store: Store) -> Diagnostician:
    return Diagnostician(store, reference_plan())


def test_the_hot_chamber_is_found_with_evidence_onset_and_lots(store: Store) -> None:
    alert = hot_alert(store)
    found = expert(store).diagnose(alert.id)
    assert found.ranking[0].cause == "hot_chamber"
    assert found.ranking[0].probability > 0.9
    assert sum(one.probability for one in found.ranking) == pytest.approx(1.0, abs=0.005)
    assert {one.cause for one in found.ranking} == set(reference_plan().cause_names())
    assert found.evidence[0].characteristic in ("chamber_temperature_c", "foil_temperature_c")
    assert found.evidence[0].words.endswith(" for")
    began = START + timedelta(seconds=HOT.start_s)
    assert found.onset is not None
    assert (
        found.onset.low - timedelta(minutes=15) <= began <= found.onset.high + timedelta(minutes=15)
    )
    assert found.action == "hold"
    assert alert.lot_id in {lot.lot_id for lot in found.lots}
    assert all(lot.foil_roll.startswith("FR") for lot in found.lots)
    assert [lot.probability for lot in found.lots] == sorted(
        (lot.probability for lot in found.lots), reverse=True
    )


def test_it_is_the_same_every_time_and_as_json(store: Store) -> None:
    alert = hot_alert(store)
    first, again = expert(store).diagnose(alert.id), expert(store).diagnose(alert.id)
    assert first == again
    assert Diagnosis.from_dict(json.loads(json.dumps(first.to_dict()))) == first


def test_it_takes_the_place_of_the_first_ranking_and_stays(store: Store) -> None:
    alert = hot_alert(store)
    assert kept(store, alert.id) is None
    made = diagnose_and_keep(store, expert(store), alert.id)
    assert kept(store, alert.id) == made
    shown = AlertDesk(store).get(alert.id).diagnosis
    assert [(one.cause, one.probability) for one in shown] == [
        (one.cause, one.probability) for one in made.ranking
    ]
    watch_once(store, reference_plan())
    assert AlertDesk(store).get(alert.id).diagnosis == shown


def test_only_what_has_news_is_due(store: Store) -> None:
    waiting = due(store)
    assert hot_alert(store).id in waiting
    refresh(store, expert(store), evidence=False)
    left = set(due(store))
    assert hot_alert(store).id not in left
    assert all(kept(store, number) is None for number in left)


def test_no_time_no_diagnosis(store: Store) -> None:
    assert refresh(store, expert(store), within_s=-1.0) == 0


def test_the_worker_works_off_what_is_due_and_leaves_what_it_cannot(store: Store) -> None:
    worker = DiagnosisWorker(store, reference_plan())
    waiting = len(due(store))
    made = 0
    for _ in range(waiting + 1):
        made += worker.look()
    assert made > 0
    assert worker.look() == 0
    assert worker.last_error == ""


def test_a_closed_alert_is_left_alone(store: Store) -> None:
    alert = hot_alert(store)
    desk = AlertDesk(store)
    desk.acknowledge(alert.id, "kim")
    desk.close(alert.id, "kim", "mended")
    assert alert.id not in due(store)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rule": "no_data"}, "is about data that did not come"),
        ({"characteristic": "ccd_ma_cm2", "station": "cell_test"}, "no completed Phase I"),
    ],
)
def test_what_cannot_be_compared_is_said(
    store: Store, change: dict[str, str], message: str
) -> None:
    alert = hot_alert(store)
    with store.database.writing() as connection:
        table = schema.alerts
        connection.execute(table.update().where(table.c.alert_id == alert.id).values(**change))
    with pytest.raises(InputError, match=message):
        expert(store).diagnose(alert.id)


def test_an_alert_without_readings_around_it_is_said(store: Store) -> None:
    alert = hot_alert(store)
    away = int(40 * 86400e6)
    with store.database.writing() as connection:
        table = schema.alerts
        times = {
            name: table.c[name] + away for name in ("since", "first_point_at", "last_point_at")
        }
        connection.execute(table.update().where(table.c.alert_id == alert.id).values(**times))
    with pytest.raises(InputError, match="no readings"):
        expert(store).diagnose(alert.id)


def test_nothing_of_it_knows_the_truth() -> None:
    root = Path(__file__).parents[3] / "twin" / "diagnosis"
    for module in root.glob("*.py"):
        text = module.read_text()
        assert "from twin.measuring" not in text
        assert "from twin.live" not in text


def test_a_site_may_add_a_cause_by_what_it_moves(store: Store) -> None:
    plan = reference_plan()
    renamed = tuple(
        replace(cause, name="overheated_lid") if cause.name == "hot_chamber" else cause
        for cause in plan.causes
    )
    fields = [
        replace(one, causes=tuple(c for c in one.causes if c != "hot_chamber"))
        for one in plan.characteristics
    ]
    own = replace(plan, causes=renamed, characteristics=tuple(fields))
    found = Diagnostician(store, own).diagnose(hot_alert(store).id, evidence=False)
    assert found.ranking[0].cause == "overheated_lid"


def lacss(home: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    monkeypatch.setenv("LACSS_HOME", str(home))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    monkeypatch.setenv("COLUMNS", "250")
    done = CliRunner().invoke(build(), list(arguments))
    if isinstance(done.exception, InputError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = hot_alert(store)
    told = json.loads(lacss(store.home, monkeypatch, "diagnose", str(alert.id), "--json"))
    assert told["alert_id"] == alert.id
    assert told["diagnosis"][0]["cause"] == "hot_chamber"
    assert set(told) >= {"diagnosis", "evidence", "onset", "lots", "action", "known_to"}
    shown = lacss(store.home, monkeypatch, "diagnose", str(alert.id))
    assert "Evidence for hot_chamber" in shown


def test_the_command_says_what_is_wrong(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="there is no alert 999999"):
        lacss(store.home, monkeypatch, "diagnose", "999999", "--json")


def test_the_kept_rows_are_one_an_alert(store: Store) -> None:
    alert = hot_alert(store)
    for _ in range(2):
        diagnose_and_keep(store, expert(store), alert.id, evidence=False)
    with store.database.reading() as connection:
        count = connection.execute(
            sa.select(sa.func.count()).select_from(schema.diagnoses)
        ).scalar()
    assert count == 1
