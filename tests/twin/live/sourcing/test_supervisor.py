"""Every source on its own: a dead one stops no other, and all is said of how they are doing."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from process_models.errors import InputError, StoreError
from twin.live.sourcing import Edge, SourceConfig
from twin.live.sourcing.supervisor import Supervisor
from twin.monitoring.plan import ControlPlan
from twin.store import Store
from twin.store.sources import heartbeats, sources


class Failing:
    """Fails as told, again and again; counts how often it was run."""

    def __init__(self, error: Exception, then_deliver: Any = None) -> None:
        self.error, self.runs, self.then = error, 0, then_deliver

    async def run(self, out: Edge, stop: asyncio.Event) -> None:
        self.runs += 1
        if self.then is not None and self.runs == 3:
            await out.connected()
            await out.deliver([self.then])
            return
        raise self.error


def supervised(
    store: Store, plan: ControlPlan, made: dict[str, tuple[SourceConfig, Any]], **options: Any
) -> Supervisor:
    given = {"tick_s": 0.05, "longest_backoff_s": 0.05, **options}
    return Supervisor(
        store, plan, [config for config, _ in made.values()],
        make=lambda config: made[config.name][1], **given,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "condition", "says"),
    [
        (ConnectionError("nobody there"), "disconnected", "nobody there"),
        (InputError("unit must be um"), "failed", "unit must be um"),
        (StoreError("disk full"), "failed", "disk full"),
        (ZeroDivisionError("oh"), "failed", "ZeroDivisionError: oh"),
    ],
)
def test_a_source_that_fails_stops_no_other(
    store: Store, plan: ControlPlan, config: Any, reading: Any, list_source: Any,
    error: Exception, condition: str, says: str,
) -> None:  # fmt: skip
    dead = Failing(error)
    made = {
        "dead": (config(name="dead"), dead),
        "alive": (config(name="alive"), list_source([[reading()]])),
    }
    supervisor = supervised(store, plan, made, idle_s=1.5)
    outcomes = {o.state.source: o for o in asyncio.run(supervisor.run(asyncio.Event()))}
    assert (outcomes["dead"].state.state, outcomes["dead"].state.detail) == (condition, says)
    assert dead.runs > 1
    assert outcomes["alive"].receipt.accepted == 1
    assert outcomes["alive"].state.state == "stopped"
    assert {one.source: one.state for one in sources(store)}["dead"] == condition


def test_a_source_that_comes_back_is_read(
    store: Store, plan: ControlPlan, config: Any, reading: Any
) -> None:
    source = Failing(ConnectionError("not yet"), then_deliver=reading())
    supervisor = supervised(store, plan, {"bench": (config(), source)})
    (outcome,) = asyncio.run(supervisor.run(asyncio.Event()))
    assert (source.runs, outcome.receipt.accepted) == (3, 1)


def test_it_stops_when_told(store: Store, plan: ControlPlan, config: Any) -> None:
    class Waiting:
        async def run(self, out: Edge, stop: asyncio.Event) -> None:
            await out.connected("all well")
            await stop.wait()

    supervisor = supervised(store, plan, {"bench": (config(), Waiting())})

    async def both() -> Any:
        stop = asyncio.Event()
        running = asyncio.create_task(supervisor.run(stop))
        end = time.monotonic() + 20
        while not any(one.state == "connected" for one in sources(store)):
            assert time.monotonic() < end
            await asyncio.sleep(0.02)
        stop.set()
        return await running

    (outcome,) = asyncio.run(both())
    assert outcome.state.state == "stopped"
    assert [(beat.part, beat.state) for beat in heartbeats(store)] == [("collector", "stopped")]


def test_a_store_that_cannot_be_told_ends_nothing(
    store: Store, plan: ControlPlan, config: Any, reading: Any, list_source: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def refuse(*_: Any) -> None:
        raise StoreError("disk full")

    monkeypatch.setattr("twin.live.sourcing.supervisor.beat", refuse)
    supervisor = supervised(store, plan, {"bench": (config(), list_source([[reading()]]))})
    (outcome,) = asyncio.run(supervisor.run(asyncio.Event()))
    assert outcome.receipt.accepted == 1


def test_one_that_is_still_connecting_is_given_time(
    store: Store, plan: ControlPlan, config: Any, reading: Any
) -> None:
    class Slow:
        async def run(self, out: Edge, stop: asyncio.Event) -> None:
            await asyncio.sleep(0.5)
            await out.connected()
            await out.deliver([reading()])
            await stop.wait()

    supervisor = supervised(store, plan, {"bench": (config(), Slow())}, idle_s=0.2)
    (outcome,) = asyncio.run(supervisor.run(asyncio.Event()))
    assert outcome.receipt.accepted == 1
