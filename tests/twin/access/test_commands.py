"""`lacss users` and `lacss audit`: what they print, and that a password is in no argument."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from process_models.errors import LacssError
from twin.cli import build

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)


def lacss(*words: str, stdin: str | None = None) -> Any:
    done = CliRunner().invoke(build(), [*words], input=stdin)
    if isinstance(done.exception, LacssError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in words else done.stdout


def test_an_account_from_the_first_to_the_last_day() -> None:
    made = lacss("users", "add", "Ana", "--role", "admin", "--json", stdin=f"{PASSWORD}\n")
    assert (made["name"], made["role"], made["state"]) == ("ana", "admin", "active")
    lacss("users", "add", "bo", "--role", "viewer", "--user", "ana", stdin=f"{PASSWORD}\n")
    lacss("users", "add", "eva@example.org", "--role", "quality", "--oidc")
    assert lacss("users", "role", "bo", "operator", "--json")["role"] == "operator"
    assert lacss("users", "disable", "bo", "--reason", "left", "--json")["state"] == "disabled"
    assert lacss("users", "enable", "bo", "--json")["state"] == "active"
    lacss("users", "unlock", "bo")
    lacss("users", "password", "bo", stdin="another horse battery\n")
    assert lacss("users", "sessions", "--json") == {"sessions": []}
    lacss("users", "sessions", "bo", "--end")
    names = [one["name"] for one in lacss("users", "list", "--json")["users"]]
    assert names == ["ana", "bo", "eva@example.org"]
    assert "eva@example.org" in lacss("users", "list")
    found = lacss("audit", "list", "--subject", "user bo", "--json")["entries"]
    assert [entry["action"] for entry in found] == [
        "user.add", "user.role", "user.disable", "user.enable", "user.unlock", "user.password",
        "user.end_sessions",
    ]  # fmt: skip
    assert found[0]["user"] == "ana"
    assert lacss("audit", "verify", "--json") == {
        "entries": 9, "problem": "", "anchored": 9, "intact": True,
    }  # fmt: skip
    assert "battery" not in json.dumps(lacss("audit", "list", "--json"))


@pytest.mark.parametrize(
    ("words", "n"),
    [(["--user", "ana"], 1), (["--action", "user"], 2), (["--action", "user.role"], 1),
     (["--subject", "user*"], 2), (["--contains", "PROMOTED"], 1), (["--last", "1"], 1),
     (["--since", "2000-01-01T00:00:00+00:00"], 2), (["--until", "2000-01-01T00:00:00Z"], 0)],
)  # fmt: skip
def test_the_trail_is_filtered(words: list[str], n: int) -> None:
    lacss("users", "add", "bo", "--role", "viewer", "--oidc", "--user", "ana")
    lacss("users", "role", "bo", "admin", "--reason", "promoted", "--user", "root")
    assert len(lacss("audit", "list", *words, "--json")["entries"]) == n


@pytest.mark.parametrize(
    ("words", "stdin", "problem"),
    [(["users", "add", "bo", "--role", "viewer"], "short\n", "12 to 256 characters"),
     (["users", "add", "bo", "--role", "viewer"], "", "must be given on a line of stdin"),
     (["users", "add", "bo", "--role", "boss"], f"{PASSWORD}\n", "role must be one of"),
     (["users", "role", "nobody", "viewer"], None, "there is no account 'nobody'"),
     (["audit", "list", "--since", "monday"], None, "since must be an ISO 8601 time"),
     (["audit", "list", "--until", "2026-01-01"], None, "until must have an offset")],
)  # fmt: skip
def test_what_is_wrong_is_one_line(words: list[str], stdin: str | None, problem: str) -> None:
    with pytest.raises(LacssError, match=problem):
        lacss(*words, stdin=stdin)


def test_other_addresses_are_refused_before_anybody_can_log_in(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "from twin.cli import main; main()"]
    done = subprocess.run(
        [*program, "serve", "--address", "0.0.0.0", "--port", "1"],
        capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "LACSS_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 1
    assert "needs login" in done.stderr
    assert len(done.stderr.splitlines()) == 1
