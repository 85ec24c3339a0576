"""A progress bar on stderr, for people only and only when it takes long."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

__all__ = ["ProgressBar"]


class ProgressBar:
    """Shows itself after a second, if stderr is a terminal; use it as a context manager."""

    def __init__(self, label: str, *, after_s: float = 1.0) -> None:
        self.label = label
        self._due = time.monotonic() + after_s
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> ProgressBar:
        return self

    def show(self, done: float, total: float) -> None:
        """So much of `total` is done."""
        if self._bar is None and (time.monotonic() < self._due or not sys.stderr.isatty()):
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(self.label, total=total)
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
