from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from process_models.errors import InputError, StoreError
from twin.cli import build
from twin.measurement import Measurement
from twin.store import Store
from twin.store.sources import heartbeats

START = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose store holds a chamber that got hot at its 120th lot."""
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    monkeypatch.setenv("COLUMNS", "250")
    rows = [
        Measurement(
            measured_at=START + timedelta(minutes=i), lot_id=f"L{i:04d}", station="sublimation",
            characteristic="chamber_temperature_c", unit="C", provenance="simulated",
            value=178 + (0.4, -0.3, 0.2, -0.4)[i % 4] + (4.0 if i >= 120 else 0.0),
        )
        for i in range(130)
    ]  # fmt: skip
    with Store.open() as store:
        store.add_measurements(rows)
    return tmp_path


def lacss(*arguments: str) -> str:
    done = CliRunner().invoke(build(), list(arguments))
    if isinstance(done.exception, InputError | StoreError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def answer(*arguments: str) -> Any:
    return json.loads(lacss(*arguments, "--json"))


def test_from_signal_to_closed(home: Path) -> None:
    raised = answer("watch", "--once")["alerts"]
    assert {alert["rule"] for alert in raised} == {"beyond_limits", "outside_specification"}
    assert answer("watch", "--once") == {"alerts": []}
    assert answer("alerts", "list", "--state", "open")["alerts"][0]["lot_id"] == "L0120"
    assert answer("alerts", "ack", "1", "--user", "ana")["state"] == "acknowledged"
    assert answer("alerts", "cause", "1", "hot_chamber", "--user", "ana")["cause"] == "hot_chamber"
    assert answer("alerts", "act", "1", "heater changed", "--user", "bo")["state"] == "action_taken"
    assert answer("alerts", "verify", "1", "--user", "eva")["state"] == "verified"
    assert answer("alerts", "close", "1", "--user", "eva")["state"] == "closed"
    shown = answer("alerts", "show", "1")
    assert [e["user"] for e in shown["history"]] == ["lacss", "ana", "ana", "bo", "eva", "eva"]
    assert answer("alerts", "reopen", "1", "--user", "eva")["state"] == "open"
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    shelved = answer("alerts", "shelve", "1", "--until", later, "--user", "eva", "--reason", "x")
    assert shelved["state"] == "shelved"
    verified = answer("audit", "verify")
    assert (verified["entries"], verified["intact"], verified["problem"]) == (8, True, "")


def test_tables_for_people(home: Path) -> None:
    assert "2 new alerts" in lacss("watch", "--once")
    assert "hot_chamber" in lacss("alerts", "list")
    assert "Alert 1 is acknowledged" in lacss("alerts", "ack", "1", "--user", "ana")
    text = lacss("alerts", "show", "1")
    for word in ("Diagnosis", "History", "reaction_plan", "ana"):
        assert word in text
    assert "alert.acknowledge" in lacss("audit", "list")
    assert "intact: 2 entries" in lacss("audit", "verify")
    assert [e["user"] for e in answer("audit", "list", "--last", "1")["entries"]] == ["ana"]


@pytest.mark.parametrize(
    "arguments",
    [("ack", "1"), ("cause", "1", "hot_chamber"), ("act", "1", "x"), ("verify", "1"),
     ("close", "1"), ("shelve", "1", "--until", "2100-01-01T00:00Z"), ("ack", "one"), ()],
)  # fmt: skip
def test_every_change_needs_who(home: Path, arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(build(), ["alerts", *arguments]).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("verify", "1", "--user", "a"), "alert 1 is open: allowed are acknowledge, shelve"),
        (("ack", "77", "--user", "a"), "there is no alert 77"),
        (("ack", "1", "--user", " "), "user must not be empty"),
        (("shelve", "1", "--until", "noon", "--user", "a"), "until must be an ISO 8601 time"),
        (("list", "--state", "odd"), "state must be one of"),
    ],
)
def test_what_is_refused(home: Path, arguments: tuple[str, ...], message: str) -> None:
    lacss("watch", "--once")
    with pytest.raises(InputError, match=message):
        lacss("alerts", *arguments)


def test_a_trail_that_was_edited_is_told(home: Path) -> None:
    lacss("watch", "--once")
    lacss("alerts", "ack", "1", "--user", "ana")
    raw = sqlite3.connect(home / "lacss.db")
    raw.execute("DROP TRIGGER audit_no_update")
    raw.execute("UPDATE audit SET user = 'bo' WHERE audit_id = 2")
    raw.commit()
    raw.close()
    with pytest.raises(StoreError, match="not intact: entry 2 was changed"):
        lacss("audit", "verify")


def test_watching_ends_with_ctrl_c(home: Path) -> None:
    lacss_path = Path(sys.executable).with_name("lacss")
    watching = subprocess.Popen(
        [lacss_path, "watch", "--interval-s", "0.2", "--heartbeat", str(home / "alive")],
        env={**os.environ, "LACSS_HOME": str(home)}, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with Store.open() as store:
            if store.counts()["alerts"]:
                break
        time.sleep(0.1)
    watching.send_signal(signal.SIGINT)
    out, err = watching.communicate(timeout=60)
    assert watching.returncode == 0, err
    assert "alert 1 " in out
    assert "Traceback" not in err
    assert (home / "alive").exists()
    with Store.open() as store:
        states = {beat.part: beat.state for beat in heartbeats(store)}
    assert states == {"watch": "stopped", "notifier": "stopped"}


def test_how_good_the_alarms_are(home: Path) -> None:
    lacss("watch", "--once")
    found = answer("alerts", "quality")
    assert (found["alarms"], found["standing"], found["false_share"]) == (2, 2, None)
    assert {actor["rule"] for actor in found["top"]} == {"beyond_limits", "outside_specification"}
    assert answer("alerts", "quality", "--until", "2020-01-01T00:00:00+00:00")["alarms"] == 0
    assert "per_hour" in lacss("alerts", "quality")
    with pytest.raises(InputError, match="until must have an offset"):
        lacss("alerts", "quality", "--until", "2020-01-01")


def test_letters_are_listed_and_dead_ones_tried_again(home: Path) -> None:
    (home / "notify.toml").write_text(
        '[[endpoint]]\nname = "shift"\nkind = "webhook"\nurl = "http://127.0.0.1:9/secret"\n'
    )
    lacss("watch", "--once")
    first, _ = answer("alerts", "letters")["letters"]
    assert (first["endpoint"], first["state"], first["kind"]) == ("shift", "pending", "raised")
    with pytest.raises(InputError, match="there is no dead letter"):
        lacss("alerts", "resend", str(first["id"]), "--user", "ana")
    with sqlite3.connect(home / "lacss.db") as connection:
        connection.execute("UPDATE outbox SET state = 'dead', attempts = 9")
    connection.close()
    assert len(answer("alerts", "letters", "--state", "dead")["letters"]) == 2
    assert answer("alerts", "resend", str(first["id"]), "--user", "ana") == {
        "letter": first["id"], "state": "pending",
    }  # fmt: skip
    assert "secret" not in lacss("alerts", "letters")


def test_an_alert_leaves_the_shelf_by_hand(home: Path) -> None:
    number = str(answer("watch", "--once")["alerts"][0]["id"])
    assert home.is_dir()
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    lacss("alerts", "shelve", number, "--until", until, "--user", "ana", "--reason", "tomorrow")
    assert answer("alerts", "unshelve", number, "--user", "ana")["state"] == "open"
