"""Advice from a store: moves, doubts, and the word of an engineer."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from process_models.errors import AccessError, InputError
from twin.access.identity import Identity
from twin.advice import Advice, advise, decide, proposals, propose
from twin.cli import build
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.audit import AuditLog
from twin.monitoring.watch import watch_once
from twin.recipe import Recipe
from twin.settings import Settings
from twin.store import Store, schema

RECIPE = Recipe(name="LACSS 40 s")


@pytest.fixture(scope="module")
def watched(plant_days: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the plant's days whose charts have their Phase I; its alerts are closed."""
    home = tmp_path_factory.mktemp("advice") / "home"
    home.mkdir()
    with (
        closing(sqlite3.connect(plant_days.settings.home / "lacss.db")) as source,
        closing(sqlite3.connect(home / "lacss.db")) as target,
    ):
        source.backup(target)
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        watch_once(store, plant_days.plan)
        with store.database.writing() as connection:
            connection.execute(schema.alerts.update().values(state="closed"))
    return home


@pytest.fixture
def store(watched: Path, tmp_path: Path) -> Iterator[Store]:
    home = tmp_path / "home"
    shutil.copytree(watched, home)
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as opened:
        yield opened


@pytest.fixture
def advice(store: Store, plant_days: Any) -> Advice:
    return advise(store, plant_days.plan, RECIPE, as_of=last(plant_days))


def last(plant_days: Any) -> Any:
    """The end of the third shift's work."""
    return plant_days.start + timedelta(hours=63)


def moved(advice: Advice) -> Advice:
    """The advice with both moves made sure to be followed."""
    moves = tuple(replace(one, reasons=(), proposed=one.now + 0.1) for one in advice.moves)
    return replace(advice, moves=moves)


def test_both_settings_are_advised_within_their_limits(advice: Advice) -> None:
    assert [one.loop for one in advice.moves] == ["exposure", "pressure"]
    for one in advice.moves:
        assert one.low <= one.proposed <= one.high or one.proposed == one.now
        assert abs(one.proposed - one.now) <= one.largest_move + 1e-12
        assert abs(one.predicted_after - one.target) <= abs(one.predicted_now - one.target) + 1e-12
        assert 0 < one.prior_share <= 1
        assert one.benefit is not None
    assert advice.provenance == "simulated"


def test_it_is_the_same_every_time(store: Store, plant_days: Any, advice: Advice) -> None:
    assert advise(store, plant_days.plan, RECIPE, as_of=last(plant_days)) == advice


def test_old_data_are_a_reason_not_to_follow(store: Store, plant_days: Any) -> None:
    late = advise(store, plant_days.plan, RECIPE, as_of=plant_days.end + timedelta(hours=5))
    assert all(any("data is stale" in why for why in one.reasons) for one in late.moves)
    assert not any(one.follow for one in late.moves)


def test_an_open_alert_is_a_reason_not_to_follow(store: Store, plant_days: Any) -> None:
    when = last(plant_days)
    at_us = int((when - timedelta(hours=1)).timestamp() * 1e6)
    diagnosis = json.dumps([["gauge_drift", 0.7], ["roll_wear", 0.3]])
    with store.database.writing() as connection:
        first = connection.execute(schema.alerts.select()).mappings().first()
        assert first is not None
        row = {
            **first, "alert_id": 900, "characteristic": "thickness_um", "station": "roll",
            "rule": "beyond_limits", "state": "open", "diagnosis": diagnosis,
            "first_point_at": at_us, "last_point_at": at_us, "opened_at": at_us,
            "fingerprint": "made up", "category": "process",
        }  # fmt: skip
        connection.execute(schema.alerts.insert(), row)
    pressure = advise(store, plant_days.plan, RECIPE, as_of=when).moves[1]
    assert any(why.startswith("special cause under diagnosis") for why in pressure.reasons)
    assert any(why.startswith("gauge doubtful") for why in pressure.reasons)
    assert not pressure.follow


def test_without_phase1_there_is_no_level_to_hold(plant_days: Any) -> None:
    made = advise(plant_days.store, plant_days.plan, RECIPE, as_of=last(plant_days))
    assert made.moves == ()
    assert "no characteristic has a completed Phase I" in made.messages[0]


def test_a_proposal_is_decided_once_and_audited(store: Store, advice: Advice) -> None:
    first = propose(store, moved(advice), "kim")
    assert first.state == "proposed"
    second = propose(store, moved(advice), "kim")
    assert [one.state for one in proposals(store)] == ["proposed", "superseded"]
    done = decide(store, second.proposal_id, "approve", "ada", "thickness is low")
    assert (done.state, done.decided_by, done.reason) == ("approved", "ada", "thickness is low")
    with pytest.raises(InputError, match="is approved"):
        decide(store, second.proposal_id, "reject", "ada", "too late")
    entry = AuditLog(store).entries()[-1]
    assert (entry.user, entry.action) == ("ada", "advice.approve")
    assert AuditLog(store).verify().intact


@pytest.mark.parametrize(
    ("decision", "user", "reason", "message"),
    [
        ("approve", "", "why", "user must not be empty"),
        ("approve", "ada", " ", "needs a reason"),
        ("shrug", "ada", "why", "decision must be approve or reject"),
    ],
)
def test_who_and_why_are_needed(
    store: Store, advice: Advice, decision: str, user: str, reason: str, message: str
) -> None:
    made = propose(store, moved(advice), "kim")
    with pytest.raises(InputError, match=message):
        decide(store, made.proposal_id, decision, user, reason)


def test_what_should_not_be_followed_is_not_proposed(store: Store, advice: Advice) -> None:
    doubtful = replace(
        advice, moves=tuple(replace(one, reasons=("stale",)) for one in advice.moves)
    )
    with pytest.raises(InputError, match="nothing to propose: stale"):
        propose(store, doubtful, "kim")


def test_a_viewer_may_not_decide(store: Store, advice: Advice) -> None:
    made = propose(store, moved(advice), "kim")
    stranger = store.acting_as(Identity("eve", "viewer", "local"))
    with pytest.raises(AccessError, match=r"advice\.approve is refused"):
        decide(stranger, made.proposal_id, "approve", "eve", "because")
    assert proposals(store)[0].state == "proposed"


def test_no_such_proposal(store: Store) -> None:
    with pytest.raises(InputError, match="there is no proposal 7"):
        decide(store, 7, "approve", "ada", "why")


def test_the_command(store: Store, plant_days: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LACSS_HOME", str(store.home))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    when = ["--as-of", last(plant_days).isoformat()]
    done = CliRunner().invoke(build(), ["advise", "--json", *when])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert {"as_of", "moves", "quality", "messages", "provenance"} <= set(told)
    assert {"setting", "now", "proposed", "follow", "reasons", "benefit"} <= set(told["moves"][0])
    listed = CliRunner().invoke(build(), ["advise", "--list", "--json"])
    assert json.loads(listed.stdout) == {"proposals": []}
    refused = CliRunner().invoke(build(), ["advise", "--approve", "3", "--user", "a"])
    assert isinstance(refused.exception, InputError)


def test_alerts_stay_as_they_are(store: Store, advice: Advice) -> None:
    before = AlertDesk(store).list()
    propose(store, moved(advice), "kim")
    assert AlertDesk(store).list() == before
