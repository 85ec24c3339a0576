"""Certificates: a pair of one's own made at first use, fingerprints, and lists of trusted ones.

Every certificate here is self-signed and trusted by its fingerprint alone: no authority can vouch
for another one, so what is not named is refused.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from process_models.errors import InputError, StoreError

__all__ = [
    "KeyPair",
    "client_pair",
    "fingerprint",
    "parse_fingerprint",
    "read_certificate",
    "server_pair",
    "trust",
    "trusted",
    "valid_until",
]

Role = Literal["client", "server"]
_DAYS = 5 * 365
_HEX = re.compile(r"[0-9A-F]{64}")


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A certificate and its private key.

    Attributes
    ----------
    certificate, key : Path
        DER and PEM; only the owner may read the key.
    uri : str
        Application URI that the certificate names.
    """

    certificate: Path
    key: Path
    uri: str

    @property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.read_bytes()


def client_pair(home: Path, *, renew: bool = False) -> KeyPair:
    """The pair with which this installation reads servers, in `home`/pki; made when missing."""
    return _own_pair(home / "pki", "client", renew=renew)


def server_pair(home: Path, *, renew: bool = False) -> KeyPair:
    """The pair of the reference plant, in `home`/plant/pki; made when missing."""
    return _own_pair(home / "plant" / "pki", "server", renew=renew)


def fingerprint(der: bytes) -> str:
    """SHA-256 of a certificate, 64 capital hexadecimal digits.

    Examples
    --------
    >>> fingerprint(b"")[:16]
    'E3B0C44298FC1C14'
    """
    return hashlib.sha256(der).hexdigest().upper()


def parse_fingerprint(text: str) -> str:
    """A fingerprint as people write it, with colons, blanks or small letters.

    Raises
    ------
    InputError
        When it has not 64 hexadecimal digits.

    Examples
    --------
    >>> parse_fingerprint("ab:" * 31 + "ab") == "AB" * 32
    True
    """
    digits = re.sub(r"[\s:]", "", text).upper()
    if not _HEX.fullmatch(digits):
        raise InputError(f"a SHA-256 fingerprint has 64 hexadecimal digits, got {text!r:.90}")
    return digits


def read_certificate(path: Path) -> bytes:
    """A certificate as DER, from a DER or PEM file.

    Raises
    ------
    InputError
        When the file cannot be read or holds no certificate.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        content = path.read_bytes()
        pem = b"-----BEGIN" in content
        load = x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate
        return load(content).public_bytes(Encoding.DER)
    except OSError as error:
        raise InputError(f"certificate {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise InputError(f"{path} holds no certificate: {error}") from error


def valid_until(der: bytes) -> datetime:
    """When a certificate ends."""
    from cryptography import x509

    return x509.load_der_x509_certificate(der).not_valid_after_utc


def trusted(home: Path) -> frozenset[str]:
    """Fingerprints of the clients that the reference plant at `home` trusts."""
    folder = home / "plant" / "pki" / "trusted"
    files = [*folder.glob("*.der"), *folder.glob("*.pem")]
    return frozenset(fingerprint(read_certificate(file)) for file in files)


def trust(home: Path, der: bytes) -> Path:
    """Let a client with this certificate read the reference plant at `home`."""
    folder = home / "plant" / "pki" / "trusted"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{fingerprint(der)[:16].lower()}.der"
        path.write_bytes(der)
    except OSError as error:
        raise StoreError(f"{folder} cannot be written: {error.strerror}") from error
    return path


def _own_pair(folder: Path, role: Role, *, renew: bool) -> KeyPair:
    pair = KeyPair(folder / f"{role}.der", folder / f"{role}.key.pem", f"urn:lacss-twin:{role}")
    if renew or not (pair.certificate.is_file() and pair.key.is_file()):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _make(pair, role)
        except OSError as error:
            raise StoreError(f"{folder} cannot be written: {error.strerror}") from error
    elif valid_until(pair.der) < datetime.now(UTC):
        raise StoreError(f"certificate {pair.certificate} has expired: lacss certificate --renew")
    return pair


def _make(pair: KeyPair, role: Role) -> None:
    from asyncua.crypto import cert_gen
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import ExtendedKeyUsageOID

    private = cert_gen.generate_private_key()
    use = ExtendedKeyUsageOID.CLIENT_AUTH if role == "client" else ExtendedKeyUsageOID.SERVER_AUTH
    names = [x509.UniformResourceIdentifier(pair.uri), x509.DNSName(socket.gethostname())]
    made = cert_gen.generate_self_signed_app_certificate(
        private, f"LACSS Twin {role}", {}, names, extended=[use], days=_DAYS
    )
    _write_whole(pair.key, cert_gen.dump_private_key_as_pem(private), mode=0o600)
    _write_whole(pair.certificate, made.public_bytes(Encoding.DER), mode=0o644)


def _write_whole(path: Path, content: bytes, *, mode: int) -> None:
    partial = path.with_name(path.name + ".part")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    partial.replace(path)
