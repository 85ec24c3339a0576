"""Where each statement of the evidence comes from: cited with the product, or imported here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from process_models.quality.evidence import EvidenceRow
from twin.evidence import reference_evidence
from twin.quality_artifact import evidence_of

__all__ = ["Statement", "statements"]

Origin = Literal["cited", "imported"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A row of the evidence and its origin.

    Attributes
    ----------
    row : EvidenceRow
    origin : {"cited", "imported"}
        Cited rows come with the product; imported ones are tables brought in and called cell
        tests.
    """

    row: EvidenceRow
    origin: Origin


def statements(home: Path) -> tuple[Statement, ...]:
    """The evidence of a fit made now under `home`, that of the regression only.

    Parameters
    ----------
    home : Path
        `Settings.home`.

    Raises
    ------
    InputError
        When an imported table breaks a rule.
    """
    cited = set(reference_evidence())
    return tuple(
        Statement(row, "cited" if row in cited else "imported")
        for row in evidence_of(home).rows
        if row.in_regression
    )
