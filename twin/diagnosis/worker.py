"""Diagnosing beside the watch: a thread that never holds up the raising of alerts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from process_models.errors import LacssError
from twin.diagnosis.diagnosing import Diagnostician
from twin.diagnosis.keeping import due, refresh

if TYPE_CHECKING:
    from twin.monitoring.plan import ControlPlan
    from twin.store import Store

__all__ = ["DiagnosisWorker"]

_AT_ONCE = 4


class DiagnosisWorker:
    """Diagnoses alerts of which there is news, a few at a time, until told to stop.

    Parameters
    ----------
    interval_s : float
        Pause when nothing is due.
    """

    def __init__(self, store: Store, plan: ControlPlan, *, interval_s: float = 5.0) -> None:
        self._store = store
        self._diagnostician = Diagnostician(store, plan)
        self._interval_s = interval_s
        self._undiagnosable: set[int] = set()
        self.last_error = ""

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; an error is kept in `last_error` and does not end it."""
        while not stop.is_set():
            if not self.look():
                stop.wait(self._interval_s)

    def look(self) -> int:
        """Diagnose the newest of those due; how many were diagnosed."""
        try:
            waiting = [one for one in due(self._store) if one not in self._undiagnosable]
            made = 0
            for alert_id in waiting[:_AT_ONCE]:
                done = refresh(self._store, self._diagnostician, [alert_id])
                made += done
                if not done:
                    self._undiagnosable.add(alert_id)
            self.last_error = ""
        except LacssError as error:
            self.last_error = str(error)
            return 0
        return made
