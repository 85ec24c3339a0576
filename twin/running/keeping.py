"""A part of the main job that is a process of its own, and is started again when it ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from process_models.errors import StoreError
from twin.live.sourcing.waits import pause
from twin.running.children import Child

__all__ = ["Kept"]

_LOOK_S = 0.2
_FIRST_BACKOFF_S = 1.0
_LONGEST_BACKOFF_S = 30.0
_SOUND_S = 60.0
_MOST_FAILURES = 5


class Kept:
    """One process, started again after it ended, later each time.

    Parameters
    ----------
    name : str
        For messages.
    command : sequence of str
    log : Path
        Where its stderr goes.
    say : callable
        Told when it ended.
    heard : callable, optional
        Told every line that it prints.
    backoff_s : float
        Pause before the first new start; doubles up to half a minute.
    """

    def __init__(
        self, name: str, command: Sequence[str], log: Path, say: Callable[[str], None],
        heard: Callable[[str], None] | None = None, *, backoff_s: float = _FIRST_BACKOFF_S,
    ) -> None:  # fmt: skip
        self.name = name
        self.log = log
        self._command = tuple(command)
        self._say = say
        self._heard = heard
        self._first_backoff_s = backoff_s

    async def run(self, stop: asyncio.Event) -> None:
        """Keep it running until `stop` is set; it has ended when this returns.

        Raises
        ------
        StoreError
            When it ended soon after its start several times in succession.
        """
        backoff_s, failures = self._first_backoff_s, 0
        while not stop.is_set():
            began = time.monotonic()
            code = await self._once(stop)
            if stop.is_set():
                return
            if time.monotonic() - began > _SOUND_S:
                backoff_s, failures = self._first_backoff_s, 0
            failures += 1
            ended = f"{self.name} ended with code {code}"
            if failures == _MOST_FAILURES:
                raise StoreError(f"{ended} {failures} times in succession, see {self.log}")
            self._say(f"{ended}; started again in {backoff_s:g} s, see {self.log}")
            await pause(backoff_s, stop)
            backoff_s = min(2 * backoff_s, _LONGEST_BACKOFF_S)

    async def _once(self, stop: asyncio.Event) -> int | None:
        with Child(self.name, self._command, self.log) as child:
            while not stop.is_set() and child.ended is None:
                self._tell(child)
                await pause(_LOOK_S, stop)
            await asyncio.to_thread(child.stop)
            self._tell(child)
            return child.ended

    def _tell(self, child: Child) -> None:
        for line in child.heard():
            if self._heard is not None:
                self._heard(line)
