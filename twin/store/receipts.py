"""What a write answers: how many records were accepted, and what became of the others."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Receipt"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Counts of one committed write.

    Attributes
    ----------
    accepted : int
        Newly stored, late ones included.
    duplicates : int
        Stored before with the same value; nothing was done.
    conflicts : int
        Stored before with another value; kept aside, not stored.
    late : int
        Accepted, but measured more than the window behind the newest stored of the series.
    future : int
        Measured more than the tolerance after they were received, so their clock is wrong.
    """

    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    late: int = 0
    future: int = 0

    def __add__(self, other: Receipt) -> Receipt:
        return Receipt(
            self.accepted + other.accepted,
            self.duplicates + other.duplicates,
            self.conflicts + other.conflicts,
            self.late + other.late,
            self.future + other.future,
        )
