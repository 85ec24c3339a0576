"""One attempt to hand a letter to its endpoint: it returns when the endpoint took it."""

from __future__ import annotations

import json
import smtplib
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any

from process_models.errors import LacssError
from twin.monitoring.endpoints import Endpoint
from twin.monitoring.outbox import Letter

__all__ = ["DeliveryError", "deliver"]

_TIMEOUT_S = 10.0


class DeliveryError(LacssError):
    """The endpoint did not take the letter; the text holds no secret."""


def deliver(endpoint: Endpoint, letter: Letter) -> None:
    """Send `letter` to `endpoint`.

    Raises
    ------
    DeliveryError
        When it was not taken; another attempt may follow.
    """
    try:
        if endpoint.kind == "email":
            _mail(endpoint.settings, letter)
        else:
            _post(endpoint.settings, letter)
    except urllib.error.HTTPError as error:
        error.close()
        raise DeliveryError(f"{endpoint.name}: answered {error.code}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(f"{endpoint.name}: {type(error).__name__}") from None


def _mail(settings: Mapping[str, Any], letter: Letter) -> None:
    alert = letter.payload["alert"]
    message = EmailMessage()
    message["Subject"] = _line(f"[LACSS {alert['severity']}] {alert['message']}")
    message["From"] = settings["from"]
    to = settings["to"]
    message["To"] = to if isinstance(to, str) else ", ".join(to)
    message["Message-ID"] = make_msgid(f"lacss-{letter.id}", domain="lacss.invalid")
    message["X-Lacss-Letter"] = str(letter.id)
    message.set_content(_body(alert))
    with smtplib.SMTP(settings["host"], int(settings.get("port", 25)), timeout=_TIMEOUT_S) as smtp:
        if "user" in settings:
            smtp.starttls()
            smtp.login(settings["user"], _secret(settings["password_file"]))
        smtp.send_message(message)


def _post(settings: Mapping[str, Any], letter: Letter) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"lacss-{letter.id}"}
    if "token_file" in settings:
        headers["Authorization"] = f"Bearer {_secret(settings['token_file'])}"
    body = json.dumps({"letter": letter.id, **letter.payload}, ensure_ascii=False).encode()
    request = urllib.request.Request(settings["url"], body, headers, method="POST")
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:
        response.read()


def _secret(path: str) -> str:
    return Path(path).expanduser().read_text(encoding="utf-8").strip()


def _line(text: str) -> str:
    return " ".join(text.split())[:200]


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
