from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from asyncua import Client, ua

from process_models.errors import InputError
from twin.live.clock import PlantClock
from twin.live.opcua.history import offers_history, read_history
from twin.live.opcua.queues import OVERFLOW
from twin.live.opcua.security import ClientSecurity
from twin.live.opcua.server import PlantServer
from twin.live.opcua.session import connect, disconnect
from twin.live.opcua.signals import Signals, SignalServer

START = datetime(2026, 1, 5, tzinfo=UTC)
NOTHING = SimpleNamespace(source="bench", records=lambda after=0: iter(()))


def bank(count: int = 3, per_second: int = 10, **more: Any) -> Signals:
    return Signals(count, per_second, START, **more)


@pytest.mark.parametrize("per_second", [1, 3, 7, 10, 1000])
def test_ticks_and_times_are_each_others_inverse(per_second: int) -> None:
    made = bank(per_second=per_second)
    for tick in (0, 1, 2, 999, 1_000_000):
        assert made.tick(made.time(tick)) == tick
        assert made.tick(made.time(tick) + timedelta(microseconds=1)) == tick


def test_values_follow_from_seed_signal_and_tick_alone() -> None:
    assert (bank().values(5) == bank().values(5)).all()
    assert (bank().values(5) != bank().values(6)).all()
    assert (bank(seed=2).values(5) != bank().values(5)).all()
    assert (bank(count=5).values(5)[:3] == bank().values(5)).all()


def test_values_are_about_sixty() -> None:
    """1000 signals, seed 1: mean within four standard errors (0.064) of 60."""
    values = np.concatenate([bank(1000).values(tick) for tick in range(4)])
    assert abs(values.mean() - 60.0) < 4 * 0.5 / math.sqrt(4000) * 2
    assert 0.45 < values.std() < 0.55


def test_history_reaches_back_so_far_and_no_further() -> None:
    made = bank(held_s=60.0)
    now = START + timedelta(hours=1)
    far, end = START, now + timedelta(days=1)
    held = made.ticks(far, end, now)
    assert made.time(held[0]) == now - timedelta(seconds=60)
    assert made.time(held[-1]) == now
    exact = made.ticks(now - timedelta(seconds=2), now - timedelta(seconds=1), now)
    assert len(exact) == 11
    assert len(made.ticks(START - timedelta(days=1), end, START + timedelta(seconds=1))) == 11


@pytest.mark.parametrize(
    ("more", "says"),
    [({"count": 0}, "signals must lie"), ({"per_second": 0}, "a second must lie"),
     ({"per_second": 1001}, "a second must lie"), ({"held_s": 0.0}, "held_s must be above")],
)  # fmt: skip
def test_numbers_outside_their_range_are_refused(more: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        bank(**more)


def test_signals_need_a_next_tick() -> None:
    with pytest.raises(InputError, match="signals need a finite speed"):
        SignalServer(bank(), PlantClock(START, math.inf))


def test_the_served_history_is_the_computed_one() -> None:
    """Over the wire: 12,000 ticks of each of three signals, which takes two pages."""
    now = START + timedelta(seconds=1200)
    clock = PlantClock(now, 1e-9)
    made = bank()

    async def play() -> tuple[frozenset[str], dict[str, list[tuple[datetime, float]]]]:
        async with PlantServer(NOTHING, clock, {}, signals=made) as server:  # type: ignore[arg-type]
            client = await connect(server.url, ClientSecurity(), timeout_s=20)
            try:
                index = await client.get_namespace_index("urn:lacss-twin:line")
                nodes = {n: ua.NodeId(f"Signals/{n}", index) for n in made.names}
                state = {"state": ua.NodeId(ua.ObjectIds.Server_ServerStatus_State)}
                offered = await offers_history(client, {**nodes, **state})
                found: dict[str, list[tuple[datetime, float]]] = {n: [] for n in nodes}
                async for page in read_history(client, nodes, START, None):
                    for name, change in page:
                        found[name].append((change.source_time, change.value))
                return offered, found
            finally:
                await disconnect(client)

    offered, found = asyncio.run(play())
    assert offered == set(made.names)
    for place, name in enumerate(made.names):
        assert [at for at, _ in found[name]] == [made.time(n) for n in range(12_001)]
        assert found[name][777][1] == made.values(777)[place]
        assert found[name][-1][1] == made.values(12_000)[place]


def test_a_full_queue_marks_what_follows_the_dropped() -> None:
    """A queue of two values of three written at once: the older of the two bears the bit."""

    async def play() -> list[tuple[float, int]]:
        clock = PlantClock(START + timedelta(seconds=10), 1e-9)
        async with PlantServer(NOTHING, clock, {}, signals=bank(1)) as server:  # type: ignore[arg-type]
            seen: list[Any] = []
            handler = SimpleNamespace(
                datachange_notification=lambda node, value, data: seen.append(
                    (value, data.monitored_item.Value.StatusCode.value)
                )
            )
            async with Client(server.url) as client:
                made = await client.create_subscription(50, handler)
                index = await client.get_namespace_index("urn:lacss-twin:line")
                node = client.get_node(ua.NodeId("Signals/unwind/signal_0001", index))
                await made.subscribe_data_change(node, queuesize=2)
                while not seen:
                    await asyncio.sleep(0.02)
                seen.clear()
                for value in (1.0, 2.0, 3.0):
                    await server._server.write_attribute_value(
                        node.nodeid, ua.DataValue(ua.Variant(value, ua.VariantType.Double))
                    )
                while len(seen) < 2:
                    await asyncio.sleep(0.02)
            return seen

    assert asyncio.run(play()) == [(2.0, OVERFLOW), (3.0, 0)]
