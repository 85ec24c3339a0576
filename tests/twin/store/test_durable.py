from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from twin.store.durable import copy_durably, make_folder, sha256_of, write_durably


def test_the_hash_is_that_of_the_content(tmp_path: Path) -> None:
    content = bytes(range(256)) * 10_000
    (tmp_path / "f").write_bytes(content)
    assert sha256_of(tmp_path / "f") == hashlib.sha256(content).hexdigest()


def test_a_file_is_written_with_its_mode_and_nothing_beside_it(tmp_path: Path) -> None:
    write_durably(tmp_path / "f", b"one", 0o640)
    write_durably(tmp_path / "f", b"two", 0o600)
    assert (tmp_path / "f").read_bytes() == b"two"
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_copy_keeps_its_mode_or_gets_another(tmp_path: Path) -> None:
    write_durably(tmp_path / "f", b"x", 0o640)
    copy_durably(tmp_path / "f", tmp_path / "a" / "b" / "g")
    copy_durably(tmp_path / "f", tmp_path / "h", mode=0o600)
    assert (tmp_path / "a" / "b" / "g").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "h").stat().st_mode & 0o777 == 0o600


def test_an_error_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_durably(tmp_path / "f", b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_durably(tmp_path / "f", b"new")
    with pytest.raises(OSError, match="No space left"):
        copy_durably(tmp_path / "f", tmp_path / "g")
    assert (tmp_path / "f").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_everything_is_synced_before_it_bears_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (steps.append("sync"), sync(fd))[1])
    monkeypatch.setattr(
        Path, "replace", lambda path, to: (steps.append("rename"), replace(path, to))[1]
    )
    write_durably(tmp_path / "f", b"x")
    assert steps == ["sync", "rename", "sync"]


def test_a_new_folder_is_its_owners(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
