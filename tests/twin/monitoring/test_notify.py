from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from process_models.errors import InputError
from twin.measurement import Measurement
from twin.monitoring.delivery import DeliveryError, deliver
from twin.monitoring.endpoints import Endpoint, read_endpoints
from twin.monitoring.notify import Notifier
from twin.monitoring.outbox import Letter, letters
from twin.monitoring.plan import ControlPlan
from twin.monitoring.watch import watch_once
from twin.store import Store

Series = Callable[..., list[Measurement]]


class Webhook:
    """A receiver that answers 200, or 503 while it is out of order."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.broken = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not outer.broken:
                    outer.received.append(json.loads(body))
                    outer.headers.append(dict(self.headers))
                self.send_response(503 if outer.broken else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Mailbox:
    """An SMTP server that keeps what it gets."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        self.messages.append(envelope)
        return "250 OK"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    made = Webhook()
    yield made
    made.close()


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def hook(name: str, url: str) -> str:
    return f'[[endpoint]]\nname = "{name}"\nkind = "webhook"\nurl = "{url}"\n'


def mail(port: int) -> str:
    return (
        f'[[endpoint]]\nname = "mail"\nkind = "email"\nhost = "127.0.0.1"\nport = {port}\n'
        'from = "lacss@example.com"\nto = ["shift@example.com"]\n'
    )


@pytest.fixture
def raise_alert(store: Store, plan: ControlPlan, series: Series) -> Callable[..., None]:
    def make(*endpoints: str) -> None:
        (store.home / "notify.toml").write_text("".join(endpoints))
        store.add_measurements(series(40, {30: 64.0}))
        assert len(watch_once(store, plan)) == 1

    return make


def at_once(store: Store) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE outbox SET next_attempt_at = 0")


def test_a_webhook_gets_the_alert_once(
    store: Store, webhook: Webhook, raise_alert: Callable[..., None]
) -> None:
    raise_alert(hook("chat", webhook.url))
    notifier = Notifier(store)
    assert notifier.deliver_due() == 1
    assert notifier.deliver_due() == 0
    (body,) = webhook.received
    assert (body["kind"], body["alert"]["characteristic"]) == ("raised", "thickness_um")
    assert webhook.headers[0]["Idempotency-Key"] == f"lacss-{body['letter']}"
    (letter,) = letters(store, "sent")
    assert (letter.attempts, letter.sent_at is not None) == (1, True)


def test_mail_says_what_to_do(
    store: Store, mailbox: tuple[Mailbox, int], raise_alert: Callable[..., None]
) -> None:
    box, port = mailbox
    raise_alert(mail(port))
    assert Notifier(store).deliver_due() == 1
    (envelope,) = box.messages
    assert envelope.rcpt_tos == ["shift@example.com"]
    text = envelope.content.decode()
    assert "Subject: [LACSS major] thickness_um at roll: beyond_limits" in text
    assert "Reaction plan: measure again" in text
    assert "Data: simulated" in text


def test_a_long_subject_stands_on_its_first_line(
    store: Store, mailbox: tuple[Mailbox, int], raise_alert: Callable[..., None]
) -> None:
    box, port = mailbox
    raise_alert(mail(port))
    (letter,) = letters(store)
    long = {**letter.payload, "alert": {**letter.payload["alert"], "message": "x" * 60 + " y" * 40}}
    settings = {"host": "127.0.0.1", "port": port, "from": "a@b.example", "to": "c@d.example"}
    deliver(Endpoint("mail", "email", "minor", settings), replace(letter, payload=long))
    (envelope,) = box.messages
    subject, *_ = (line for line in envelope.content.decode().splitlines() if "Subject" in line)
    assert subject.endswith("x" * 60 + " y" * 40)


def test_down_then_up(
    store: Store, webhook: Webhook, raise_alert: Callable[..., None]
) -> None:
    raise_alert(hook("chat", webhook.url))
    webhook.broken = True
    notifier = Notifier(store)
    assert notifier.deliver_due() == 0
    (letter,) = letters(store)
    assert (letter.state, letter.attempts, letter.last_error) == (
        "pending", 1, "chat: answered 503",
    )  # fmt: skip
    assert notifier.deliver_due() == 0, "it waits before it tries again"
    assert letters(store)[0].attempts == 1
    webhook.broken = False
    at_once(store)
    assert notifier.deliver_due() == 1
    assert len(webhook.received) == 1


def test_endpoints_do_not_wait_for_each_other(
    store: Store,
    webhook: Webhook,
    mailbox: tuple[Mailbox, int],
    raise_alert: Callable[..., None],
) -> None:
    raise_alert(hook("dead", "http://127.0.0.1:1/"), hook("chat", webhook.url), mail(mailbox[1]))
    assert Notifier(store).deliver_due() == 2
    assert (len(webhook.received), len(mailbox[0].messages)) == (1, 1)
    states = {letter.endpoint: letter.state for letter in letters(store)}
    assert states == {"dead": "pending", "chat": "sent", "mail": "sent"}


def test_after_too_many_attempts_a_letter_is_dead(
    store: Store, raise_alert: Callable[..., None]
) -> None:
    raise_alert(hook("dead", "http://127.0.0.1:1/secret-token"))
    notifier = Notifier(store, max_attempts=3)
    for _ in range(5):
        notifier.deliver_due()
        at_once(store)
    (letter,) = letters(store, "dead")
    assert letter.attempts == 3
    assert "secret-token" not in letter.last_error


def test_a_crash_after_sending_sends_once_more(
    store: Store, webhook: Webhook, raise_alert: Callable[..., None], monkeypatch: Any
) -> None:
    raise_alert(hook("chat", webhook.url))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("twin.monitoring.notify.mark_sent", crash)
        with pytest.raises(KeyboardInterrupt):
            Notifier(store).deliver_due()
    assert Notifier(store).deliver_due() == 1
    first, second = webhook.received
    assert first["letter"] == second["letter"]


def test_the_wait_grows(store: Store, raise_alert: Callable[..., None]) -> None:
    raise_alert(hook("dead", "http://127.0.0.1:1/"))

    def refuse(_endpoint: Endpoint, _letter: Letter) -> None:
        raise DeliveryError("no")

    notifier = Notifier(store, send=refuse)
    waits = []
    for _ in range(4):
        at_once(store)
        notifier.deliver_due()
        with store.database.reading() as connection:
            query = "SELECT next_attempt_at - (SELECT max(next_attempt_at) FROM outbox) FROM outbox"
            assert connection.exec_driver_sql(query).scalar() == 0
        waits.append(letters(store)[0].next_attempt_at)
    assert waits == sorted(waits)
    assert (waits[3] - waits[2]).total_seconds() > 4


def test_the_loop_ends_and_keeps_its_error(store: Store) -> None:
    (store.home / "notify.toml").write_text("nonsense")
    stop = threading.Event()
    notifier = Notifier(store, interval_s=0.01)
    thread = threading.Thread(target=notifier.run, args=(stop,))
    thread.start()
    for _ in range(500):
        if notifier.last_error:
            break
        stop.wait(0.01)
    stop.set()
    thread.join()
    assert "not readable as TOML" in notifier.last_error


def test_no_file_means_no_endpoints(store: Store) -> None:
    assert read_endpoints(store.home) == []
    assert Notifier(store).deliver_due() == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[endpoint]]\nkind = "webhook"', "endpoint 1: name is missing"),
        ('[[endpoint]]\nname = "a"\nkind = "pigeon"', "kind must be one of email, webhook"),
        ('[[endpoint]]\nname = "a"\nkind = "webhook"', "url is missing"),
        ('[[endpoint]]\nname = "a"\nkind = "webhook"\nurl = "ftp://x"', "must begin with http"),
        (hook("a", "http://x") + hook("a", "http://y"), "a name of its own"),
        (hook("a", "http://x") + "port = 1", "key 'port' is unknown for kind webhook"),
        (hook("a", "http://x") + 'severity = "huge"', "severity must be one of"),
    ],
)
def test_endpoints_that_break_a_rule(store: Store, text: str, message: str) -> None:
    (store.home / "notify.toml").write_text(text)
    with pytest.raises(InputError, match=message):
        read_endpoints(store.home)


def test_secrets_are_not_shown(store: Store) -> None:
    (store.home / "notify.toml").write_text(hook("a", "http://host/secret"))
    assert "secret" not in repr(read_endpoints(store.home))
