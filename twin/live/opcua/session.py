"""Connects to an OPC UA server: the certificate is looked at first, and nothing else is trusted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256

from process_models.errors import AccessError, InputError
from twin.live.opcua.names import quieten
from twin.live.opcua.pki import fingerprint
from twin.live.opcua.security import ClientSecurity

__all__ = ["LOST", "connect", "disconnect"]

_GOODBYE_S = 2.0
LOST = (OSError, TimeoutError, ua.UaError)
"""What asyncua raises when a server cannot be reached, does not answer or refuses."""


async def connect(
    url: str, security: ClientSecurity, *, timeout_s: float, watchdog_s: float | None = None
) -> Client:
    """A connected client with an activated session.

    Parameters
    ----------
    timeout_s : float
        For every request.
    watchdog_s : float, optional
        How often the state of the server is read besides; default half of `timeout_s`.

    Raises
    ------
    AccessError
        When the server's certificate is not the pinned one.
    InputError
        When it offers no encryption, or may not be read without.
    ConnectionError
        When it cannot be reached or refuses.
    """
    security.check(url)
    quieten()
    client = _client(url, security, timeout_s, watchdog_s)
    try:
        if security.pin:
            await _secure(client, url, security)
        await client.connect()
    except LOST as error:
        await disconnect(client)
        raise ConnectionError(f"{url} cannot be reached: {_reason(error)}") from error
    return client


async def disconnect(client: Client) -> None:
    """End a session, whatever state it is in; a server that does not answer is left alone."""
    with suppress(*LOST):
        await asyncio.wait_for(client.disconnect(), _GOODBYE_S)
    client.disconnect_socket()


def _client(url: str, security: ClientSecurity, timeout_s: float, watchdog: float | None) -> Client:
    # The watchdog's default of one second takes a busy machine for a dead one.
    client = Client(url, timeout=timeout_s, watchdog_intervall=watchdog or timeout_s / 2)
    client.name = client.description = "LACSS Twin"
    if security.user:
        client.set_user(security.user)
        client.set_password(security.password)
    return client


async def _secure(client: Client, url: str, security: ClientSecurity) -> None:
    endpoints = await client.connect_and_get_server_endpoints()
    der = _certificate(endpoints, url)
    found = fingerprint(der)
    if found != security.pin:
        raise AccessError(
            f"{url} has another certificate than the pinned one: pinned {security.pin}, "
            f"found {found}; nothing was read"
        )
    pair = security.pair
    if pair is None:  # ClientSecurity has seen to it
        raise InputError("a pinned server needs a client certificate, got none")
    client.application_uri = pair.uri
    await client.set_security(
        SecurityPolicyBasic256Sha256, pair.certificate, pair.key, server_certificate=der,
        mode=ua.MessageSecurityMode.SignAndEncrypt,
    )  # fmt: skip


def _certificate(endpoints: Iterable[Any], url: str) -> bytes:
    """The certificate of the endpoint that signs and encrypts."""
    for endpoint in endpoints:
        if (
            endpoint.SecurityMode == ua.MessageSecurityMode.SignAndEncrypt
            and endpoint.SecurityPolicyUri == SecurityPolicyBasic256Sha256.URI
        ):
            der = bytes(endpoint.ServerCertificate or b"")
            length = int.from_bytes(der[2:4], "big") + 4  # without the chain that may follow
            return der[:length]
    raise InputError(f"{url} offers no Basic256Sha256 with sign and encrypt")


def _reason(error: BaseException) -> str:
    """One line about `error`, which may have no text."""
    return " ".join(str(error).split())[:200] or type(error).__name__
