"""Who is told about alerts: the endpoints of `notify.toml` in the home folder.

    [[endpoint]]
    name = "shift"
    kind = "email"              # email: host, port, from, to, and optionally user, password_file
    host = "mail.example.com"   # webhook: url
    port = 25
    from = "lacss@example.com"
    to = ["shift@example.com"]
    severity = "major"          # this and worse; default: all

`kind = "apprise"` takes `url_file`: a file, readable by nobody else, with addresses of Apprise
(Slack, Teams, Matrix, SMS and others), one a line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from process_models.errors import InputError
from twin.monitoring.planned import SEVERITIES

__all__ = ["Endpoint", "read_endpoints"]

_KEYS = {
    "email": {"name", "kind", "severity", "host", "port", "from", "to", "user", "password_file"},
    "webhook": {"name", "kind", "severity", "url", "token_file"},
    "apprise": {"name", "kind", "severity", "url_file"},
}
_NEEDED = {"email": ("host", "from", "to"), "webhook": ("url",), "apprise": ("url_file",)}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One place to send alerts to.

    Attributes
    ----------
    settings : mapping
        What its kind needs; never logged, because an address may carry a secret.
    severity : str
        The least severity that is sent.
    """

    name: str
    kind: str
    severity: str
    settings: Mapping[str, Any] = field(repr=False)

    def wants(self, severity: str) -> bool:
        """Whether alerts of this severity are sent here."""
        return SEVERITIES.index(severity) >= SEVERITIES.index(self.severity)


def read_endpoints(home: Path) -> list[Endpoint]:
    """Endpoints of `home/notify.toml`; none when there is no such file.

    Raises
    ------
    InputError
        When the file breaks a rule; no value is repeated that could be a secret.
    """
    path = home / "notify.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not readable as TOML: {error}") from error
    entries = document.get("endpoint", [])
    endpoints = [_endpoint(path, i, entry) for i, entry in enumerate(entries, start=1)]
    names = [endpoint.name for endpoint in endpoints]
    if len(set(names)) < len(names):
        raise InputError(f"{path}: every endpoint needs a name of its own, got {', '.join(names)}")
    return endpoints


def _endpoint(path: Path, number: int, entry: Mapping[str, Any]) -> Endpoint:
    where = f"{path}: endpoint {number}"
    name, kind = entry.get("name"), entry.get("kind")
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"{where}: name is missing")
    if kind not in _KEYS:
        raise InputError(f"{where}: kind must be one of {', '.join(_KEYS)}, got {kind!r}")
    for key in entry:
        if key not in _KEYS[kind]:
            raise InputError(f"{where}: key {key!r} is unknown for kind {kind}")
    for key in _NEEDED[kind]:
        if not entry.get(key):
            raise InputError(f"{where}: {key} is missing")
    if kind == "webhook" and not str(entry["url"]).startswith(("http://", "https://")):
        raise InputError(f"{where}: url must begin with http:// or https://")
    severity = entry.get("severity", SEVERITIES[0])
    if severity not in SEVERITIES:
        raise InputError(
            f"{where}: severity must be one of {', '.join(SEVERITIES)}, got {severity!r}"
        )
    return Endpoint(name, kind, severity, dict(entry))
