"""The chain of the audit trail: how an entry is hashed, and whether a chain is whole."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.monitoring.audit_anchor import Head

__all__ = ["START", "AuditReport", "entry_hash", "verify_chain"]

_COVERED = ("audit_id", "at", "user", "action", "subject", "old", "new", "reason", "previous_hash")
START = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What verification found; `problem` is empty when the whole chain holds.

    Attributes
    ----------
    entries : int
    problem : str
        The first thing that is not as it was written.
    anchored : int
        The newest entry whose hash is kept outside: what follows it could be cut off unseen.
    """

    entries: int
    problem: str = ""
    anchored: int = 0

    @property
    def intact(self) -> bool:
        """True when every row, their order and their number are as they were written."""
        return not self.problem


def entry_hash(key: bytes, row: Mapping[str, Any]) -> str:
    """HMAC-SHA-256 over the row and the hash before it."""
    text = json.dumps([row[name] for name in _COVERED], ensure_ascii=False)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def verify_chain(
    rows: Iterable[Mapping[str, Any]], key: bytes, anchors: Sequence[Sequence[Head]]
) -> AuditReport:
    """Recompute the chain and compare it with every head that is kept outside.

    Parameters
    ----------
    rows : iterable of mapping
        Of the table `audit`, by number; read once, so a long trail needs no memory.
    key : bytes
    anchors : sequence of sequence of Head
        One for each place.
    """
    expected: dict[int, set[str]] = {}
    for head in (head for heads in anchors for head in heads):
        expected.setdefault(head.number, set()).add(head.digest)
    number, previous = 0, START
    for number, row in enumerate(rows, start=1):
        if row["audit_id"] != number or row["previous_hash"] != previous:
            return AuditReport(number, f"entry {number} is missing or out of order")
        previous = entry_hash(key, row)
        if not hmac.compare_digest(previous, row["hash"]):
            return AuditReport(number, f"entry {number} was changed after it was written")
        if expected.pop(number, {previous}) != {previous}:
            return AuditReport(number, f"entry {number} differs from the head kept outside")
    if expected:
        newest = max(expected)
        return AuditReport(number, f"the trail ends at entry {number}, it had at least {newest}")
    newest = max((heads[-1].number for heads in anchors if heads), default=0)
    return AuditReport(number, anchored=newest)
