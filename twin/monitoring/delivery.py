"""One attempt to hand a letter to its endpoint: it returns when the endpoint took it."""

from __future__ import annotations

import json
import logging
import smtplib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from process_models.errors import LacssError
from twin.monitoring.endpoints import Endpoint
from twin.monitoring.outbox import Letter

__all__ = ["DeliveryError", "deliver", "probe"]

TIMEOUT_S = 10.0
_BUSY = (408, 425, 429)
_TAKEN = 250
_HEADER_LENGTH = 500


class DeliveryError(LacssError):
    """The endpoint did not take the letter; the text holds no secret.

    Parameters
    ----------
    refused : bool
        The endpoint is there and does not take this letter; others may be taken.
    doubtful : bool
        The letter was handed over and the answer did not come: it may have been taken.
    """

    def __init__(self, text: str, *, refused: bool = False, doubtful: bool = False) -> None:
        super().__init__(text)
        self.refused = refused
        self.doubtful = doubtful


def deliver(endpoint: Endpoint, letter: Letter) -> None:
    """Send `letter` to `endpoint`.

    Raises
    ------
    DeliveryError
        When it was not taken; another attempt may follow.
    """
    try:
        _WAYS[endpoint.kind](endpoint.settings, letter)
    except DeliveryError as error:
        raise DeliveryError(
            f"{endpoint.name}: {error}", refused=error.refused, doubtful=error.doubtful
        ) from None
    except urllib.error.HTTPError as error:
        error.close()
        refused = 400 <= error.code < 500 and error.code not in _BUSY
        raise DeliveryError(f"{endpoint.name}: answered {error.code}", refused=refused) from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        codes = _codes(error)
        refused = bool(codes) and all(500 <= code < 600 for code in codes)
        told = f"{type(error).__name__} {', '.join(map(str, codes))}".strip()
        raise DeliveryError(f"{endpoint.name}: {told}", refused=refused) from None
    except (OSError, smtplib.SMTPException) as error:
        lost = TimeoutError | ConnectionResetError | smtplib.SMTPServerDisconnected
        doubtful = isinstance(error, lost)
        text = f"{endpoint.name}: {type(error).__name__}"
        raise DeliveryError(text, doubtful=doubtful) from None


def probe(endpoint: Endpoint) -> None:
    """Ask whether the endpoint is there without handing anything over.

    Called before a letter whose last attempt is in doubt is sent again, so that an outage costs one
    letter sent twice at most.

    Raises
    ------
    DeliveryError
        When it is not.
    """
    if endpoint.kind != "email":
        return
    try:
        with _connected(endpoint.settings) as smtp:
            smtp.ehlo_or_helo_if_needed()
            code, _ = smtp.mail(str(endpoint.settings["from"]))
            smtp.rset()
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(f"{endpoint.name}: {type(error).__name__}") from None
    if code != _TAKEN:
        raise DeliveryError(f"{endpoint.name}: answered {code}")


@contextmanager
def _connected(settings: Mapping[str, Any]) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(settings["host"], int(settings.get("port", 25)), timeout=TIMEOUT_S) as smtp:
        if "user" in settings:
            smtp.starttls()
            smtp.login(settings["user"], _secret(settings["password_file"]))
        yield smtp


def _codes(error: smtplib.SMTPException) -> list[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [int(error.smtp_code)] if isinstance(error, smtplib.SMTPResponseException) else []


def _mail(settings: Mapping[str, Any], letter: Letter) -> None:
    alert = letter.payload["alert"]
    message = EmailMessage()
    message["Subject"] = _subject(letter)
    message["From"] = settings["from"]
    to = settings["to"]
    message["To"] = to if isinstance(to, str) else ", ".join(to)
    # The same for every attempt, so that a mail system may drop the second of two.
    raised = "".join(filter(str.isalnum, alert["raised_at"]))
    message["Message-ID"] = f"<lacss-{letter.id}-{raised}@lacss.invalid>"
    message["X-Lacss-Letter"] = str(letter.id)
    message.set_content(_text(letter))
    # Folded at 78, a long subject leaves its first line empty, and so do some mail programs.
    message.policy = message.policy.clone(max_line_length=_HEADER_LENGTH)
    with _connected(settings) as smtp:
        smtp.send_message(message)


def _post(settings: Mapping[str, Any], letter: Letter) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"lacss-{letter.id}"}
    if "token_file" in settings:
        headers["Authorization"] = f"Bearer {_secret(settings['token_file'])}"
    body = json.dumps({"letter": letter.id, **letter.payload}, ensure_ascii=False).encode()
    request = urllib.request.Request(settings["url"], body, headers, method="POST")
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
        response.read()


def _apprise(settings: Mapping[str, Any], letter: Letter) -> None:
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its messages may hold addresses
    urls = [line for line in _secret(settings["url_file"]).splitlines() if line.strip()]
    told = apprise.Apprise()
    if not urls or not all(told.add(url.strip()) for url in urls):
        raise DeliveryError("url_file holds an address that Apprise does not know", refused=True)
    if not told.notify(body=_text(letter), title=_subject(letter)):
        raise DeliveryError("not taken")


def _secret(path: str) -> str:
    return Path(path).expanduser().read_text(encoding="utf-8").strip()


def _line(text: str) -> str:
    return " ".join(text.split())[:200]


def _subject(letter: Letter) -> str:
    alert = letter.payload["alert"]
    if letter.kind == "digest":
        together = letter.payload["alerts"]
        text = f"[LACSS] {len(together)} more alerts at {alert['station']}"
    else:
        escalated = "escalated, " if letter.kind.startswith("escalated") else ""
        text = f"[LACSS {escalated}{alert['severity']}] {alert['message']}"
    return _line(text)


def _text(letter: Letter) -> str:
    if letter.kind != "digest":
        return _body(letter.payload["alert"])
    return "".join(
        f"{alert['opened_at']} alert {alert['id']} {alert['severity']}: {alert['message']}\n"
        for alert in letter.payload["alerts"]
    )


def _body(alert: Mapping[str, Any]) -> str:
    causes = ", ".join(
        f"{entry['cause']} {entry['probability']:.0%}" for entry in alert["diagnosis"][:3]
    )
    rows = (
        ("Alert", alert["id"]),
        ("Station", alert["station"]),
        ("Characteristic", alert["characteristic"]),
        ("Rule", alert["rule"]),
        ("Lot", alert["lot_id"] or "-"),
        ("Since", alert["since"]),
        ("Probable causes", causes or "-"),
        ("Data", alert["provenance"] or "-"),
        ("Reaction plan", alert["reaction_plan"] or "-"),
    )
    return "\n".join(f"{name}: {value}" for name, value in rows) + "\n"


_WAYS: Mapping[str, Callable[[Mapping[str, Any], Letter], None]] = {
    "email": _mail, "webhook": _post, "apprise": _apprise,
}  # fmt: skip
