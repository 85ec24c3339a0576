"""Watching what arrives: the control plan evaluated on what is new, and signals made alerts.

`watch_once` looks at what was stored since its last look, late readings included, and may be run by
several processes: alerts are joined under their fingerprint in the writing transaction, so the same
data never raises twice. `Watch` does the same all the time, with the charts in memory.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from process_models.errors import LacssError
from twin.monitoring.alert import Alert
from twin.monitoring.arrivals import Arrivals
from twin.monitoring.heartbeat import Pulse
from twin.monitoring.plan import ControlPlan
from twin.monitoring.watcher import Watcher
from twin.store import Store

__all__ = ["Watch", "watch_once"]

_BATCH_S = 0.01


def watch_once(store: Store, plan: ControlPlan) -> list[Alert]:
    """Evaluate everything stored since the last look and open alerts for new signals.

    Returns
    -------
    list of Alert
        Those opened now, by time; a run that goes on only grows its alert.
    """
    return Watcher(store, plan).look()


class Watch:
    """Looks as soon as something is stored, and around itself every `interval_s`.

    Parameters
    ----------
    interval_s : float
        Between two looks at what is no reading: silence, sensors, sources, escalation, shelves.
    on_alert : callable, optional
        Called with each new alert.
    on_error : callable, optional
        Called with each error that is another than the one before.
    heartbeat : Path, optional
        File that is touched for a watchdog outside.
    heartbeat_url : str, optional
        Address that is asked for the same purpose.
    """

    def __init__(
        self,
        store: Store,
        plan: ControlPlan,
        *,
        interval_s: float = 2.0,
        on_alert: Callable[[Alert], None] | None = None,
        on_error: Callable[[str], None] | None = None,
        heartbeat: Path | None = None,
        heartbeat_url: str = "",
    ) -> None:
        self._store = store
        self._plan = plan
        self._interval_s = interval_s
        self._on_alert = on_alert
        self._on_error = on_error
        self._pulse = Pulse(store, "watch", heartbeat, heartbeat_url)
        self._watcher: Watcher | None = None
        self._swept = -interval_s
        self.last_error = ""

    def run(self, stop: threading.Event) -> None:
        """Watch until `stop` is set; an error is kept in `last_error` and does not end it."""
        arrivals = Arrivals(self._store)
        try:
            while not stop.is_set():
                self.look()
                pause = self._interval_s if not self.last_error else min(1.0, self._interval_s)
                self._wait(arrivals, pause, stop)
                stop.wait(_BATCH_S)
        finally:
            arrivals.close()
            self._pulse.stop()

    def _wait(self, arrivals: Arrivals, pause_s: float, stop: threading.Event) -> None:
        """Until something came; a database that is away while it is asked ends nothing either."""
        try:
            arrivals.wait(pause_s, stop)
        except Exception as error:  # noqa: BLE001 - the watch outlives whatever goes wrong
            arrivals.close()
            self._failed(error)
            stop.wait(pause_s)

    def look(self) -> list[Alert]:
        """One look; new alerts are handed to `on_alert`."""
        now = time.monotonic()
        sweep = now - self._swept >= self._interval_s
        try:
            if self._watcher is None:
                self._watcher = Watcher(self._store, self._plan, vital=True)
                sweep = True
            raised = self._watcher.look(sweep=sweep)
            self._pulse.beat()
            self.last_error = ""
        except Exception as error:  # noqa: BLE001 - the watch outlives whatever goes wrong
            self._failed(error)
            return []
        if sweep:
            self._swept = now
        if self._on_alert is not None:
            for alert in raised:
                self._on_alert(alert)
        return raised

    def _failed(self, error: Exception) -> None:
        kind = "" if isinstance(error, LacssError) else f"{type(error).__name__}: "
        text = f"{kind}{error}"
        if self._on_error is not None and text != self.last_error:
            self._on_error(text)
        self.last_error = text
        if not isinstance(error, LacssError):
            self._watcher = None  # what it had in memory may be half done
