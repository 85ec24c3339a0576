"""How a client may connect: signed, encrypted and pinned, or plainly where nobody can listen."""

from __future__ import annotations

import ipaddress
import logging
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse

from process_models.errors import InputError
from twin.live.opcua.pki import KeyPair, fingerprint, parse_fingerprint, read_certificate

__all__ = ["ClientSecurity", "is_loopback"]

_log = logging.getLogger(__name__)


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine and nothing else can listen.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("10.0.0.1")
    (True, True, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecurity:
    """What a client demands of a server, and how it shows who it is.

    Attributes
    ----------
    pin : str
        SHA-256 fingerprint of the one certificate that the server may have. With it the
        connection is Basic256Sha256, signed and encrypted; without it, not encrypted.
    pair : KeyPair or None
        Certificate and key of the client; needed with a pin.
    insecure : bool
        Allow a connection without encryption to another machine.
    user, password : str
        Sent when `user` is not empty.
    """

    pin: str = ""
    pair: KeyPair | None = None
    insecure: bool = False
    user: str = ""
    password: str = ""

    def __post_init__(self) -> None:
        if self.pin:
            object.__setattr__(self, "pin", parse_fingerprint(self.pin))
        if self.pin and self.pair is None:
            raise InputError("a pinned server needs a client certificate, got none")

    def __repr__(self) -> str:
        """Without the password."""
        return f"ClientSecurity(pin={self.pin!r}, user={self.user!r}, insecure={self.insecure})"

    @classmethod
    def of(
        cls,
        *,
        server_certificate: Path | None = None,
        pin: str = "",
        pair: KeyPair | None = None,
        user: str = "",
        password_file: Path | None = None,
        insecure: bool = False,
    ) -> ClientSecurity:
        """From what a person gives: a certificate or its fingerprint, a password in a file.

        Raises
        ------
        InputError
            When a file cannot be read, both pins are given and differ, or a user has no password.
        """
        if server_certificate is not None:
            found = fingerprint(read_certificate(server_certificate))
            if pin and parse_fingerprint(pin) != found:
                raise InputError(f"{server_certificate} has fingerprint {found}, pinned is {pin}")
            pin = found
        if bool(user) != (password_file is not None):
            raise InputError("user and password file are given together or not at all")
        password = "" if password_file is None else _password(password_file)
        return cls(pin=pin, pair=pair, insecure=insecure, user=user, password=password)

    def check(self, url: str) -> None:
        """Refuse a connection that others could read or forge.

        Raises
        ------
        InputError
            When `url` is no OPC UA address, or names another machine without a pin and without
            leave.
        """
        parts = urlparse(url)
        if parts.scheme != "opc.tcp" or not parts.hostname:
            raise InputError(f"url must begin with opc.tcp:// and name a host, got {url!r:.120}")
        if parts.username is not None:
            raise InputError(f"url must not hold a user or password: {parts.hostname}")
        if not self.pin and not self.insecure and not is_loopback(parts.hostname):
            raise InputError(
                f"{url} is another machine: pin its certificate (server_certificate or "
                "server_fingerprint), or allow plain text with insecure"
            )


def _password(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            _log.warning("%s can be read by others: chmod 600", path)
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"password file {path} cannot be read: {error}") from error
    if not lines or not lines[0]:
        raise InputError(f"password file {path} has no password on its first line")
    return lines[0]
