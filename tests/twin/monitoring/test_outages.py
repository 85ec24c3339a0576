"""Mail that is out of order, again and again: every alert is delivered, hardly one twice."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from twin.measurement import Measurement
from twin.monitoring import delivery, notify, outbox
from twin.monitoring.notify import Notifier
from twin.monitoring.outbox import letters
from twin.monitoring.plan import ControlPlan
from twin.monitoring.watch import watch_once
from twin.store import Store

START = datetime(2026, 1, 5, tzinfo=UTC)
SEED = 99
KINDS = ("killed", "refusing", "hanging", "taken without a word")


class Mailbox:
    """Keeps what it takes; out of order it refuses, hangs in DATA, or takes and says nothing."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        self.trouble = ""
        self.release = threading.Event()

    async def handle_MAIL(  # noqa: N802 - named by aiosmtpd
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self.trouble == "refusing" or self.struck:
            return "451 try again later"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        line = next(x for x in envelope.content.splitlines() if x.startswith(b"X-Lacss-Letter"))
        if self.trouble != "hanging":
            self.got[line.decode()] += 1
        if self.trouble in ("hanging", "taken without a word"):
            self.struck = True
            server.transport.close()  # the line is cut where the answer should have come
        return "250 OK"

    struck = False


class Server:
    """A mail server on one port that can be killed and started again."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.box = Mailbox()
        self._controller: Controller | None = None

    def start(self) -> None:
        self.box.trouble, self.box.struck = "", False
        if self._controller is None:
            self._controller = Controller(self.box, hostname="127.0.0.1", port=self.port)
            self._controller.factory = lambda: SMTP(self.box)  # type: ignore[method-assign]
            self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            with suppress(AssertionError):
                self._controller.stop()
            self._controller = None

    def fail(self, kind: str) -> None:
        if kind == "killed":
            self.stop()
        self.box.trouble = kind


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.start()
    yield made
    made.stop()


def alerting(store: Store, plan: ControlPlan, number: int) -> int:
    """An alert more: a reading outside the specification after some that are not."""
    rows = [
        Measurement(
            measured_at=START + timedelta(days=number, minutes=i), lot_id=f"L{number}-{i}",
            station="roll", characteristic="thickness_um", value=value, unit="um",
        )
        for i, value in enumerate([60.0, 60.5, 59.5, 60.2, 60.1, 59.9, 90.0])
    ]  # fmt: skip
    store.add_measurements(rows)
    endless = replace(plan.characteristics[0], phase1=10**6, silent_after_s=None)
    calm = replace(
        plan, characteristics=(endless,), alerting=replace(plan.alerting, flood_letters=10**6)
    )
    return len(watch_once(store, calm))


def campaign(
    store: Store, plan: ControlPlan, server: Server, outages: int, seed: int
) -> tuple[int, Counter[str]]:
    """Alerts raised before, during and after each outage, and how often each letter came."""
    draw, raised = random.Random(seed), 0
    (store.home / "notify.toml").write_text(
        f'[[endpoint]]\nname = "mail"\nkind = "email"\nhost = "127.0.0.1"\nport = {server.port}\n'
        'from = "lacss@example.com"\nto = ["shift@example.com"]\n'
    )
    stop = threading.Event()
    notifier = Notifier(store, interval_s=0.02)
    thread = threading.Thread(target=notifier.run, args=(stop,))
    thread.start()
    try:
        for outage in range(outages):
            server.fail(draw.choice(KINDS) if outages > len(KINDS) else KINDS[outage])
            raised += sum(alerting(store, plan, 2 * outage + i) for i in range(2))
            time.sleep(0.3)
            server.start()
            wait_for(lambda: not letters(store, "pending", last=9999))
    finally:
        stop.set()
        thread.join()
    return raised, server.box.got


def wait_for(done: Callable[[], bool], most_s: float = 20.0) -> None:
    until = time.monotonic() + most_s
    while not done() and time.monotonic() < until:
        time.sleep(0.02)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(outbox, "LONGEST_WAIT_S", 0.2)
    monkeypatch.setattr(delivery, "TIMEOUT_S", 1.0)


@pytest.mark.soak
@pytest.mark.usefixtures("hasty")
def test_every_alert_comes_and_an_outage_doubles_one_at_most(
    store: Store, plan: ControlPlan, server: Server, rounds: Callable[[int, int], int]
) -> None:
    outages = rounds(4, 100)
    raised, got = campaign(store, plan, server, outages, SEED)
    assert raised == 2 * outages
    assert len(got) == raised
    assert not letters(store, "dead")
    assert sum(got.values()) - raised <= outages


@pytest.mark.usefixtures("hasty")
def test_the_control_a_sender_that_forgets_failures_is_caught(
    store: Store, plan: ControlPlan, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget(store: Store, letter: Any, *_: object, **__: object) -> None:
        outbox.mark_sent(store, letter)

    monkeypatch.setattr(notify, "mark_failed", forget)
    raised, got = campaign(store, plan, server, 2, SEED)
    assert len(got) < raised


def test_a_hanging_endpoint_holds_up_no_other(store: Store, plan: ControlPlan) -> None:
    (store.home / "notify.toml").write_text(
        "".join(
            f'[[endpoint]]\nname = "{name}"\nkind = "webhook"\nurl = "http://127.0.0.1:9/"\n'
            for name in ("slow", "fast")
        )
    )
    held, came = threading.Event(), threading.Event()

    def send(endpoint: Any, _letter: Any) -> None:
        if endpoint.name == "slow":
            held.wait(20)
        else:
            came.set()

    stop = threading.Event()
    notifier = Notifier(store, interval_s=0.01, send=send)
    thread = threading.Thread(target=notifier.run, args=(stop,))
    thread.start()
    alerting(store, plan, 0)
    assert came.wait(20)
    came.clear()
    alerting(store, plan, 9)
    assert came.wait(20), "the second letter came, too, while the other endpoint hung"
    held.set()
    stop.set()
    thread.join()


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_apprise_sends_what_its_file_names(
    store: Store, plan: ControlPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apprise = pytest.importorskip("apprise")
    told: list[str] = []

    def notify_(_self: object, body: str, title: str, **_: object) -> bool:
        told.append(f"{title}|{body}")
        return True

    monkeypatch.setattr(apprise.Apprise, "notify", notify_)
    (tmp_path / "chat.url").write_text("json://127.0.0.1:9/hook\n")
    (store.home / "notify.toml").write_text(
        f'[[endpoint]]\nname = "chat"\nkind = "apprise"\nurl_file = "{tmp_path / "chat.url"}"\n'
    )
    alerting(store, plan, 0)
    assert Notifier(store).deliver_due() == 1
    assert told[0].startswith("[LACSS major] thickness_um at roll: outside_specification")
