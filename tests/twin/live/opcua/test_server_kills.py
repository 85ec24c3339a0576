"""A server that is killed again and again: nothing lost that it still holds, every gap told.

Three sources read the same server into one store: variables with history, the same ones without
(the control, which must lose something), and numbered records.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from twin.live.opcua.mapped import MappedSource
from twin.live.opcua.signals import Signals
from twin.live.opcua.subscription import Monitoring
from twin.live.sourcing.config_file import read_sources
from twin.live.sourcing.supervisor import Supervisor
from twin.live.sourcing.template import ChannelPattern
from twin.monitoring.plan import reference_plan
from twin.settings import Settings
from twin.store import Store, schema
from twin.store.gaps import gaps
from twin.store.times import from_us

DATABASES = ("sqlite",)
CHILD = Path(__file__).parent / "bench_server.py"
COUNT, HZ = 20, 20
SOURCES = """
[[source]]
name = "{name}"
kind = "opcua"
address = "{url}"
publishing_ms = 50
keepalive_s = 2
{more}
"""
MAP = """
[[source.map]]
channel = "Signals/{station}/{signal}"
station = "{station}"
characteristic = "{signal}"
unit = "N"
lot = "none"
"""


class Server:
    """A server in a process of its own, on a port that stays its own."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.origin = datetime.now(UTC).replace(microsecond=0)
        self.url = f"opc.tcp://127.0.0.1:{self.port}/lacss"
        self.start()

    def start(self) -> None:
        command = [sys.executable, str(CHILD), str(self.port), self.origin.isoformat()]
        environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
        self.process = subprocess.Popen(
            [*command, str(COUNT), str(HZ)], stdout=subprocess.PIPE, env=environment, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == self.url

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> None:
        self.signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.end()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as opened:
        yield opened


def configured(tmp_path: Path, url: str) -> Any:
    path = tmp_path / "sources.toml"
    path.write_text(
        SOURCES.format(name="filled", url=url, more="") + MAP
        + SOURCES.format(name="control", url=url, more="history = false") + MAP
        + SOURCES.format(name="records", url=url, more="transfer = true")
    )  # fmt: skip
    return read_sources(path)


def held(store: Store, source: str) -> dict[str, dict[datetime, float]]:
    """Channel -> time -> value of what is stored of a source."""
    m, s = schema.measurements, schema.series
    query = (
        sa.select(s.c.characteristic, m.c.measured_at, m.c.value, m.c.sequence)
        .join(s, s.c.series_id == m.c.series_id).where(m.c.source == source)
    )  # fmt: skip
    found: dict[str, dict[datetime, float]] = {}
    with store.database.reading() as connection:
        for name, at, value, _ in connection.execute(query):
            found.setdefault(name, {})[from_us(at)] = value
    return found


def sequences(store: Store, source: str) -> list[int]:
    m = schema.measurements
    with store.database.reading() as connection:
        query = sa.select(m.c.sequence).where(m.c.source == source).order_by(m.c.sequence)
        return list(connection.execute(query).scalars())


async def _campaign(
    server: Server, store: Store, tmp_path: Path, rounds: int
) -> tuple[list[datetime], datetime]:
    """When the server was killed, and until when everything must be there."""
    stop = asyncio.Event()
    supervisor = Supervisor(
        store, reference_plan(), configured(tmp_path, server.url), longest_backoff_s=0.4
    )
    running = asyncio.create_task(supervisor.run(stop))
    chance = np.random.default_rng(6)
    killed = []
    try:
        for _ in range(rounds):
            await _flowing(store, datetime.now(UTC))
            await asyncio.sleep(chance.uniform(0.0, 0.5))
            server.signal(signal.SIGKILL)
            killed.append(datetime.now(UTC))
            await asyncio.to_thread(server.end)
            await asyncio.to_thread(server.start)
        until = datetime.now(UTC)
        await _flowing(store, until)
    finally:
        stop.set()
        await running
    return killed, until


async def _flowing(store: Store, since: datetime) -> None:
    """Wait until every source has stored something newer than `since`, in every channel."""
    for _ in range(600):
        await asyncio.sleep(0.1)
        newest = await asyncio.to_thread(_newest, store)
        if len(newest) == 3 and min(newest.values()) > since:
            return
    raise AssertionError(f"nothing newer than {since} comes: {newest}")


def _newest(store: Store) -> dict[str, datetime]:
    """Source -> time up to which all its channels have come."""
    m = schema.measurements
    query = sa.select(m.c.source, m.c.series_id, sa.func.max(m.c.measured_at)).group_by(
        m.c.source, m.c.series_id
    )
    newest: dict[str, datetime] = {}
    with store.database.reading() as connection:
        for source, _, at in connection.execute(query):
            newest[source] = min(newest.get(source, from_us(at)), from_us(at))
    return newest


def missing(store: Store, source: str, bank: Signals, until: datetime) -> list[datetime]:
    """Ticks that the source made since the first stored one and that are not stored."""
    found = held(store, source)
    lost = []
    for place, name in enumerate(bank.names):
        values = found[name.split("/")[1]]
        for tick in range(bank.tick(min(values)), bank.tick(until) + 1):
            at = bank.time(tick)
            if at not in values:
                lost.append(at)
            else:
                assert values[at] == bank.values(tick)[place]
    return lost


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_nothing_is_lost_and_every_gap_is_told(
    server: Server, store: Store, tmp_path: Path, rounds: Callable[[int, int], int]
) -> None:
    killed, until = asyncio.run(_campaign(server, store, tmp_path, rounds(3, 100)))
    bank = Signals(COUNT, HZ, server.origin)

    assert missing(store, "filled", bank, until) == []
    records = sequences(store, "numbered")
    assert records == list(range(1, len(records) + 1))

    def told(source: str) -> list[tuple[datetime, datetime, bool]]:
        return [
            (gap.from_at, gap.to_at, gap.filled_at is not None)
            for gap in gaps(store, source)
            if gap.reason == "not_connected" and gap.from_at and gap.to_at
        ]

    soon = timedelta(seconds=0.2)  # a message may be under way when the server is killed
    for moment in killed:
        assert any(a - soon <= moment <= b and full for a, b, full in told("filled"))
    lost = missing(store, "control", bank, until)
    assert lost, "the control lost nothing: this campaign proves nothing"
    control = told("control")
    assert not any(full for _, _, full in control)
    assert all(any(a - soon <= at <= b for a, b, _ in control) for at in lost)


def test_a_server_that_freezes_is_noticed(server: Server, edge: Any) -> None:
    source = MappedSource(
        server.url, (ChannelPattern("Signals/#"),),
        monitoring=Monitoring(publishing_ms=50.0, keepalive_s=0.5),
    )  # fmt: skip

    async def play() -> None:
        running = asyncio.create_task(source.run(edge, asyncio.Event()))
        while len(edge.items) < 10 * COUNT:
            await asyncio.sleep(0.05)
        server.signal(signal.SIGSTOP)
        with pytest.raises(ConnectionError, match="no sign of life"):
            await asyncio.wait_for(running, 15)
        assert datetime.fromisoformat(edge.marks["*"]) <= datetime.now(UTC)
        server.signal(signal.SIGCONT)

    asyncio.run(play())
