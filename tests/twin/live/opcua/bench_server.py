"""A server to be killed: signals with history, and numbered records, both by the clock.

    python bench_server.py PORT ORIGIN SIGNALS HZ

It prints its URL and serves until it dies; another one at the same ORIGIN goes on with the same
values.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from twin.live.clock import PlantClock
from twin.live.opcua.server import PlantServer
from twin.live.opcua.signals import Signals
from twin.live.wire import Record
from twin.measurement import Measurement

EVERY = timedelta(milliseconds=5)


@dataclass(frozen=True)
class Numbered:
    """Record `n` at `origin` + n * 5 ms."""

    origin: datetime
    source: str = "numbered"

    def records(self, after: int = 0) -> Iterator[Record]:
        number = after
        while True:
            number += 1
            yield Measurement(
                measured_at=self.origin + number * EVERY, lot_id="L1", station="roll",
                characteristic="thickness_um", value=60.0 + number % 7, unit="um",
                position=number % 5 + 1, source=self.source, sequence=number,
                provenance="simulated",
            )  # fmt: skip


async def main(port: int, origin: datetime, count: int, hz: int) -> None:
    now = datetime.now(origin.tzinfo)
    signals = Signals(count, hz, origin)
    server = PlantServer(Numbered(origin), PlantClock(now), {}, port=port, signals=signals)
    async with server:
        print(server.url, flush=True)
        await server.serve(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(
        main(int(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), *map(int, sys.argv[3:5]))
    )
