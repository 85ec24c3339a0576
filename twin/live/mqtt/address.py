"""Where a broker is, and how it is reached: `mqtt://host:port`, or `mqtts://` with TLS."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from process_models.errors import InputError
from twin.live.sourcing.mapping import SourceConfig

__all__ = ["Broker"]

_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker's address and the credentials for it.

    Attributes
    ----------
    tls : ssl.SSLContext or None
        None: not encrypted.
    """

    host: str
    port: int
    username: str = ""
    password: str | None = None
    tls: ssl.SSLContext | None = None

    @classmethod
    def of(cls, config: SourceConfig) -> Broker:
        """The broker of `config`.

        Raises
        ------
        InputError
            When the address is none, a file of credentials cannot be read, or an unencrypted
            connection would leave this machine without `insecure`.
        """
        try:
            url = urlsplit(config.address)
            port = url.port or _PORTS.get(url.scheme, 0)
        except ValueError as error:
            raise InputError(f"source {config.name}: address: {error}") from error
        if url.scheme not in _PORTS or not url.hostname:
            raise InputError(
                f"source {config.name}: address must be mqtt://host or mqtts://host, "
                f"got {config.address!r}"
            )
        tls = _tls(config) if url.scheme == "mqtts" else None
        if tls is None and not (_is_here(url.hostname) or config.insecure):
            raise InputError(
                f"source {config.name}: {url.hostname} is another machine, use mqtts:// or say "
                "insecure = true"
            )
        return cls(url.hostname, port, config.username, config.password(), tls)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls(config: SourceConfig) -> ssl.SSLContext:
    """Only the named authority is trusted; without one, those of this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = _ClosingSocket
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    asked: Path | None = config.ca_file
    try:
        if asked is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(asked)
        if (asked := config.certificate_file) is not None:
            context.load_cert_chain(asked, config.key_file)
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"source {config.name}: {asked} cannot be used: {error}") from error
    return context


class _ClosingSocket(ssl.SSLSocket):
    """Closes itself when the handshake fails; the MQTT client would leave it open."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise
