"""The last line of a run says what was skipped, and why."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

__all__ = ["pytest_terminal_summary", "pytest_unconfigure"]

_SKIPPED = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Remember what was skipped for the last line."""
    reports = terminalreporter.stats.get("skipped", [])
    terminalreporter.config.stash[_SKIPPED] = [
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in reports
        if isinstance(report.longrepr, tuple)
    ]


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line says what was not tested here, and why."""
    if _SKIPPED not in config.stash or config.option.collectonly:
        return
    counted = Counter(config.stash[_SKIPPED])
    told = "; ".join(f"{number} because {why}" for why, number in counted.most_common())
    sys.stdout.write(f"skipped: {told or 'nothing'}\n")
