"""Work that takes longer than a page: started once, left alone, found again when it is done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

import streamlit as st

from process_models.errors import LacssError

__all__ = ["Job", "Jobs", "jobs"]

T = TypeVar("T")
Work = Callable[[Callable[[float], None]], T]


@dataclass(eq=False)
class Job(Generic[T]):
    """One piece of work in a thread of its own.

    Attributes
    ----------
    share : float
        How much of it is done, 0 to 1.
    result, error
        One of them is set when it has ended; an error of the family `LacssError` is kept to be
        shown, any other ends the thread and is told as such.
    """

    work: Work[T]
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    share: float = 0.0
    result: T | None = None
    error: LacssError | None = None
    ended_at: datetime | None = None
    _ended: threading.Event = field(default_factory=threading.Event, init=False, repr=False)

    def start(self) -> None:
        """Begin; returns at once."""
        threading.Thread(target=self.run, name="lacss-job", daemon=True).start()

    def wait(self) -> None:
        """Return once it has ended."""
        self._ended.wait()

    def run(self) -> None:
        """Do the work in this thread."""
        try:
            self.result = self.work(self._tell)
        except LacssError as error:
            self.error = error
        finally:
            if self.result is None and self.error is None:
                self.error = LacssError("this could not be worked out: the server's log says why")
            self.ended_at = datetime.now(UTC)
            self._ended.set()

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    def _tell(self, share: float) -> None:
        self.share = min(1.0, max(0.0, share))


class Jobs:
    """The newest job of each name, shared by all sessions."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job[object]] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Job[object] | None:
        """The newest job of that name, or None."""
        with self._lock:
            return self._jobs.get(name)

    def start(self, name: str, work: Work[object]) -> Job[object]:
        """Start a job, unless one of that name is running; then that one."""
        with self._lock:
            now = self._jobs.get(name)
            if now is not None and now.running:
                return now
            job = Job(work)
            self._jobs[name] = job
        job.start()
        return job


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """All jobs of this server."""
    return Jobs()
