"""The reference plant as a service: an OPC UA server until a signal ends it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from twin.line import LineModel
from twin.live.clock import PlantClock
from twin.live.identity import plant_of
from twin.live.opcua.guard import ServerSecurity
from twin.live.opcua.server import PlantServer
from twin.live.opcua.signals import Signals
from twin.live.plant import ReferencePlant
from twin.live.plant_publisher import MqttAddress, MqttPublisher
from twin.live.plant_script import read_script
from twin.recipe import Recipe

__all__ = ["PlantService", "Serving", "stop_on_signals"]

_TRUTH_AHEAD = timedelta(days=30)


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set `stop` on Ctrl-C and on SIGTERM."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)


@dataclass(frozen=True, slots=True)
class Serving:
    """How a plant is served.

    Attributes
    ----------
    port : int
        0 takes a free one.
    security : ServerSecurity
        Who may read it.
    signals, signals_hz : int
        Plain variables besides, and their ticks a second of plant time.
    mqtt : MqttAddress or None
        A broker that everything is published on besides.
    """

    port: int = 0
    security: ServerSecurity = field(default_factory=ServerSecurity)
    signals: int = 0
    signals_hz: int = 10
    mqtt: MqttAddress | None = None


@dataclass(frozen=True)
class PlantService:
    """A plant, the pace at which it runs, and where its truth is written."""

    plant: ReferencePlant
    home: Path
    speed: float

    @classmethod
    def of(
        cls, home: Path, line: LineModel, recipe: Recipe, *, seed: int | None = None,
        history_days: float = 7.0, speed: float = 1.0, until: datetime | None = None,
        script: Path | None = None,
    ) -> PlantService:
        """The plant that lives at `home`, made when there is none; see `plant_of`.

        A script is kept at `home`, for the next start: what goes wrong is part of the plant.
        """
        identity = plant_of(home, seed=seed, history_days=history_days)
        kept = home / "plant" / "script.toml"
        if script is not None:
            read_script(script, identity.started_at)
            kept.write_bytes(script.read_bytes())
        plant = ReferencePlant(
            line, recipe, seed=identity.seed, started_at=identity.started_at, until=until,
            script=read_script(kept, identity.started_at) if kept.is_file() else None,
        )
        return cls(plant, home, speed)

    @property
    def started_at(self) -> str:
        """When the plant was started, ISO 8601."""
        return self.plant.started_at.isoformat()

    async def serve(self, serving: Serving, ready: Callable[[str], None]) -> None:
        """Serve until a signal comes; `ready` is called with the URL."""
        stop = asyncio.Event()
        stop_on_signals(stop)
        now = datetime.now(UTC)
        self.plant.write_truth(self.home, now + _TRUTH_AHEAD)
        clock = PlantClock(now, self.speed)
        server = PlantServer(
            self.plant, clock, self.plant.characteristics, port=serving.port,
            security=serving.security, signals=self._signals(serving),
        )
        async with server:
            ready(server.url)
            parts = [server.serve(stop)]
            if serving.mqtt is not None:
                parts.append(MqttPublisher(self.plant, clock, serving.mqtt, self.home).run(stop))
            await asyncio.gather(*parts)

    def _signals(self, serving: Serving) -> Signals | None:
        if not serving.signals:
            return None
        seed = self.plant.seed
        return Signals(serving.signals, serving.signals_hz, self.plant.started_at, seed=seed)
