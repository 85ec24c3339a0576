"""Processes that the main job starts, and that must be gone when it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import IO, Self

from process_models.errors import StoreError

__all__ = ["Child", "lacss"]

_GRACE_S = 5.0


def lacss(*arguments: str) -> list[str]:
    """The command line of another `lacss` in this very installation."""
    return [sys.executable, "-c", "from twin.cli import main; main()", *arguments]


class Child:
    """One process in a session of its own; use it as a context manager.

    Ctrl-C in a terminal does not reach it: its parent ends it, and if the parent is killed the
    kernel does (`twin.running.launcher`).

    Parameters
    ----------
    name : str
        For messages.
    command : sequence of str
    log : Path
        Where its stderr goes.
    environment : mapping, optional
        Added to this process's.
    """

    def __init__(
        self, name: str, command: Sequence[str], log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        launcher = [sys.executable, "-m", "twin.running.launcher", str(os.getpid())]
        self._command = [*launcher, *command]
        self._environment = {**os.environ, **(environment or {})}

    def __enter__(self) -> Self:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as errors:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                env=self._environment, start_new_session=True, text=True,
            )
        self._lines: Queue[str] = Queue()
        self._reader = threading.Thread(
            target=_drain, args=(self._process.stdout, self._lines), daemon=True
        )
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def ended(self) -> int | None:
        """Exit code, or None while it runs."""
        return self._process.poll()

    def line(self, timeout_s: float) -> str:
        """Its next line on stdout.

        Raises
        ------
        StoreError
            When it ended or said nothing for `timeout_s`; with its last line on stderr.
        """
        waited = 0.0
        while waited < timeout_s:
            with suppress(Empty):
                return self._lines.get(timeout=0.1)
            waited += 0.1
            if self.ended is not None and self._lines.empty():
                break
        raise StoreError(f"{self.name} did not start: {self._last_words()}")

    def heard(self) -> list[str]:
        """Lines that it has printed since the last time, without waiting for more."""
        lines = []
        with suppress(Empty):
            while True:
                lines.append(self._lines.get_nowait())
        return lines

    def answer(self, timeout_s: float) -> dict[str, str]:
        """Its next line on stdout, a JSON object."""
        found: dict[str, str] = json.loads(self.line(timeout_s))
        return found

    def _last_words(self) -> str:
        with suppress(OSError):
            lines = self.log.read_text(errors="replace").strip().splitlines()
            if lines:
                return lines[-1]
        return f"exit code {self.ended}"

    def stop(self) -> None:
        """Ask it to end, and make it end when it does not."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, number)
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_GRACE_S)
        if self._process.stdout is not None:
            self._reader.join(1.0)
            self._process.stdout.close()


def _drain(stream: IO[str] | None, lines: Queue[str]) -> None:
    with suppress(ValueError):
        for text in stream or ():
            lines.put(text.rstrip("\n"))
