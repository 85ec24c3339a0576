"""Imported evidence: kept as tables under the home folder, where a fit of the model finds them."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from process_models.quality.evidence import EvidenceRow
from twin.evidence import read_evidence
from twin.store.receipts import Receipt
from twin.store.tables import TextTable

__all__ = ["evidence_files", "keep_evidence"]


def evidence_files(home: Path) -> list[Path]:
    """Imported evidence tables, in the order of their names."""
    return sorted((home / "evidence").glob("*.csv"))


def keep_evidence(
    home: Path, path: Path, table: TextTable, rows: Sequence[EvidenceRow]
) -> tuple[Receipt, int]:
    """Keep the rows of a checked evidence table whose id is new.

    Returns
    -------
    tuple
        What was accepted, a duplicate or a conflict, and how many rows are kept afterwards.
    """
    known = {row.id: row for file in evidence_files(home) for row in read_evidence(file)}
    fresh = {row.id for row in rows} - set(known)
    duplicates = sum(known.get(row.id) == row for row in rows)
    if fresh:
        _write(home / "evidence" / f"{path.stem}-{table.sha256[:12]}.csv", table, fresh)
    receipt = Receipt(len(fresh), duplicates, len(rows) - len(fresh) - duplicates)
    return receipt, len(known) + len(fresh)


def _write(target: Path, table: TextTable, ids: set[str]) -> None:
    target.parent.mkdir(exist_ok=True)
    place = table.columns.index("id")
    partial = target.with_suffix(".partial")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns)
        writer.writerows(row for row in table.rows if row[place].strip() in ids)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)
