"""The edge on a real PostgreSQL server: lots, held readings, marks, gaps and refusals."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from twin.live.sourcing.edge import LiveEdge
from twin.live.sourcing.template import ChannelPattern
from twin.monitoring.plan import ControlPlan
from twin.settings import Settings
from twin.store import Store
from twin.store.gaps import gaps
from twin.store.quarantine import quarantined
from twin.store.sources import sources


def test_everything_that_an_edge_keeps(
    postgres_store_url: str, plan: ControlPlan, config: Any, row: Any, reading: Any,
    noon: datetime, tmp_path: Path,
) -> None:  # fmt: skip
    rows = row(lot_from="channel"), row(channel=ChannelPattern("lot"), carries="lot")

    def at(second: int, **settings: Any) -> Any:
        return reading(60.0 + second, source_time=noon + timedelta(seconds=second), **settings)

    batch = [
        at(0, sequence=1), reading("A", channel="lot", source_time=noon),
        at(5, sequence=4), reading(None, sequence=5, source_time=noon + timedelta(seconds=6)),
        reading("B", channel="lot", source_time=noon + timedelta(seconds=7)),
    ]  # fmt: skip

    async def twice(store: Store) -> None:
        for _ in range(2):
            edge = LiveEdge(config(*rows), store, plan, clock=lambda: noon)
            await edge.connected()
            await edge.deliver(batch, {"place": "7"})
            await edge.settle()
            assert await edge.mark("place") == "7"

    with Store.open(Settings(tmp_path, postgres_store_url)) as store:
        asyncio.run(twice(store))
        frame = store.measurements()
        assert list(zip(frame["value"], frame["lot_id"], strict=True)) == [(60.0, "A"), (65.0, "A")]
        assert [(one.first_missing, one.last_missing) for one in gaps(store)] == [(2, 3)]
        assert len(quarantined(store)) == 1
        assert sources(store)[0].state == "connected"
