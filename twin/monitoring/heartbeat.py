"""Saying that one is alive: to the others in the store, to a watchdog outside by file or URL."""

from __future__ import annotations

import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from process_models.errors import LacssError
from twin.store import Store
from twin.store.sources import beat

__all__ = ["EVERY_S", "Pulse"]

EVERY_S = 10.0
_TIMEOUT_S = 5.0


class Pulse:
    """The heartbeat of one part of the twin; called as often as one likes, it beats when due.

    Parameters
    ----------
    part : str
        Its name in the table `heartbeats`.
    file : Path, optional
        Touched at every beat, so that its age tells.
    url : str, optional
        Asked at every beat, in a thread of its own; what it answers does not matter.
    """

    def __init__(self, store: Store, part: str, file: Path | None = None, url: str = "") -> None:
        self._store = store
        self._part = part
        self._file = file
        self._url = url
        self._due = 0.0
        self._asking: threading.Thread | None = None

    def beat(self) -> None:
        """Beat when it is time."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + EVERY_S / 2
        beat(self._store, self._part, EVERY_S)
        if self._file is not None:
            with suppress(OSError):  # a watchdog that sees no beat is what it is for
                self._file.touch()
        if self._url and (self._asking is None or not self._asking.is_alive()):
            self._asking = threading.Thread(target=self._ask, name="heartbeat", daemon=True)
            self._asking.start()

    def stop(self) -> None:
        """Say that the end is meant."""
        with suppress(LacssError):
            beat(self._store, self._part, EVERY_S, state="stopped")

    def _ask(self) -> None:
        with (
            suppress(OSError, ValueError),
            urllib.request.urlopen(self._url, timeout=_TIMEOUT_S) as answer,
        ):
            answer.read(1)
