"""A mosquitto of the tests' own: configuration, port and store in a temporary folder.

It keeps every message on disk before it does anything else, as a broker must on which a line
relies, and dies with this process.
"""

from __future__ import annotations

import datetime
import getpass
import ipaddress
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

__all__ = ["MosquittoBroker", "find_mosquitto", "free_port", "write_certificates"]

_START_S = 20.0
USER, PASSWORD = "collector", "s3cret of the line"


def find_mosquitto(name: str = "mosquitto") -> str:
    """Path of the program; the test is skipped by name where it is absent."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def free_port() -> int:
    """A port of the loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class MosquittoBroker:
    """One broker; `start`, `kill` (SIGKILL) and `stop` it as often as needed."""

    folder: Path
    secured: bool = False
    extra: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        lines = [
            f"listener {self.port} 127.0.0.1", f"user {getpass.getuser()}", "persistence true",
            f"persistence_location {self.folder}/", "autosave_interval 1",
            "autosave_on_changes true", "max_queued_messages 0", "max_inflight_messages 200",
            f"allow_anonymous {'false' if self.secured else 'true'}", *self.extra,
        ]  # fmt: skip
        if self.secured:
            write_certificates(self.folder)
            lines += [f"{key}file {self.folder}/{key}.pem" for key in ("ca", "cert", "key")]
            lines.append(f"password_file {self._passwords()}")
        (self.folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")

    def _passwords(self) -> Path:
        path = self.folder / "passwords"
        path.write_text(f"{USER}:{PASSWORD}\n")
        subprocess.run([find_mosquitto("mosquitto_passwd"), "-U", str(path)], check=True)
        return path

    @property
    def address(self) -> str:
        scheme = "mqtts" if self.secured else "mqtt"
        return f"{scheme}://127.0.0.1:{self.port}"

    def start(self) -> MosquittoBroker:
        program = find_mosquitto()
        log = (self.folder / "mosquitto.log").open("ab")
        self.process = subprocess.Popen(
            [program, "-c", str(self.folder / "mosquitto.conf")], stdout=log, stderr=log
        )
        log.close()
        end = time.monotonic() + _START_S
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError((self.folder / "mosquitto.log").read_text()[-500:])

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(20)


def write_certificates(folder: Path) -> None:
    """A CA and a certificate of 127.0.0.1 that it signed: ca.pem, cert.pem, key.pem."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])

    def builder(subject: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(named(subject))
            .issuer_name(named("test authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
        )

    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca = builder("test authority", authority).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = builder("127.0.0.1", server).add_extension(here, critical=False)
    pem = serialization.Encoding.PEM
    for name, made in (("ca", ca), ("cert", signed)):
        written = made.sign(authority, hashes.SHA256()).public_bytes(pem)
        (folder / f"{name}.pem").write_bytes(written)
    plain = serialization.NoEncryption()
    private = server.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(private)
