from __future__ import annotations

from pathlib import Path

import pytest

import twin.store
from twin.commands.sqlite_note import tell_sqlite_fault


@pytest.mark.parametrize(
    ("url", "warning", "told"),
    [
        ("", "SQLite 3.40.1 is old", "note: SQLite 3.40.1 is old\n"),
        ("", None, ""),
        ("postgresql://lacss@db/lacss", "SQLite 3.40.1 is old", ""),
    ],
)
def test_only_a_store_in_an_old_sqlite_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    url: str, warning: str | None, told: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))
    monkeypatch.setenv("LACSS_DATABASE", url)
    monkeypatch.setattr(twin.store, "sqlite_warning", lambda: warning)
    tell_sqlite_fault()
    assert capsys.readouterr().err == told
