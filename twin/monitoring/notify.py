"""Delivering the outbox: each endpoint by itself, at least once, with retries and dead letters.

A letter is marked as sent after its endpoint took it, so a crash in between sends it once more; its
number travels with it and tells a receiver that it is the same. An endpoint that is down waits
longer after each attempt and holds up no other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from process_models.errors import LacssError
from twin.monitoring.delivery import DeliveryError, deliver
from twin.monitoring.endpoints import Endpoint, read_endpoints
from twin.monitoring.outbox import MAX_ATTEMPTS, Letter, due, mark_failed, mark_sent
from twin.store import Store

__all__ = ["Notifier"]

Deliver = Callable[[Endpoint, Letter], None]


class Notifier:
    """Sends what is due, again and again.

    Parameters
    ----------
    interval_s : float
        Pause between two looks into the outbox.
    max_attempts : int
        After so many failures a letter is dead and waits for a person.
    send : callable, optional
        One attempt; raises `DeliveryError` when the endpoint did not take the letter.
    """

    def __init__(
        self,
        store: Store,
        *,
        interval_s: float = 2.0,
        max_attempts: int = MAX_ATTEMPTS,
        send: Deliver = deliver,
    ) -> None:
        self._store = store
        self._interval_s = interval_s
        self._max_attempts = max_attempts
        self._send = send
        self.last_error = ""

    def run(self, stop: threading.Event) -> None:
        """Deliver until `stop` is set; an error is kept in `last_error` and does not end it."""
        while not stop.is_set():
            try:
                self.deliver_due()
                self.last_error = ""
            except LacssError as error:
                self.last_error = str(error)
            stop.wait(self._interval_s)

    def deliver_due(self) -> int:
        """One round over all endpoints at once; the number of letters delivered."""
        endpoints = read_endpoints(self._store.home)
        if not endpoints:
            return 0
        with ThreadPoolExecutor(max_workers=len(endpoints), thread_name_prefix="notify") as pool:
            return sum(pool.map(self._deliver_to, endpoints))

    def _deliver_to(self, endpoint: Endpoint) -> int:
        delivered = 0
        for letter in due(self._store, endpoint.name):
            try:
                self._send(endpoint, letter)
            except DeliveryError as error:
                mark_failed(self._store, letter, str(error), max_attempts=self._max_attempts)
                break  # the next ones would fail as well; they keep their order
            mark_sent(self._store, letter)
            delivered += 1
        return delivered
