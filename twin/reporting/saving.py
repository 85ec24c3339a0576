"""Reports as files: who makes them, when, and where they are written."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from process_models.errors import InputError
from twin.reporting.document import About
from twin.reporting.reports import Report, to_excel, to_pdf, to_svg

__all__ = ["FORMATS", "about_now", "save"]

FORMATS: Mapping[str, Callable[[Report], bytes]] = {
    "excel": to_excel,
    "pdf": to_pdf,
    "svg": to_svg,
}


def about_now(name: str, *, provenance: str, source: str, unit: str = "") -> About:
    """What a report made here, now and by the user of this machine is about."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        user = ""
    return About(
        name=name,
        unit=unit,
        provenance=provenance,
        source=source,
        made_by=user,
        made_at=datetime.now(UTC),
    )


def save(report: Report, paths: Mapping[str, Path]) -> None:
    """Write a report to files.

    Parameters
    ----------
    paths : mapping of str to Path
        One of `FORMATS` to where it goes; a file that is there is replaced.

    Raises
    ------
    InputError
        When a file cannot be written.
    """
    for name, path in paths.items():
        content = FORMATS[name](report)
        try:
            path.write_bytes(content)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise InputError(f"--{name}: {path} cannot be written: {reason}") from error
