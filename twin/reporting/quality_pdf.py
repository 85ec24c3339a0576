"""The report of a quality model as PDF, from what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from process_models.errors import InputError
from twin.reporting.document import About
from twin.reporting.quality_subject import QualityModelReport

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from process_models.quality.comparison import MethodScore

__all__ = ["about_model", "check_target", "quality_pdf", "quality_subject", "save_quality_pdf"]


def quality_subject(
    home: Path, model: QualityModel, methods: Sequence[MethodScore], about: About
) -> QualityModelReport:
    """The report of `model` with the evidence under `home`.

    Raises
    ------
    InputError
        When an imported table of evidence breaks a rule.
    """
    from twin.evidence_origin import statements
    from twin.quality_artifact import stale

    return QualityModelReport(
        model=model, evidence=statements(home), about=about, methods=tuple(methods),
        stale=stale(home),
    )  # fmt: skip


def about_model(home: Path) -> About:
    """What such a report is about, made here and now."""
    from twin.evidence_origin import statements
    from twin.reporting.saving import about_now

    imported = any(one.origin == "imported" for one in statements(home))
    return about_now(
        "Quality model",
        provenance="simulated+prior" + ("+imported" if imported else ""),
        source="posterior of the stored fit and its evidence",
    )


def quality_pdf(report: QualityModelReport, *, compress: bool = True) -> bytes:
    """The report on A4.

    Parameters
    ----------
    compress : bool
        Whether page contents are compressed.
    """
    from twin.reporting.pdf import pdf
    from twin.reporting.quality_document import quality_document

    return pdf(quality_document(report), compress=compress)


def check_target(path: Path) -> None:
    """Refuse a file that cannot be made, before a minute is spent on what it should hold.

    Raises
    ------
    InputError
        When it is a folder, or its folder is missing.
    """
    if path.is_dir():
        raise InputError(f"--pdf: must be a file, got the folder {path}")
    if not path.parent.is_dir():
        raise InputError(f"--pdf: the folder of {path} is missing")


def save_quality_pdf(report: QualityModelReport, path: Path) -> None:
    """Write the report to `path`; a file that is there is replaced.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    content = quality_pdf(report)
    try:
        path.write_bytes(content)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"--pdf: {path} cannot be written: {reason}") from error
