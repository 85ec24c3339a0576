"""Cell tests that were taken in, and who called what they showed.

The rule's call stands until an engineer confirms or overrules it; entries are only added, the
newest counts, every change is in the audit trail. A call by a person enters the evidence, with the
hash of the file (`twin.cells.evidence`); that of the rule alone does not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from process_models.cells import CellLabel, CellTrace
from process_models.errors import InputError
from twin.access.permit import permit
from twin.cells.calls import CellCall, CellTest, Overruling, label_of, overruled
from twin.cells.labelling import LabelledFile
from twin.cells.trace_file import keep_trace, kept_trace
from twin.monitoring.audit import AuditLog
from twin.recipe import Recipe
from twin.store import Store, schema
from twin.store.times import from_us, now_us

__all__ = ["CellDesk"]


class CellDesk:
    """Takes cell tests in and keeps the calls on them.

    Parameters
    ----------
    store : Store
        Traces lie in the folder `cells` of its home.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._log = AuditLog(store)

    def take_in(
        self,
        found: LabelledFile,
        *,
        sample: str,
        laboratory: str,
        recipe: Recipe | None,
        step_ma_cm2: float,
        user: str,
    ) -> CellTest:
        """Keep a labelled file; one that is kept already, for the same test, is given back.

        Raises
        ------
        InputError
            When sample, laboratory or user are empty.
        """
        for name, value in (("sample", sample), ("laboratory", laboratory), ("user", user)):
            if not value.strip():
                raise InputError(f"{name} must not be empty for a cell test, got {value!r}")
        permit(self._store, "cell.take_in", user=user)
        file = found.file
        keep_trace(self._folder, file.sha256, file.trace)
        row = {
            "sha256": file.sha256, "file": file.path.name, "format": file.format,
            "test": found.label.test, "area_cm2": found.area_cm2, "step_ma_cm2": step_ma_cm2,
            "sample": sample.strip(), "laboratory": laboratory.strip(),
            "recipe": "" if recipe is None else json.dumps(asdict(recipe)),
            "user": user, "at": now_us(),
        }  # fmt: skip
        with self._log.writing() as connection:
            known = _number_of(connection, file.sha256, found.label.test)
            if known is None:
                connection.execute(schema.cell_tests.insert(), row)
                known = _number_of(connection, file.sha256, found.label.test) or 0
                self._add_call(connection, known, "rule", found.label, "", user)
        return self.get(known)

    def list(self) -> list[CellTest]:
        """All cell tests, the newest first."""
        with self._store.database.reading() as connection:
            tests = connection.execute(
                sa.select(schema.cell_tests).order_by(schema.cell_tests.c.cell_test_id.desc())
            ).all()
            calls = connection.execute(
                sa.select(schema.cell_calls).order_by(schema.cell_calls.c.call_id)
            ).all()
        by_test: dict[int, list[CellCall]] = {}
        for call in calls:
            by_test.setdefault(call.cell_test_id, []).append(_call(call))
        return [_test(row, by_test[row.cell_test_id]) for row in tests]

    def get(self, number: int) -> CellTest:
        """One cell test.

        Raises
        ------
        InputError
            When there is none of this number.
        """
        for test in self.list():
            if test.number == number:
                return test
        raise InputError(f"there is no cell test {number}; `lacss cells list` shows them")

    def trace(self, number: int) -> CellTrace:
        """The trace as it was taken in; errors as of `get`, and when its file is damaged."""
        return kept_trace(self._folder, self.get(number).sha256)

    def confirm(self, number: int, *, user: str, reason: str = "") -> CellTest:
        """The call that stands is right: it enters the evidence.

        Raises
        ------
        InputError
            When the trace is simulated, as also for `overrule`.
        """
        self._refuse_simulated(number)
        return self._decide(number, "confirmed", self.get(number).label, user, reason)

    def overrule(
        self, number: int, short: Overruling | None, *, user: str, reason: str
    ) -> CellTest:
        """Call another short, or none at all, for a reason; this label enters the evidence.

        Raises
        ------
        InputError
            When there is no reason, or the hour lies outside the record.
        """
        if not reason.strip():
            raise InputError(f"cell test {number} is overruled with a reason, got {reason!r}")
        self._refuse_simulated(number)
        label = overruled(self.get(number), self.trace(number), short)
        return self._decide(number, "overruled", label, user, reason)

    def withdraw(self, number: int, *, user: str, reason: str) -> CellTest:
        """Take the call out of the evidence again; it needs a reason as `overrule` does."""
        if not reason.strip():
            raise InputError(f"cell test {number} is withdrawn with a reason, got {reason!r}")
        return self._decide(number, "withdrawn", self.get(number).label, user, reason)

    def _refuse_simulated(self, number: int) -> None:
        if self.get(number).provenance == "simulated":
            raise InputError(
                f"cell test {number} is simulated and cannot become evidence of real cells"
            )

    def _decide(
        self, number: int, action: str, label: CellLabel, user: str, reason: str
    ) -> CellTest:
        from twin.cells.evidence import write_cell_evidence

        permit(self._store, f"cell.{action}", user=user)
        with self._log.writing() as connection:
            self._add_call(connection, number, action, label, reason.strip(), user)
        write_cell_evidence(self._store.home, self.list())
        return self.get(number)

    def _add_call(
        self, connection: sa.Connection, number: int, action: str, label: CellLabel, reason: str,
        user: str,
    ) -> None:  # fmt: skip
        row = {
            "cell_test_id": number, "action": action, "label": json.dumps(asdict(label)),
            "reason": reason, "user": user, "at": now_us(),
        }  # fmt: skip
        connection.execute(schema.cell_calls.insert(), row)
        self._log.append(
            connection, user=user, action=f"cell.{action}", subject=f"cell test {number}",
            new=label.to_dict(), reason=reason,
        )  # fmt: skip

    @property
    def _folder(self) -> Path:
        return self._store.home / "cells"


def _number_of(connection: sa.Connection, sha256: str, test: str) -> int | None:
    table = schema.cell_tests.c
    query = sa.select(table.cell_test_id).where(table.sha256 == sha256, table.test == test)
    found = connection.execute(query).scalar()
    return None if found is None else int(found)


def _call(row: Any) -> CellCall:
    return CellCall(row.action, label_of(json.loads(row.label)), row.reason, row.user,
                    from_us(row.at))  # fmt: skip


def _test(row: Any, calls: Sequence[CellCall]) -> CellTest:
    recipe = Recipe(**json.loads(row.recipe)) if row.recipe else None
    return CellTest(
        number=row.cell_test_id, sha256=row.sha256, file=row.file, format=row.format,
        test=row.test, area_cm2=row.area_cm2, step_ma_cm2=row.step_ma_cm2, sample=row.sample,
        laboratory=row.laboratory, recipe=recipe, user=row.user, at=from_us(row.at),
        calls=tuple(calls),
    )  # fmt: skip
