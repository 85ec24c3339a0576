"""Delivering the outbox: each endpoint by itself, at least once, with retries and dead letters.

A letter is marked as sent after its endpoint took it, so a crash in between sends it once more; its
number travels with it and tells a receiver that it is the same. Every endpoint has a thread of its
own: one that is down or slow waits longer after each attempt and holds up no other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from process_models.errors import LacssError
from twin.monitoring.dead_watch import report_dead
from twin.monitoring.delivery import DeliveryError, deliver, probe
from twin.monitoring.endpoints import Endpoint, read_endpoints
from twin.monitoring.heartbeat import EVERY_S, Pulse
from twin.monitoring.outbox import (
    MAX_ATTEMPTS,
    MAX_REFUSALS,
    Letter,
    due,
    mark_failed,
    mark_sent,
    release,
)
from twin.store import Store

__all__ = ["Notifier"]

Deliver = Callable[[Endpoint, Letter], None]
_GOODBYE_S = 15.0


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
        interval_s: float = 0.5,
        max_attempts: int = MAX_ATTEMPTS,
        send: Deliver = deliver,
    ) -> None:
        self._store = store
        self._interval_s = interval_s
        self._max_attempts = max_attempts
        self._send = send
        self._doubtful: set[str] = set()
        self._down: set[str] = set()
        self._pulse = Pulse(store, "notifier")
        self._looked = -EVERY_S
        self.last_error = ""

    def run(self, stop: threading.Event) -> None:
        """Deliver until `stop` is set; an error is kept in `last_error` and does not end it."""
        senders: dict[str, threading.Thread] = {}
        while not stop.is_set():
            try:
                for endpoint in read_endpoints(self._store.home):
                    if endpoint.name not in senders or not senders[endpoint.name].is_alive():
                        senders[endpoint.name] = self._begin(endpoint.name, stop)
                self._look_after_the_watch()
                self.last_error = ""
            except LacssError as error:
                self.last_error = str(error)
            stop.wait(self._interval_s)
        for sender in senders.values():
            sender.join(_GOODBYE_S)
        self._pulse.stop()

    def deliver_due(self) -> int:
        """One round over all endpoints at once; the number of letters delivered."""
        endpoints = read_endpoints(self._store.home)
        if not endpoints:
            return 0
        with ThreadPoolExecutor(max_workers=len(endpoints), thread_name_prefix="notify") as pool:
            return sum(pool.map(self._deliver_to, endpoints))

    def _begin(self, name: str, stop: threading.Event) -> threading.Thread:
        sender = threading.Thread(
            target=self._serve, args=(name, stop), name=f"notify-{name}", daemon=True
        )
        sender.start()
        return sender

    def _serve(self, name: str, stop: threading.Event) -> None:
        """Send to one endpoint until `stop` is set or `notify.toml` does not name it any more."""
        while not stop.is_set():
            try:
                found = [one for one in read_endpoints(self._store.home) if one.name == name]
                if not found:
                    return
                self._deliver_to(found[0], stop)
            except LacssError as error:
                self.last_error = str(error)
            stop.wait(self._interval_s)

    def _look_after_the_watch(self) -> None:
        self._pulse.beat()
        if time.monotonic() - self._looked >= EVERY_S:
            self._looked = time.monotonic()
            report_dead(self._store, "watch")

    def _deliver_to(self, endpoint: Endpoint, stop: threading.Event | None = None) -> int:
        delivered = 0
        for letter in due(self._store, endpoint.name):
            if stop is not None and stop.is_set():
                break
            try:
                if endpoint.name in self._doubtful:
                    probe(endpoint)
                self._send(endpoint, letter)
            except DeliveryError as error:
                self._failed(endpoint, letter, error)
                if error.refused:
                    continue
                break  # the next ones would fail as well; they keep their order
            mark_sent(self._store, letter)
            delivered += 1
            self._doubtful.discard(endpoint.name)
            if endpoint.name in self._down:
                self._down.discard(endpoint.name)
                release(self._store, endpoint.name)
        return delivered

    def _failed(self, endpoint: Endpoint, letter: Letter, error: DeliveryError) -> None:
        most = min(self._max_attempts, MAX_REFUSALS) if error.refused else self._max_attempts
        mark_failed(self._store, letter, str(error), max_attempts=most)
        if not error.refused:
            self._down.add(endpoint.name)
        if error.doubtful:
            self._doubtful.add(endpoint.name)
