from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from twin.cli import build
from twin.live.opcua import pki


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def told(*arguments: str) -> dict[str, Any]:
    answer = CliRunner().invoke(build(), ["certificate", *arguments, "--json"])
    assert answer.exit_code == 0, answer.exception
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_the_certificate_is_made_once_and_shown(home: Path) -> None:
    first = told()
    assert first == told()
    assert first["certificate"] == str(home / "pki" / "client.der")
    assert first["fingerprint"] == pki.fingerprint((home / "pki" / "client.der").read_bytes())
    assert told("--plant")["fingerprint"] != first["fingerprint"]
    assert told("--renew")["fingerprint"] != first["fingerprint"]
    table = CliRunner().invoke(build(), ["certificate"]).stdout
    assert told()["fingerprint"] in table


def test_another_client_is_trusted_by_its_file(home: Path, tmp_path: Path) -> None:
    other = pki.client_pair(tmp_path / "other")
    assert told("--of", str(other.certificate))["trusted_clients"] == 0
    made = told("--trust", str(other.certificate))
    assert made["trusted_clients"] == 1
    assert pki.trusted(home) == {pki.fingerprint(other.der)}
    again = told("--trust", str(other.certificate))
    assert again["trusted_clients"] == 1


def test_what_is_no_certificate_is_one_line(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.der"
    file.write_text("nothing")
    answer = CliRunner().invoke(build(), ["certificate", "--trust", str(file)])
    assert answer.exit_code == 1
    assert "holds no certificate" in str(answer.exception)
    assert "\n" not in str(answer.exception)
