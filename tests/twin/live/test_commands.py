"""`lacss plant`, `lacss collect` and `lacss forecast` as a user runs them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from twin.cli import build
from twin.running.children import Child, lacss
from twin.settings import Settings
from twin.store import Store
from twin.store.sources import heartbeats, sources


def run(*arguments: str) -> Any:
    return CliRunner().invoke(build(), list(arguments))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    return tmp_path


def test_a_plant_is_collected_and_forecast(home: Path) -> None:
    plant = lacss("plant", "--json", "--seed", "4", "--history-days", "1")
    with Child("plant", plant, home / "plant.log") as child:
        url = child.answer(60)["url"]
        told = json.loads(run("collect", "--url", url, "--once", "--json").stdout)
        again = json.loads(run("collect", "--url", url, "--until-idle", "--json").stdout)
    assert told["records"] > 2000
    assert told["measurements"] == told["stored_measurements"]
    assert (told["gaps"], told["conflicts"], told["duplicates"]) == (0, 0, 0)
    assert again["records"] < 100
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        [state] = sources(store)
        [alive] = [one for one in heartbeats(store) if one.part == "collector"]
    assert (state.kind, state.address, state.state) == ("opcua", url, "stopped")
    assert state.records == told["records"] + again["records"]
    assert state.last_sequence > 0
    assert (alive.state, alive.overdue(datetime.now(UTC), 12)) == ("stopped", False)
    assert json.loads((home / "plant" / "plant.json").read_text())["seed"] == 4

    made = json.loads(run("forecast", "--json", "--replications", "5", "--horizon-h", "8").stdout)
    assert made["provenance"] == "simulated"
    assert len(made["lots"]) > 5
    table = run("forecast", "--replications", "5", "--horizon-h", "8")
    assert table.exit_code == 0
    assert made["lots"][0]["lot_id"] in table.stdout


def test_a_port_that_is_taken_is_said_in_one_line(home: Path) -> None:
    plant = lacss("plant", "--json")
    with Child("plant", plant, home / "plant.log") as child:
        port = child.answer(60)["url"].split(":")[2].split("/")[0]
        told = run("plant", "--port", port)
    assert told.exit_code == 1
    assert f"OPC UA port {port} on 127.0.0.1 cannot be opened" in str(told.exception)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["forecast"], "no events stored: import or collect first"),
        (["forecast", "--as-of", "noon"], "as-of must be a time in ISO 8601, got 'noon'"),
        (["forecast", "--level", "2"], "level must lie between 0 and 1, got 2"),
        (["collect", "--url", "http://x", "--once"], "url must begin with opc.tcp://"),
        (["plant", "--speed", "0"], "speed must be above 0, got 0.0"),
        (["serve", "--address", "0.0.0.0"], "which needs login: add an administrator"),
        (["serve", "--port", "0"], "port must lie in 1 to 65535, got 0"),
        (["run", "--speed", "-1"], "speed must be above 0, got -1"),
        (["run", "--address", "10.0.0.1"], "address must be loopback here"),
    ],
)
def test_wrong_input_is_one_line(home: Path, arguments: list[str], says: str) -> None:
    told = run(*arguments)
    assert told.exit_code == 1
    assert says in str(told.exception)
    assert "\n" not in str(told.exception)
