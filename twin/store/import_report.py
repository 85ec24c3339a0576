"""What became of the rows of imported files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from twin.store.quarantine import Quarantined
from twin.store.receipts import Receipt

__all__ = ["ImportReport", "combined", "report_of"]

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Counts of one file, or of several added up.

    Attributes
    ----------
    stored_total : int
        What the store holds of the kinds imported, afterwards.
    quarantine : tuple of (int, str)
        Row, from 1 below the header, and reason; the first 100.
    kinds : tuple of str
        `measurements`, `events`, `evidence`.
    future : int
        Measured more than a minute after they were received; kept as uncertain.
    """

    accepted: int
    duplicates: int
    conflicts: int
    quarantined: int
    late: int
    stored_total: int
    quarantine: tuple[tuple[int, str], ...] = ()
    kinds: tuple[str, ...] = ()
    future: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        names = ("accepted", "duplicates", "conflicts", "quarantined", "late", "future",
                 "stored_total")  # fmt: skip
        rows = [{"row": row, "reason": reason} for row, reason in self.quarantine]
        counts = {name: getattr(self, name) for name in names}
        return {**counts, "quarantine": rows, "kinds": list(self.kinds)}


def report_of(
    kind: str, receipt: Receipt, total: int, bad: Sequence[Quarantined]
) -> ImportReport:
    """The report of one file."""
    return ImportReport(
        receipt.accepted,
        receipt.duplicates,
        receipt.conflicts,
        len(bad),
        receipt.late,
        total,
        tuple((one.row, one.reason) for one in bad[:_SHOWN]),
        (kind,),
        receipt.future,
    )


def combined(reports: Sequence[ImportReport]) -> ImportReport:
    """Reports of several files added up; of each kind the last total counts."""
    totals = {report.kinds[0]: report.stored_total for report in reports}
    return ImportReport(
        sum(report.accepted for report in reports),
        sum(report.duplicates for report in reports),
        sum(report.conflicts for report in reports),
        sum(report.quarantined for report in reports),
        sum(report.late for report in reports),
        sum(totals.values()),
        tuple(row for report in reports for row in report.quarantine)[:_SHOWN],
        tuple(totals),
        sum(report.future for report in reports),
    )
