from __future__ import annotations

import stat
from pathlib import Path

import pytest
import sqlalchemy as sa

from process_models.errors import InputError, StoreError
from twin.monitoring.audit import AuditLog
from twin.store import Store


@pytest.fixture
def log(store: Store) -> AuditLog:
    """Five entries."""
    made = AuditLog(store)
    for number in range(1, 6):
        with made.writing() as connection:
            made.append(
                connection, user="ana", action="test", subject=f"thing {number}",
                old={"x": number}, new={"x": number + 1}, reason="because",
            )  # fmt: skip
    return made


def tamper(store: Store, *statements: str) -> None:
    with store.database.writing() as connection:
        for verb in ("update", "delete"):
            on = "" if store.database.is_sqlite else " ON audit"
            connection.exec_driver_sql(f"DROP TRIGGER audit_no_{verb}{on}")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_entries_say_who_what_when_and_why(log: AuditLog) -> None:
    first = log.entries()[0]
    assert (first.user, first.action, first.subject, first.reason) == (
        "ana", "test", "thing 1", "because",
    )  # fmt: skip
    assert (first.old, first.new) == ('{"x": 1}', '{"x": 2}')
    assert [e.audit_id for e in log.entries(last=2)] == [4, 5]
    assert len(log.entries("thing 3")) == 1


def test_an_untouched_trail_is_intact(log: AuditLog) -> None:
    assert (log.verify().entries, log.verify().intact) == (5, True)


def test_an_empty_trail_is_intact(store: Store) -> None:
    assert AuditLog(store).verify().intact


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit SET reason = 'x'", "DELETE FROM audit WHERE audit_id = 3"],
)
def test_the_database_refuses_changes(log: AuditLog, store: Store, statement: str) -> None:
    with (
        pytest.raises(StoreError, match="audit is append-only"),
        store.database.writing() as connection,
    ):
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statements", "problem"),
    [
        (("UPDATE audit SET reason = 'x' WHERE audit_id = 3",), "entry 3 was changed"),
        (("UPDATE audit SET at = at + 1 WHERE audit_id = 1",), "entry 1 was changed"),
        (("DELETE FROM audit WHERE audit_id = 3",), "entry 3 is missing"),
        (("DELETE FROM audit WHERE audit_id = 1",), "entry 1 is missing"),
        (("DELETE FROM audit WHERE audit_id = 5",), "ends at entry 4, it had at least 5"),
        (("DELETE FROM audit",), "ends at entry 0, it had at least 5"),
        (("UPDATE audit SET audit_id = 9 WHERE audit_id = 2",
          "UPDATE audit SET audit_id = 2 WHERE audit_id = 3",
          "UPDATE audit SET audit_id = 3 WHERE audit_id = 9"), "entry 2 is missing or out of"),
    ],
)  # fmt: skip
def test_tampering_shows(
    log: AuditLog, store: Store, statements: tuple[str, ...], problem: str
) -> None:
    tamper(store, *statements)
    report = log.verify()
    assert not report.intact
    assert problem in report.problem


def test_a_chain_recomputed_with_another_key_shows(log: AuditLog, store: Store) -> None:
    (store.home / "audit.key").write_text("00" * 32)
    assert "entry 1 was changed" in log.verify().problem


def test_a_missing_head_or_key_shows(log: AuditLog, store: Store) -> None:
    (store.home / "audit.head").unlink()
    assert "head file audit.head is missing" in log.verify().problem
    (store.home / "audit.key").unlink()
    with pytest.raises(StoreError, match=r"audit key .* cannot be read"):
        log.verify()


def test_a_head_that_lags_behind_is_no_tampering(log: AuditLog, store: Store) -> None:
    with store.database.reading() as connection:
        digest = connection.execute(sa.text("SELECT hash FROM audit WHERE audit_id = 3")).scalar()
    (store.home / "audit.head").write_text(f"3 {digest}\n")
    assert log.verify().intact


def test_key_and_head_are_private(log: AuditLog, store: Store) -> None:
    for name in ("audit.key", "audit.head"):
        assert stat.S_IMODE(Path(store.home / name).stat().st_mode) == 0o600
    assert log.verify().intact


def test_a_transaction_that_fails_leaves_no_entry(log: AuditLog) -> None:
    def write_and_fail() -> None:
        with log.writing() as connection:
            log.append(connection, user="bo", action="test", subject="thing")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert log.verify().entries == 5
    assert log.verify().intact


def test_nobody_cannot_change_anything(log: AuditLog) -> None:
    with pytest.raises(InputError, match="user must not be empty"), log.writing() as connection:
        log.append(connection, user=" ", action="test", subject="thing")


def test_foreign_letters_are_covered(store: Store) -> None:
    log = AuditLog(store)
    with log.writing() as connection:
        log.append(connection, user="Jürgen Øß", action="test", subject="ß", reason="日本")
    assert log.verify().intact
    assert log.entries()[0].user == "Jürgen Øß"
