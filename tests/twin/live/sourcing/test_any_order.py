"""Readings, lots and events in any order within the window leave the same rows behind."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from twin.live.sourcing import Item
from twin.live.sourcing.edge import LiveEdge
from twin.live.sourcing.template import ChannelPattern
from twin.monitoring.plan import ControlPlan
from twin.settings import Settings
from twin.store import Store

State = list[tuple[Any, ...]]


@pytest.fixture
def items(reading: Any, noon: datetime) -> list[Item]:
    """Three lots at the roll, said by a channel and by events, and forty readings of two kinds."""

    def at(second: float) -> datetime:
        return noon + timedelta(seconds=second)

    made: list[Item] = []
    for number, lot in enumerate(("A", "B", "C")):
        begin, end = 20 * number, 20 * number + 15
        made += [
            reading(lot, channel="lot", source_time=at(begin)),
            reading("", channel="lot", source_time=at(end)),
            reading("start", channel="event", source_time=at(begin), fields={"lot": lot}),
            reading("depart", channel="event", source_time=at(end), fields={"lot": lot}),
        ]  # fmt: skip
    for number in range(20):
        for channel in ("gauge", "load"):
            second = 3 * number + 0.5
            made.append(
                reading(50.0 + number, channel=channel, source_time=at(second), sequence=number + 1,
                        producer=channel)
            )  # fmt: skip
    made.append(reading(1e9, source_time=at(7)))  # not plausible, whenever it comes
    return made


@pytest.fixture
def stored(
    tmp_path: Path, plan: ControlPlan, config: Any, row: Any, noon: datetime
) -> Callable[..., State]:
    rows = (
        row(lot_from="channel", lot_missing="none"),
        row(channel=ChannelPattern("load"), characteristic="load", unit="N", lot_from="events",
            lot_missing="none"),
        row(channel=ChannelPattern("lot"), carries="lot"),
        row(channel=ChannelPattern("event"), carries="event"),
    )  # fmt: skip
    made: list[int] = []

    def state(order: Sequence[Item], cut: int, settle_s: float) -> State:
        made.append(1)
        url = f"sqlite:///{tmp_path / f'order{len(made)}.db'}"
        with Store.open(Settings(tmp_path, url)) as store:
            asyncio.run(_deliver(store, order, cut, settle_s))
            frame = store.measurements()
            columns = ["characteristic", "measured_at", "lot_id", "value", "quality", "sequence"]
            rows_kept = frame.sort_values(columns)[columns].itertuples(index=False)
            return [*map(tuple, rows_kept), (store.counts()["quarantine"],)]

    async def _deliver(store: Store, order: Sequence[Item], cut: int, settle_s: float) -> None:
        edge = LiveEdge(config(*rows, settle_s=settle_s), store, plan, clock=lambda: noon)
        for start in range(0, len(order), cut):
            await edge.deliver(order[start : start + cut])
            if settle_s == 0.0:
                await edge.settle()
        # The end of the window: another edge, as after a restart, finds what waits.
        last = LiveEdge(config(*rows, settle_s=0.0), store, plan, clock=lambda: noon)
        await last.settle()

    return state


@pytest.mark.soak
def test_any_order_stores_the_same(
    items: list[Item], stored: Callable[..., State], rounds: Callable[[int, int], int]
) -> None:
    """Shuffled with seed 20260109, delivered in pieces of any size, some of it twice."""
    rng = random.Random(20260109)
    expected = stored(items, len(items), 3600.0)
    assert {row[2] for row in expected[:-1]} == {"A", "B", "C", "none"}
    assert expected[-1] == (1,)
    for _ in range(rounds(10, 500)):
        order = [*items, *rng.sample(items, 10)]
        rng.shuffle(order)
        assert stored(order, rng.randrange(1, 20), 3600.0) == expected


def test_without_a_window_the_order_would_matter(
    items: list[Item], stored: Callable[..., State]
) -> None:
    """Control: readings that do not wait get whatever lot is known when they come."""
    expected = stored(items, len(items), 3600.0)
    assert stored(items[::-1], 1, 0.0) != expected
