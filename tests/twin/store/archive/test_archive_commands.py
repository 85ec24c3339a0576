from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from process_models.errors import LacssError
from twin.cli import build
from twin.measurement import Measurement
from twin.store import Store

LONG_AGO = datetime(2025, 1, 10, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a reading a day in January 2025."""
    home = tmp_path / "home"
    monkeypatch.setenv("LACSS_HOME", str(home))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    monkeypatch.setenv("COLUMNS", "250")
    with Store.open() as store:
        store.add_measurements([
            Measurement(
                measured_at=LONG_AGO + timedelta(days=n), lot_id=f"L{n}", station="roll",
                characteristic="thickness_um", value=60.0 + n, unit="um",
            )
            for n in range(20)
        ])  # fmt: skip
    return home


@pytest.fixture
def database_url() -> str:
    return "unused: the home names its own"


def lacss(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(build(), [str(a) for a in arguments])
    if isinstance(done.exception, LacssError):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def answer(*arguments: object) -> Any:
    return json.loads(lacss(*arguments, "--json"))


def test_a_backup_goes_there_and_back(home: Path) -> None:
    made = answer("backup", "--user", "ana", "--reason", "nightly")
    assert (made["measurements"], made["problem"], made["reason"]) == (20, "", "nightly")
    assert answer("backup", "verify", made["path"])["size"] == made["size"]
    (listed,) = answer("backup", "list")["backups"]
    assert listed["path"] == made["path"]
    with Store.open() as store:
        store.add_measurements([])
    with pytest.raises(LacssError, match="the store is not empty: give --replace"):
        lacss("restore", made["path"], "--user", "ana")
    done = answer("restore", made["path"], "--user", "ana", "--replace")
    assert Path(done["replaced"]).is_dir()
    assert done["tables"]["measurements"] == 20
    assert json.loads(lacss("audit", "verify", "--json"))["intact"]


def test_tables_say_the_same(home: Path) -> None:
    text = lacss("backup", "--user", "ana")
    assert text.startswith("Backed up to ")
    path = text.removeprefix("Backed up to ").strip()
    assert "Backup intact" in lacss("backup", "verify", path)
    assert "schema_version" in lacss("backup", "list")
    assert "What was there before is in" in lacss("restore", path, "--user", "a", "--replace")


def test_months_move_are_listed_and_verified(home: Path) -> None:
    told = answer("archive", "compact", "--dry-run")
    assert told == {
        "dry_run": True,
        "moved": [{"kind": "measurements", "month": "2025-01", "rows": 19, "file": ""}],
    }
    (moved,) = answer("archive", "compact", "--user", "ana")["moved"]
    assert (moved["rows"], moved["month"]) == (19, "2025-01")
    (file,) = answer("archive", "list")["files"]
    assert (file["file"], file["rows"], file["moved"]) == (moved["file"], 19, "all")
    assert answer("archive", "verify") == {
        "files": 1, "rows": 19, "problems": [], "unknown": [],
    }  # fmt: skip
    assert "Archive intact: 1 files." in lacss("archive", "verify")
    assert moved["file"] in lacss("archive", "list")


def test_a_damaged_file_ends_with_one_line_that_names_it(home: Path) -> None:
    (moved,) = answer("archive", "compact", "--user", "ana")["moved"]
    (home / "archive" / moved["file"]).write_bytes(b"PAR1")
    with pytest.raises(LacssError, match=f"{moved['file']} is damaged") as told:
        lacss("archive", "verify")
    assert "\n" not in str(told.value)
    with pytest.raises(LacssError, match="is not whole"):
        lacss("backup", "--user", "ana")


def test_what_is_too_old_goes(home: Path) -> None:
    assert answer("archive", "retain", "--dry-run") == {"dry_run": True, "removed": []}
    (home / "retention.toml").write_text("[keep_months]\nmeasurements = 6\n")
    expected = [{"kind": "measurements", "month": "2025-01", "rows": 19, "file": ""}]
    assert answer("archive", "retain", "--dry-run")["removed"] == expected
    assert answer("archive", "retain", "--user", "ana")["removed"] == expected
    with Store.open() as store:
        assert store.counts()["measurements"] == 1


@pytest.mark.parametrize("command", [("backup",), ("archive", "compact"), ("archive", "retain")])
def test_a_change_needs_somebody(home: Path, command: tuple[str, ...]) -> None:
    assert "--user is needed" in lacss(*command, code=2)


def test_a_folder_that_is_no_backup(home: Path, tmp_path: Path) -> None:
    with pytest.raises(LacssError, match="is no backup of a store"):
        lacss("restore", tmp_path, "--user", "ana")
    assert answer("backup", "list", "--folder", tmp_path) == {"backups": []}
