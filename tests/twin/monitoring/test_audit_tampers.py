"""Tampers of six kinds with the audit trail: each is found, whoever made it.

The attacker owns the database, and in the harder half of the kinds the key too; he never owns the
heads kept outside. The control leaves the heads out, and misses what only they can show.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from process_models.errors import StoreError
from twin.monitoring.audit import AuditFilter, AuditLog
from twin.monitoring.audit_anchor import Head, keep_head, read_heads
from twin.monitoring.audit_chain import START, entry_hash, verify_chain
from twin.settings import Settings
from twin.store import Store, schema

SEED, N = 6021, 24
KEY = bytes(range(32))
WRONG_KEY = bytes(32)
Row = dict[str, Any]
Rows = list[Row]


def chain(rows: Rows, key: bytes) -> Rows:
    """The rows renumbered and hashed anew with `key`."""
    made, previous = [], START
    for number, row in enumerate(rows, start=1):
        fresh = {**row, "audit_id": number, "previous_hash": previous}
        fresh["hash"] = previous = entry_hash(key, fresh)
        made.append(fresh)
    return made


def written(n: int = N) -> Rows:
    bare = [
        {"at": 1_000_000 * i, "user": f"user{i % 4}", "action": "alert.close",
         "subject": f"alert {i}", "old": '{"state": "open"}', "new": '{"state": "closed"}',
         "reason": f"because {i}"}
        for i in range(n)
    ]  # fmt: skip
    return chain(bare, KEY)


def heads_of(rows: Rows, some: Sequence[int]) -> list[Head]:
    return [Head(number, rows[number - 1]["hash"]) for number in some]


def edited(rows: Rows, rng: random.Random) -> Rows:
    at = rng.randrange(len(rows))
    name = rng.choice(["at", "user", "action", "subject", "old", "new", "reason", "hash"])
    value = rows[at][name]
    fresh = value + 1 if name == "at" else value[:-1] + chr(ord(value[-1]) ^ 1)
    return [*rows[:at], {**rows[at], name: fresh}, *rows[at + 1 :]]


def deleted(rows: Rows, rng: random.Random) -> Rows:
    at = rng.randrange(len(rows) - 1)
    left = [*rows[:at], *rows[at + 1 :]]
    return [{**row, "audit_id": i} for i, row in enumerate(left, 1)] if rng.random() < 0.5 else left


def inserted(rows: Rows, rng: random.Random) -> Rows:
    at = rng.randrange(len(rows) + 1)
    false = {**rng.choice(rows), "reason": "never said"}
    false["previous_hash"] = rows[at - 1]["hash"] if at else START
    false["hash"] = entry_hash(WRONG_KEY, false)
    return [{**row, "audit_id": i} for i, row in enumerate([*rows[:at], false, *rows[at:]], 1)]


def reordered(rows: Rows, rng: random.Random) -> Rows:
    one, other = sorted(rng.sample(range(len(rows)), 2))
    swapped = list(rows)
    swapped[one], swapped[other] = rows[other], rows[one]
    return [{**row, "audit_id": i} for i, row in enumerate(swapped, 1)]


def cut(rows: Rows, rng: random.Random) -> Rows:
    return rows[: rng.randrange(len(rows))]


def recomputed(rows: Rows, rng: random.Random) -> Rows:
    """What was there changed and all hashes made anew, half the time with the stolen key.

    Who has the key can add entries at the end, as the program does: that is no change of the past.
    """
    change = rng.choice([edited, deleted, inserted, reordered])
    tampered = chain(change(rows, rng), KEY if rng.random() < 0.5 else WRONG_KEY)
    return recomputed(rows, rng) if tampered[: len(rows)] == rows else tampered


KINDS: dict[str, Callable[[Rows, random.Random], Rows]] = {
    "edit": edited, "deletion": deleted, "insertion": inserted, "reordering": reordered,
    "truncation": cut, "recomputation": recomputed,
}  # fmt: skip


def missed(kind: str, n: int, *, anchored: bool) -> int:
    """How many of `n` tampers of a kind are not found."""
    rows = written()
    heads = [heads_of(rows, range(1, N + 1))] if anchored else []
    rng = random.Random(f"{SEED} {kind}")
    not_found = 0
    for _ in range(n):
        tampered = KINDS[kind](rows, rng)
        not_found += verify_chain(tampered, KEY, heads).intact
    return not_found


def test_what_was_written_is_whole() -> None:
    rows = written()
    assert verify_chain(rows, KEY, [heads_of(rows, [1, 7, N])]).intact
    assert verify_chain(rows, KEY, [heads_of(rows, [7])]).anchored == 7
    assert verify_chain([], KEY, []).intact


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_every_tamper_is_found(kind: str, rounds: Callable[[int, int], int]) -> None:
    assert missed(kind, rounds(10, 1_667), anchored=True) == 0


@pytest.mark.parametrize(("kind", "at_least"), [("truncation", 60), ("recomputation", 10)])
def test_control_without_heads_outside_these_are_missed(kind: str, at_least: int) -> None:
    assert missed(kind, 60, anchored=False) >= at_least


# By hand, in real databases --------------------------------------------------------------------


@pytest.fixture
def log(store: Store) -> AuditLog:
    made = AuditLog(store)
    for number in range(1, 9):
        with made.writing() as connection:
            made.append(connection, user="ana", action="limits.freeze", subject=f"x {number}",
                        new={"n": number}, reason=f"why {number}")  # fmt: skip
    return made


def rewrite(store: Store, change: Callable[[Rows, random.Random], Rows], seed: int) -> None:
    """What somebody does who owns the database."""
    with store.database.writing() as connection:
        on = "" if store.database.is_sqlite else " ON audit"
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER audit_no_{verb}{on}")
        rows = [dict(row) for row in connection.execute(sa.select(schema.audit)).mappings()]
        connection.execute(sa.delete(schema.audit))
        tampered = change(sorted(rows, key=lambda row: row["audit_id"]), random.Random(seed))
        if tampered:
            connection.execute(schema.audit.insert(), tampered)


@pytest.mark.parametrize("kind", KINDS)
def test_tampers_in_the_database_are_found(log: AuditLog, store: Store, kind: str) -> None:
    assert log.verify().intact
    rewrite(store, KINDS[kind], SEED)
    assert not AuditLog(store).verify().intact


def test_with_the_stolen_key_only_the_heads_tell(log: AuditLog, store: Store) -> None:
    key = bytes.fromhex((store.home / "audit.key").read_text())
    rewrite(store, lambda rows, _: chain([*rows[:-1], {**rows[-1], "user": "bo"}], key), 0)
    assert log.verify().problem == "entry 8 differs from the head kept outside"


def test_who_owns_the_home_too_is_found_by_the_second_place(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = tmp_path / "another-machine" / "heads"
    far.parent.mkdir()
    monkeypatch.setenv("LACSS_AUDIT_ANCHOR", str(far))
    trail = AuditLog(store)
    for number in range(3):
        with trail.writing() as connection:
            trail.append(connection, user="ana", action="test", subject=str(number))
    assert trail.verify().anchored == 3
    key = bytes.fromhex((store.home / "audit.key").read_text())
    rewrite(store, lambda rows, _: chain(rows[:1], key), 0)
    near = store.home / "audit.head"
    near.write_bytes(b"".join(near.read_bytes().splitlines(keepends=True)[:1]))
    assert "ends at entry 1, it had at least 3" in trail.verify().problem
    monkeypatch.delenv("LACSS_AUDIT_ANCHOR")
    assert AuditLog(store).verify().intact, "the control: without the second place it is missed"


def test_a_place_that_cannot_be_written_is_behind_and_catches_up(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    far = tmp_path / "unmounted" / "heads"
    monkeypatch.setenv("LACSS_AUDIT_ANCHOR", str(far))
    trail = AuditLog(store)
    for mounted in (False, True):
        if mounted:
            far.parent.mkdir()
        with trail.writing() as connection:
            trail.append(connection, user="ana", action="test", subject="x")
        assert trail.verify().intact is mounted
    assert "cannot be written" in caplog.text
    key = bytes.fromhex((store.home / "audit.key").read_text())
    assert [head.number for head in read_heads(far, key) or []] == [2]


def test_the_key_may_be_elsewhere(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LACSS_AUDIT_KEY", str(tmp_path / "safe.key"))
    trail = AuditLog(store)
    with trail.writing() as connection:
        trail.append(connection, user="ana", action="test", subject="x")
    assert not (store.home / "audit.key").exists()
    assert (tmp_path / "safe.key").stat().st_mode & 0o777 == 0o600
    assert trail.verify().intact


# The file of heads -----------------------------------------------------------------------------


def kept(path: Path, *numbers: int) -> Path:
    for number in numbers:
        keep_head(path, KEY, Head(number, f"{number:064x}"))
    return path


def test_heads_are_only_added_and_older_ones_are_left_out(tmp_path: Path) -> None:
    path = kept(tmp_path / "heads", 1, 2, 5, 4, 5, 9)
    assert [head.number for head in read_heads(path, KEY) or []] == [1, 2, 5, 9]
    assert read_heads(tmp_path / "none", KEY) is None


@pytest.mark.parametrize("line", [0, 1, 2])
@pytest.mark.parametrize(
    "change",
    [lambda text: text.replace(b" 0", b" 1", 1), lambda _: b"", lambda text: text + text,
     lambda text: text[:60] + b"\n", lambda _: b"garbage\n"],
)  # fmt: skip
def test_a_line_that_was_changed_shows(
    tmp_path: Path, line: int, change: Callable[[bytes], bytes]
) -> None:
    path = kept(tmp_path / "heads", 1, 2, 3, 4)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:line], change(lines[line]), *lines[line + 1 :]]))
    with pytest.raises(StoreError, match="was changed in line"):
        read_heads(path, KEY)


def test_a_line_that_was_being_written_when_power_went_is_no_tampering(tmp_path: Path) -> None:
    path = kept(tmp_path / "heads", 1, 2, 3)
    whole = path.read_bytes()
    for torn in range(1, len(whole) // 3):
        path.write_bytes(whole[:-torn])
        assert [head.number for head in read_heads(path, KEY) or []] == [1, 2]
    kept(path, 4)
    assert [head.number for head in read_heads(path, KEY) or []] == [1, 2, 4]


def test_heads_of_a_version_that_kept_one_are_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "heads"
    path.write_text(f"3 {3:064x}\n")
    kept(path, 4)
    assert [head.number for head in read_heads(path, KEY) or []] == [3, 4]


# A crash between commit and head ---------------------------------------------------------------

CRASH = """
import os, signal, sys
from twin.monitoring import audit
from twin.store import Store
real = audit.keep_head
def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)
with Store.open() as store:
    log = audit.AuditLog(store)
    for number in range(4):
        if number == 3 and sys.argv[1] == "before":
            audit.keep_head = die
        with log.writing() as connection:
            log.append(connection, user="ana", action="test", subject=str(number))
            if number == 3 and sys.argv[1] == "inside":
                die()
"""


@pytest.mark.parametrize(("when", "entries"), [("before", 4), ("inside", 3)])
def test_a_crash_around_the_commit_is_no_false_alarm(
    tmp_path: Path, when: str, entries: int
) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LACSS_")}
    done = subprocess.run(
        [sys.executable, "-c", CRASH, when], check=False, timeout=120,
        env={**environment, "LACSS_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as store:
        log = AuditLog(store)
        assert (log.verify().entries, log.verify().problem) == (entries, "")
        assert log.verify().anchored == 3
        with log.writing() as connection:
            log.append(connection, user="ana", action="test", subject="after")
        assert (log.verify().intact, log.verify().anchored) == (True, entries + 1)


# Asking ----------------------------------------------------------------------------------------


def test_entries_are_asked_for_by_who_what_when_and_subject(store: Store) -> None:
    log = AuditLog(store)
    rows = [
        ("ana", "alert.close", "alert 1", "wet_foil%"),
        ("bo", "alert.close", "alert 12", ""),
        ("ana", "limits.freeze", "limits x", "Monthly"),
        ("bo", "alerting", "y", ""),
    ]
    for user, action, subject, reason in rows:
        with log.writing() as connection:
            log.append(connection, user=user, action=action, subject=subject, reason=reason)

    def found(**by: Any) -> list[int]:
        return [entry.audit_id for entry in log.entries(where=AuditFilter(**by))]

    assert found() == [1, 2, 3, 4]
    assert found(user="ana") == [1, 3]
    assert found(action="alert") == [1, 2]
    assert found(action="limits.freeze") == [3]
    assert found(subject="alert 1") == [1]
    assert found(subject="alert*") == [1, 2]
    assert found(text="monthly") == [3]
    assert found(text="t_f") == [1]
    assert found(text="%") == [1]
    first = log.entries()[0].at
    assert found(until=first) == [1]
    assert found(since=first, user="bo") == [2, 4]
