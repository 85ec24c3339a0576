"""Who may read the server of the plant: trusted certificates and users; anybody on loopback."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.crypto.permission_rules import SimpleRoleRuleset, User, UserRole

from process_models.errors import InputError
from twin.live.opcua.pki import KeyPair, fingerprint
from twin.live.opcua.security import is_loopback

__all__ = ["ServerSecurity", "read_users"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ServerSecurity:
    """Where a server listens, and whom it answers.

    Attributes
    ----------
    address : str
        Of this machine.
    pair : KeyPair or None
        With it, Basic256Sha256 with sign and encrypt is offered.
    trusted : callable
        Gives the fingerprints of the certificates that clients may have; asked at every
        connection, so that a client can be trusted while the server runs.
    plain : bool
        Offer connections without encryption too; on loopback only.
    users : mapping of str to str
        Passwords by user name; empty: nobody has to give one.

    Raises
    ------
    InputError
        When it would answer another machine without encryption.
    """

    address: str = "127.0.0.1"
    pair: KeyPair | None = None
    trusted: Callable[[], frozenset[str]] = frozenset
    plain: bool = True
    users: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.pair is None and not self.plain:
            raise InputError("a server without plain connections needs a certificate, got none")
        if self.plain and not is_loopback(self.address):
            raise InputError(f"{self.address} is no loopback address: plain must be off, got on")

    @property
    def fingerprint(self) -> str:
        """Of the certificate that clients pin; empty without one."""
        return "" if self.pair is None else fingerprint(self.pair.der)

    @property
    def door(self) -> Any:
        """What asyncua asks at every activation of a session (its "user manager")."""
        return _Door(self)

    async def guard(self, server: Server) -> None:
        """Set `server` up; before it starts."""
        # A plain channel is open for discovery whatever is offered; unless it is a policy of the
        # server, asyncua asks nobody on it for permission.
        policies = [ua.SecurityPolicyType.NoSecurity]
        if self.pair is not None:
            policies.append(ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt)
            await server.set_application_uri(self.pair.uri)
            await server.load_certificate(str(self.pair.certificate))
            await server.load_private_key(str(self.pair.key))
        server.set_security_policy(policies, SimpleRoleRuleset())
        tokens = [ua.UserNameIdentityToken] if self.users else [ua.AnonymousIdentityToken]
        server.set_identity_tokens(tokens)

    def conceal(self, server: Server) -> None:
        """Do not name the plain endpoint where it answers nobody; after the server's start."""
        if not self.plain:
            server.iserver.endpoints = [
                one for one in server.iserver.endpoints
                if one.SecurityMode != ua.MessageSecurityMode.None_
            ]  # fmt: skip

    def admits(self, certificate: bytes | None) -> bool:
        """Whether a client may come in over a channel with this certificate; none: a plain one."""
        if not certificate:
            return self.plain
        found = fingerprint(certificate)
        known = found in self.trusted()
        if not known:
            _log.warning("a client with certificate %s is not trusted and was refused", found)
        return known


class _Door:
    """Looks at the certificate of the channel itself.

    asyncua's own check sees the one that the client names in its request, which may be another's,
    and none at all where it names none; and it lets anybody open a plain channel, for discovery.
    """

    def __init__(self, security: ServerSecurity) -> None:
        self._security = security

    def get_user(
        self,
        _server: Any,
        username: str | None = None,
        password: str | None = None,
        certificate: bytes | None = None,
    ) -> User | None:
        if not self._security.admits(certificate):
            return None
        users = self._security.users
        if users:
            right = users.get(username or "", "")
            if not right or not hmac.compare_digest(right.encode(), (password or "").encode()):
                return None
        return User(role=UserRole.User, name=username)


def read_users(path: Path) -> dict[str, str]:
    """User names and passwords from a file with `name:password` on every line.

    Raises
    ------
    InputError
        With file and line, never with the password.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"users file {path} cannot be read: {error}") from error
    users: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        name, colon, password = line.partition(":")
        if not line.strip():
            continue
        if not (name.strip() and colon and password):
            raise InputError(f"{path}: line {number} must be name:password")
        users[name.strip()] = password
    if not users:
        raise InputError(f"users file {path} names nobody")
    return users
