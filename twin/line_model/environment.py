"""SimPy's event loop, with events at absolute times."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush

import simpy

__all__ = ["Call", "LineEnvironment"]

Call = Callable[[simpy.Event], None]
NORMAL = simpy.events.NORMAL


class LineEnvironment(simpy.Environment):  # type: ignore[misc]
    """SimPy's environment; `call_at` keeps a finish time exact where now + delay would round."""

    stopped: bool = False

    def call_at(self, time_s: float, call: Call) -> simpy.Event:
        """Have `call(event)` called at `time_s`; take the call away to cancel it."""
        event = simpy.Event(self)
        event._ok = True
        event._value = None
        event.callbacks.append(call)
        heappush(self._queue, (time_s, NORMAL, next(self._eid), event))
        return event

    def idle(self) -> bool:
        """Whether nothing at all is going to happen."""
        return not self._queue

    def run_to(self, until_s: float, events: int | None = None) -> bool:
        """Process every event up to and including `until_s`, unless `stopped` is set.

        The clock stays at the last event. False when `events` were processed and more remain.
        """
        queue, step = self._queue, self.step
        left = -1 if events is None else events
        while queue and queue[0][0] <= until_s and not self.stopped:
            if not left:
                return False
            left -= 1
            step()
        return True

    def advance_to(self, time_s: float) -> None:
        """Move the clock on to a time before which nothing is left to do."""
        self._now: float = max(self._now, time_s)
