"""The evidence behind a fit: what of it comes with the product, was imported, or was added by hand.

A stored model remembers it, so that a newer table of evidence makes it stale, and a new fit on the
newer table still includes what was added by hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twin.evidence import combined_evidence, merged
from twin.store.evidence_import import evidence_files

if TYPE_CHECKING:
    from process_models.quality import EvidenceRow

__all__ = ["FitEvidence", "gather"]


@dataclass(frozen=True, slots=True)
class FitEvidence:
    """Rows of a fit, and where they came from.

    Attributes
    ----------
    rows : tuple of EvidenceRow
        All of them.
    extra : tuple of EvidenceRow
        Those that were added by hand.
    only : bool
        Whether the built-in and the imported evidence were left out.
    base_sha256 : str
        Hash of the built-in and imported rows as they were; of none when left out.
    """

    rows: tuple[EvidenceRow, ...]
    extra: tuple[EvidenceRow, ...]
    only: bool
    base_sha256: str


def gather(
    home: Path,
    paths: Sequence[Path | str] = (),
    *,
    only: bool = False,
    extra: Sequence[EvidenceRow] = (),
) -> FitEvidence:
    """The evidence of a fit under `home`: built-in, imported and added.

    Parameters
    ----------
    home : Path
    paths : sequence of Path or str
        Tables to add.
    only : bool
        Leave the built-in and the imported evidence out.
    extra : sequence of EvidenceRow
        Rows to add that were added by hand before.

    Raises
    ------
    InputError
        When a table breaks a rule, or there is none at all.
    """
    base: list[EvidenceRow] = [] if only else combined_evidence(evidence_files(home))
    if only and not paths and not extra:
        combined_evidence((), built_in=False)
    added = merged([extra, *_tables(paths, [*base, *extra])])
    return FitEvidence(
        rows=tuple(merged([base, added])),
        extra=tuple(added),
        only=only,
        base_sha256=_hash(base),
    )


def _tables(paths: Sequence[Path | str], known: list[EvidenceRow]) -> list[list[EvidenceRow]]:
    from twin.evidence import read_evidence

    tables: list[list[EvidenceRow]] = []
    for path in paths:
        tables.append(read_evidence(path, known=known))
        known = [*known, *tables[-1]]
    return tables


def _hash(rows: Sequence[EvidenceRow]) -> str:
    from process_models.quality.design import evidence_hash

    if not any(row.in_regression for row in rows):
        return hashlib.sha256(b"").hexdigest()
    return evidence_hash(rows)
