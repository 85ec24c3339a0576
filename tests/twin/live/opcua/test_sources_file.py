"""`kind = "opcua"` in sources.toml: what it gives and refuses, and a secured line end to end."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from process_models.errors import InputError
from twin.live.clock import PlantClock
from twin.live.opcua import pki
from twin.live.opcua.guard import ServerSecurity
from twin.live.opcua.mapped import MappedSource, opcua_source
from twin.live.opcua.server import PlantServer
from twin.live.opcua.transfer_source import TransferSource
from twin.live.sourcing.config_file import read_sources
from twin.measurement import Measurement

START = datetime(2026, 1, 5, tzinfo=UTC)
HEAD = '[[source]]\nname = "line"\nkind = "opcua"\naddress = "{url}"\n'
MAP = (
    '[[source.map]]\nchannel = "Line/roll/x"\nstation = "roll"\ncharacteristic = "x"\n'
    'unit = "um"\nlot = "L1"\n'
)
HERE = "opc.tcp://127.0.0.1:4840"
AWAY = "opc.tcp://192.0.2.7:4840"


def source(tmp_path: Path, text: str, url: str = HERE) -> Any:
    path = tmp_path / "sources.toml"
    path.write_text(HEAD.format(url=url) + text)
    (config,) = read_sources(path)
    return opcua_source(config)


def test_variables_and_records(tmp_path: Path) -> None:
    assert isinstance(source(tmp_path, MAP), MappedSource)
    assert isinstance(source(tmp_path, "transfer = true\n"), TransferSource)
    made = source(tmp_path, "publishing_ms = 50\nqueue = 5000\nhistory = false\n" + MAP)
    assert (made._monitoring.publishing_ms, made._monitoring.queue) == (50, 5000)
    assert not made._history


@pytest.mark.parametrize(
    ("text", "url", "says"),
    [
        ("", HERE, r"needs \[\[source.map\]\], or transfer = true"),
        (MAP, AWAY, "is another machine: pin its certificate"),
        ("transfer = true\n", AWAY, "is another machine: pin its certificate"),
        ('server_fingerprint = "12"\n' + MAP, AWAY, "has 64 hexadecimal digits"),
        ('server_certificate_file = "no.der"\n' + MAP, AWAY, "cannot be read"),
        ("queue = 10\n" + MAP, HERE, "queue must lie in 1000"),
        ('username = "twin"\n' + MAP, HERE, "together or not at all"),
        (MAP.replace("Line/roll/x", "ns=2;i=x"), HERE, "must be a node id like"),
        (MAP, "http://127.0.0.1:4840", "url must begin with opc.tcp://"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_one_line(tmp_path: Path, text: str, url: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as told:
        source(tmp_path, text, url)
    assert "\n" not in str(told.value)


def test_another_machine_may_be_read_plainly_on_purpose(tmp_path: Path) -> None:
    assert isinstance(source(tmp_path, "insecure = true\n" + MAP, AWAY), MappedSource)


def test_certificate_and_key_belong_together(tmp_path: Path) -> None:
    text = f'server_fingerprint = "{"AB" * 32}"\ncertificate_file = "c.der"\n' + MAP
    with pytest.raises(InputError, match="certificate_file and key_file belong together"):
        source(tmp_path, text, AWAY)


def test_records_over_an_encrypted_line_with_a_password(
    tmp_path: Path, edge: Any, wait: Any, follow: Any, source_of: Any
) -> None:
    pki.trust(tmp_path, pki.client_pair(tmp_path).der)
    pair = pki.server_pair(tmp_path)
    (tmp_path / "server.der").write_bytes(pair.der)
    password = tmp_path / "password"
    password.write_text("correct horse\n")
    password.chmod(0o600)
    security = ServerSecurity(
        pair=pair, trusted=lambda: pki.trusted(tmp_path), plain=False,
        users={"twin": "correct horse"},
    )  # fmt: skip
    text = (
        'transfer = true\nserver_certificate_file = "server.der"\nusername = "twin"\n'
        'password_file = "password"\n'
    )

    async def play() -> None:
        clock = PlantClock(START, math.inf)
        server = PlantServer(source_of(300), clock, {}, security=security)
        async with server:
            stop = asyncio.Event()
            serving = asyncio.create_task(server.serve(stop))
            async with follow(source(tmp_path, text, server.url), edge):
                await wait(lambda: len(edge.items) >= 300, 30)
            stop.set()
            await serving

    asyncio.run(play())
    assert [one.sequence for one in edge.items] == list(range(1, 301))
    assert any(isinstance(one, Measurement) for one in edge.items)
    assert edge.marks == {"transfer bench": "300"}
    assert edge.details == ["records of bench"]
