"""`lacss collect` with a file of sources, as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.mosquitto_broker import MosquittoBroker
from twin.cli import build
from twin.running.children import lacss

DROP = """
[[source]]
name = "drop"
kind = "files"
address = "incoming"
stable_s = 0
poll_s = 0.05
"""
GAUGES = """
[[source]]
name = "gauges"
kind = "mqtt"
address = "{address}"
[[source.map]]
channel = "line/{{station}}/t"
value = "v"
characteristic = "thickness_um"
station = "{{station}}"
unit = "mm"
lot = "L1"
"""
TABLE = (
    "measured_at,lot_id,station,characteristic,value,unit\n"
    "2026-01-05T12:00:00Z,007,roll,thickness_um,60,um\n"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    return tmp_path


def run(*arguments: str) -> Any:
    return CliRunner().invoke(build(), ["collect", *arguments])


def test_sources_are_read_until_nothing_more_comes(home: Path) -> None:
    (home / "sources.toml").write_text(DROP)
    (home / "incoming").mkdir()
    (home / "incoming" / "a.csv").write_text(TABLE)
    told = json.loads(run("--once", "--idle-s", "0.5", "--json").stdout)
    (drop,) = told["sources"]
    assert (drop["source"], drop["accepted"], drop["state"]) == ("drop", 1, "stopped")
    assert told["stored_measurements"] == 1
    again = run("--once", "--idle-s", "0.3")
    assert again.exit_code == 0
    assert "drop" in again.stdout


def test_a_check_says_what_would_be_read(home: Path) -> None:
    (home / "sources.toml").write_text(DROP + GAUGES.format(address="mqtt://127.0.0.1"))
    told = json.loads(run("--check", "--json").stdout)
    drop, gauges = told["sources"]
    assert drop["maps"] == []
    assert gauges["maps"][0] | {"unit": ""} == {
        "channel": "line/{station}/t", "value": "v", "carries": "value",
        "characteristic": "thickness_um", "station": "{station}", "unit": "",
        "planned_unit": None, "lot": "L1", "watched": None,
    }  # fmt: skip
    shown = run("--check", "--only", "gauges")
    assert "thickness_um" in shown.stdout
    assert "drop" not in shown.stdout


@pytest.mark.parametrize(
    ("sources", "arguments", "says"),
    [
        (None, ["--check"], "sources.toml: sources cannot be read"),
        (DROP, ["--check", "--only", "other"], "only must name sources of drop, got 'other'"),
        (GAUGES.format(address="mqtt://elsewhere"), ["--check"], "elsewhere is another machine"),
        (GAUGES.format(address="mqtt://127.0.0.1").replace("{station}", "roll").replace(
            '"mm"', '"N"'), ["--check"], "channel line/roll/t: unit must be one of"),
        (GAUGES.format(address="mqtt://127.0.0.1:9"), ["--once", "--idle-s", "0.3"],
         "source gauges: broker 127.0.0.1:9 cannot be reached"),
    ],
)  # fmt: skip
def test_what_will_not_do_is_one_line(
    home: Path, sources: str | None, arguments: list[str], says: str
) -> None:
    if sources is not None:
        (home / "sources.toml").write_text(sources)
    told = run(*arguments)
    assert told.exit_code == 1
    assert says in str(told.exception)
    assert "\n" not in str(told.exception)


def test_a_collector_ends_cleanly_on_a_signal(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = MosquittoBroker(folder).start()
    (home / "sources.toml").write_text(GAUGES.format(address=broker.address))
    child = subprocess.Popen(
        lacss("collect", "--json"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip
    try:
        from twin.settings import Settings
        from twin.store import Store
        from twin.store.sources import sources

        end = time.monotonic() + 60
        with Store.open(Settings.from_environment()) as store:
            while not any(one.state == "connected" for one in sources(store)):
                assert time.monotonic() < end
                time.sleep(0.1)
        child.send_signal(signal.SIGTERM)
        said, complaints = child.communicate(timeout=30)
    finally:
        child.kill()
        child.wait()
        broker.kill()
    assert child.returncode == 0, complaints
    assert json.loads(said)["sources"][0]["state"] == "stopped"
    assert "Traceback" not in complaints
