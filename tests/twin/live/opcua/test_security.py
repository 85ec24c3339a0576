"""Certificates, pins and passwords over the real wire; and those who try without."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from asyncua import Client, ua

from process_models.errors import AccessError, InputError
from twin.live.clock import PlantClock
from twin.live.opcua import pki
from twin.live.opcua.guard import ServerSecurity, read_users
from twin.live.opcua.security import ClientSecurity
from twin.live.opcua.server import PlantServer
from twin.live.opcua.session import connect, disconnect

START = datetime(2026, 1, 5, tzinfo=UTC)
NOTHING = SimpleNamespace(source="bench", records=lambda after=0: iter(()))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    pki.trust(folder, pki.client_pair(folder).der)
    return folder


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> pki.KeyPair:
    return pki.client_pair(tmp_path_factory.mktemp("elsewhere"))


def guarded(home: Path, **more: Any) -> ServerSecurity:
    usual = {"trusted": lambda: pki.trusted(home), "plain": False}
    return ServerSecurity(pair=pki.server_pair(home), **{**usual, **more})


def pinned(home: Path, **more: Any) -> ClientSecurity:
    pin = pki.fingerprint(pki.server_pair(home).der)
    return ClientSecurity(**{"pin": pin, "pair": pki.client_pair(home), **more})


def with_server(security: ServerSecurity, *uses: Callable[[str], Awaitable[Any]]) -> list[Any]:
    """What each of `uses` gives or raises, while a server is guarded by `security`."""

    async def play() -> list[Any]:
        clock = PlantClock(START, math.inf)
        async with PlantServer(NOTHING, clock, {}, security=security) as server:  # type: ignore[arg-type]
            return [
                (await asyncio.gather(use(server.url), return_exceptions=True))[0] for use in uses
            ]

    return asyncio.run(play())


def entering(security: ClientSecurity) -> Callable[[str], Awaitable[int]]:
    async def enter(url: str) -> int:
        client = await connect(url, security, timeout_s=5)
        try:
            return int(await client.nodes.server_state.read_value())
        finally:
            await disconnect(client)

    return enter


def test_only_the_pinned_server_and_a_trusted_client_meet(
    home: Path, stranger: pki.KeyPair
) -> None:
    wrong = "AB" * 32
    right = pki.fingerprint(pki.server_pair(home).der)
    met, other, refused, plain = with_server(
        guarded(home),
        entering(pinned(home)), entering(pinned(home, pin=wrong)),
        entering(pinned(home, pair=stranger)), entering(ClientSecurity()),
    )  # fmt: skip
    assert met == 0
    assert isinstance(other, AccessError)
    assert f"pinned {wrong}, found {right}; nothing was read" in str(other)
    assert "\n" not in str(other)
    assert len(str(other)) <= 400
    assert isinstance(refused, ConnectionError)
    assert isinstance(plain, ConnectionError)


def test_a_client_becomes_trusted_while_the_server_runs(home: Path, stranger: pki.KeyPair) -> None:
    known = {*pki.trusted(home)}
    security = guarded(home, trusted=lambda: frozenset(known))

    async def trust(_: str) -> None:
        known.add(pki.fingerprint(stranger.der))

    before, _, after = with_server(
        security, entering(pinned(home, pair=stranger)), trust,
        entering(pinned(home, pair=stranger)),
    )  # fmt: skip
    assert isinstance(before, ConnectionError)
    assert after == 0


def test_users_need_their_password(home: Path) -> None:
    security = guarded(home, users={"twin": "correct horse"})
    right, wrong, nobody = with_server(
        security,
        entering(pinned(home, user="twin", password="correct horse")),
        entering(pinned(home, user="twin", password="wrong")),
        entering(pinned(home)),
    )
    assert right == 0
    assert isinstance(wrong, ConnectionError)
    assert isinstance(nobody, ConnectionError)
    assert "horse" not in repr(security) + repr(pinned(home, user="twin", password="horse"))


async def _raw_session(url: str) -> Client:
    """A session on a plain channel, whatever the server offers."""
    client = Client(url, timeout=3)
    await client.connect_sessionless()
    params = ua.CreateSessionParameters()
    params.ClientNonce = b"n" * 32
    params.EndpointUrl = url
    params.RequestedSessionTimeout = 60000
    await client.uaclient.create_session(params)
    return client


async def _read_without_activation(url: str) -> Any:
    client = await _raw_session(url)
    try:
        return await client.nodes.server_state.read_value()
    finally:
        client.disconnect_socket()


async def _activate_plainly(url: str) -> Any:
    client = await _raw_session(url)
    try:
        params = ua.ActivateSessionParameters()
        params.UserIdentityToken = ua.AnonymousIdentityToken()
        await client.uaclient.activate_session(params)
        return await client.nodes.server_state.read_value()
    finally:
        client.disconnect_socket()


@pytest.mark.parametrize("attack", [_read_without_activation, _activate_plainly])
def test_a_plain_channel_is_for_discovery_only(home: Path, attack: Any) -> None:
    (told,) = with_server(guarded(home), attack)
    assert isinstance(told, ua.UaError | OSError | TimeoutError), told


def test_the_certificate_of_another_does_not_open_the_door(
    home: Path, stranger: pki.KeyPair
) -> None:
    """A stranger's channel, and the trusted certificate in the request: it is no secret."""

    async def pretend(url: str) -> int:
        quiet = logging.getLogger("asyncua")
        quiet.setLevel(logging.CRITICAL)
        client = Client(url, timeout=3)
        client.application_uri = stranger.uri
        from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256

        await client.set_security(
            SecurityPolicyBasic256Sha256, stranger.certificate, stranger.key,
            server_certificate=pki.server_pair(home).der,
        )  # fmt: skip
        create = client.uaclient.create_session

        async def named_as_another(params: Any) -> Any:
            params.ClientCertificate = pki.client_pair(home).der
            return await create(params)

        client.uaclient.create_session = named_as_another  # type: ignore[method-assign]
        try:
            await client.connect()
            return int(await client.nodes.server_state.read_value())
        finally:
            with suppress(OSError, ua.UaError, TimeoutError):
                await client.disconnect()

    (told,) = with_server(guarded(home), pretend)
    assert isinstance(told, ua.UaError | OSError | TimeoutError), told


def test_plain_text_stays_on_this_machine(home: Path) -> None:
    with pytest.raises(InputError, match=r"10\.0\.0\.1:4840 is another machine: pin its"):
        ClientSecurity().check("opc.tcp://10.0.0.1:4840")
    ClientSecurity(insecure=True).check("opc.tcp://10.0.0.1:4840")
    pinned(home).check("opc.tcp://10.0.0.1:4840")
    ClientSecurity().check("opc.tcp://[::1]:4840/x")
    with pytest.raises(InputError, match=r"0\.0\.0\.0 is no loopback address: plain must be off"):
        ServerSecurity(address="0.0.0.0")
    with pytest.raises(InputError, match="needs a certificate, got none"):
        ServerSecurity(plain=False)


@pytest.mark.parametrize("url", ["http://plc", "opc.tcp://", "opc.tcp://me:secret@plc:4840"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="url must") as told:
        ClientSecurity(insecure=True).check(url)
    assert "secret" not in str(told.value)


def test_pairs_are_made_once_and_the_key_is_the_owners(tmp_path: Path) -> None:
    first = pki.client_pair(tmp_path)
    assert pki.client_pair(tmp_path).der == first.der
    assert first.key.stat().st_mode & 0o077 == 0
    old = first.der
    assert pki.client_pair(tmp_path, renew=True).der != old
    assert pki.valid_until(first.der).year >= datetime.now(UTC).year + 4


def test_certificates_are_read_as_der_and_pem(tmp_path: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    der = pki.server_pair(tmp_path).der
    pem = tmp_path / "server.pem"
    pem.write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    assert pki.read_certificate(pem) == der
    made = ClientSecurity.of(
        server_certificate=pem, pin=pki.fingerprint(der).lower(), pair=pki.client_pair(tmp_path)
    )
    assert made.pin == pki.fingerprint(der)
    with pytest.raises(InputError, match="has fingerprint"):
        ClientSecurity.of(server_certificate=pem, pin="00" * 32, pair=pki.client_pair(tmp_path))
    pem.write_text("nothing")
    with pytest.raises(InputError, match="holds no certificate"):
        pki.read_certificate(pem)
    with pytest.raises(InputError, match="cannot be read"):
        pki.read_certificate(tmp_path / "absent.der")


def test_passwords_come_from_files_and_are_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("secret\n")
    file.chmod(0o600)
    made = ClientSecurity.of(user="twin", password_file=file)
    assert (made.user, made.password) == ("twin", "secret")
    with pytest.raises(InputError, match="together or not at all"):
        ClientSecurity.of(user="twin")
    file.write_text("\n")
    with pytest.raises(InputError, match="has no password on its first line"):
        ClientSecurity.of(user="twin", password_file=file)

    users = tmp_path / "users"
    users.write_text("twin:a:b\n\nother:c\n")
    assert read_users(users) == {"twin": "a:b", "other": "c"}
    users.write_text("twin:a\nsecret\n")
    with pytest.raises(InputError, match="line 2 must be name:password") as told:
        read_users(users)
    assert "secret" not in str(told.value)
    users.write_text("\n")
    with pytest.raises(InputError, match="names nobody"):
        read_users(users)
