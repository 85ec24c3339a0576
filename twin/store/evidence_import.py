"""Imported evidence: kept as tables under the home folder, where a fit of the model finds them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from process_models.errors import InputError
from process_models.quality.evidence import COLUMNS, EvidenceRow
from process_models.quality.evidence_table import compared_rows
from twin.evidence import read_evidence, reference_evidence, write_evidence
from twin.store.mapping import Mapped
from twin.store.quarantine import Quarantined
from twin.store.receipts import Receipt

__all__ = ["evidence_files", "evidence_row", "keep_evidence", "known_evidence", "sort_evidence"]

_REQUIRED = ("id", "sample", "test", "censoring", "kind")


def evidence_files(home: Path) -> list[Path]:
    """Imported evidence tables, in the order of their names."""
    return sorted((home / "evidence").glob("*.csv"))


def known_evidence(home: Path) -> list[EvidenceRow]:
    """The built-in evidence and what was imported: what new rows may be compared with."""
    rows = reference_evidence()
    for file in evidence_files(home):
        rows += read_evidence(file, known=rows)
    return rows


def sort_evidence(
    path: Path, mapped: Mapped, known: Sequence[EvidenceRow]
) -> tuple[list[EvidenceRow], list[Quarantined]]:
    """The rows of a table that keep every rule, and the others with what they break.

    Raises
    ------
    InputError
        When a needed column is missing or one is unknown: then it is no table of evidence.
    """
    for name in _REQUIRED:
        if name not in mapped.columns:
            raise InputError(f"{path}: column {name!r} is missing, needed for evidence")
    unknown = sorted(set(mapped.columns) - set(COLUMNS))
    if unknown:
        raise InputError(
            f"{path}: column {unknown[0]!r} is unknown to evidence, see data/README.md"
        )
    good: list[tuple[int, EvidenceRow, dict[str, str]]] = []
    bad: list[Quarantined] = []
    seen: set[str] = set()
    for number, record in zip(mapped.table.numbers, mapped.records(), strict=True):
        try:
            row = _checked(mapped.faults.get(number), record, seen)
        except InputError as error:
            bad.append(_refused(number, record, error))
        else:
            good.append((number, row, record))
    kept, late = _compared(good, known)
    return kept, sorted([*bad, *late], key=lambda one: one.row)


def _checked(fault: str | None, record: Mapping[str, str], seen: set[str]) -> EvidenceRow:
    if fault is not None:
        raise InputError(fault)
    row = EvidenceRow.from_text(record)
    if row.id in seen:
        raise InputError(f"column id: must be unique, got {row.id!r} again")
    seen.add(row.id)
    return row


def _compared(
    rows: Sequence[tuple[int, EvidenceRow, dict[str, str]]], known: Sequence[EvidenceRow]
) -> tuple[list[EvidenceRow], list[Quarantined]]:
    """Ordinal rows need the rows that they are compared with, which may be refused themselves."""
    left = list(rows)
    bad: list[Quarantined] = []
    while True:
        together = [*(row for _, row, _ in left), *known]
        refused = []
        for number, row, record in left:
            try:
                compared_rows(row, together)
            except InputError as error:
                refused.append(number)
                bad.append(_refused(number, record, error))
        if not refused:
            return [row for _, row, _ in left], bad
        left = [one for one in left if one[0] not in refused]


def _refused(number: int, record: Mapping[str, str], error: InputError) -> Quarantined:
    text = str(error)
    column = text.split(":", 1)[0].removeprefix("column ") if text.startswith("column ") else ""
    rule, _, value = text.removeprefix(f"column {column}: ").rpartition(", got ")
    return Quarantined(number, column, rule or text, value, text, dict(record))


def evidence_row(record: Mapping[str, str], known: Sequence[EvidenceRow]) -> EvidenceRow:
    """A mended row; errors as of a row of a table."""
    row = EvidenceRow.from_text(record)
    compared_rows(row, [row, *known])
    return row


def keep_evidence(
    home: Path, name: str, sha256: str, rows: Sequence[EvidenceRow]
) -> tuple[Receipt, int]:
    """Keep the rows whose id is new, in a table named by the file and its hash.

    Returns
    -------
    tuple
        What was accepted, a duplicate or a conflict, and how many rows are kept afterwards.
    """
    built_in = reference_evidence()
    known: dict[str, EvidenceRow] = {}
    for file in evidence_files(home):
        read = read_evidence(file, known=[*known.values(), *built_in])
        known |= {row.id: row for row in read}
    fresh = [row for row in rows if row.id not in known]
    duplicates = sum(known.get(row.id) == row for row in rows)
    if fresh:
        _add(home / "evidence" / f"{name}-{sha256[:12]}.csv", fresh, [*known.values(), *built_in])
    receipt = Receipt(len(fresh), duplicates, len(rows) - len(fresh) - duplicates)
    return receipt, len(known) + len(fresh)


def _add(target: Path, fresh: Sequence[EvidenceRow], known: Sequence[EvidenceRow]) -> None:
    """Write a table whole or not at all; rows that were mended join those of their file."""
    target.parent.mkdir(exist_ok=True)
    before = read_evidence(target, known=[*fresh, *known]) if target.exists() else []
    partial = target.with_suffix(".partial")
    write_evidence(partial, [*before, *fresh])
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    partial.replace(target)
