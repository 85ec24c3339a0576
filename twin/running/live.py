"""The running line until a signal: every part a process, forecasts here beside them.

The reference plant stands in for a line only where the site has no `sources.toml` of its own.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from process_models.errors import LacssError, StoreError
from twin import quality_artifact
from twin.forecast import forecast
from twin.live.plant_service import stop_on_signals
from twin.live.sourcing.waits import pause
from twin.running import dashboards
from twin.running.archive import keep_forecast
from twin.running.children import Child, lacss
from twin.running.keeping import Kept
from twin.running.once import described

if TYPE_CHECKING:
    from twin.line import LineModel
    from twin.monitoring.plan import ControlPlan
    from twin.recipe import Recipe
    from twin.settings import Settings
    from twin.store import Store

__all__ = ["LiveOptions", "run_live"]

Say = Callable[[str], None]
_START_S = 60.0
_FORECAST_EVERY_S = 120.0
_LOOK_S = 1.0
_HISTORY_RATE = 1500
_PLANT_PORT = 48410
_PAST_ALERTS = 5
_FIRST_LOOK_S = 10.0


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How the line runs: plant's seed and speed, where the dashboards are served."""

    seed: int | None = None
    speed: float = 1.0
    address: str = "127.0.0.1"
    port: int = 8501


@dataclass(frozen=True)
class _Twin:
    settings: Settings
    store: Store
    line: LineModel
    recipe: Recipe
    plan: ControlPlan
    options: LiveOptions
    say: Say

    def kept(self, name: str, command: Sequence[str], heard: Say | None = None) -> Kept:
        """A part that is started again when it ends; `heard` gets what it prints."""
        return Kept(name, command, self.log(name), self.say, heard)

    def log(self, name: str) -> Path:
        """Where a part's stderr goes."""
        return self.settings.home / "log" / f"{name}.log"


async def run_live(
    settings: Settings, store: Store, line: LineModel, recipe: Recipe, plan: ControlPlan,
    options: LiveOptions, say: Say,
) -> None:
    """Start everything, keep it going, and end it all when a signal comes.

    Raises
    ------
    StoreError
        When a part cannot be kept running.
    """
    stop = asyncio.Event()
    stop_on_signals(stop)
    twin = _Twin(settings, store, line, recipe, plan, options, say)
    port = dashboards.free_port(options.address, options.port)
    pages = twin.kept("dashboards", dashboards.command(options.address, port))
    parts = {
        "line": _line(twin, stop),
        "dashboards": pages.run(stop),
        "announcement": _announce(twin, port, stop),
        "quality fit": _fitted(twin, stop),
    }
    failures = await asyncio.gather(*(_supervised(name, one, stop) for name, one in parts.items()))
    say("stopped")
    for failure in failures:
        if failure:
            raise StoreError(failure)


async def _supervised(name: str, part: Coroutine[Any, Any, None], stop: asyncio.Event) -> str:
    """What went wrong with a part, which ends the whole; empty when nothing did."""
    try:
        await part
    except LacssError as error:
        stop.set()
        return str(error)
    except Exception as error:  # noqa: BLE001 - no part may fail unheard while the others go on
        stop.set()
        return f"{name} failed: {type(error).__name__}: {error}"
    return ""


async def _line(twin: _Twin, stop: asyncio.Event) -> None:
    """Collect; once the history is there, watch and forecast beside it."""
    own = twin.settings.home / "sources.toml"
    parts = []
    collect = ["collect"]
    if own.is_file():
        twin.say(f"sources: {own}")
    else:
        plant, sources = _reference_plant(twin)
        parts.append(plant.run(stop))
        collect += ["--sources", str(sources)]
    parts.append(twin.kept("collector", lacss(*collect)).run(stop))
    parts.append(_look_on(twin, stop))
    await _all_or_none(parts, stop)


def _reference_plant(twin: _Twin) -> tuple[Kept, Path]:
    """The plant on a port that stays its own, and the sources file that names it."""
    port = dashboards.free_port("127.0.0.1", _PLANT_PORT)
    seed = () if twin.options.seed is None else ("--seed", str(twin.options.seed))
    speed = ("--speed", str(twin.options.speed))
    plant = twin.kept("plant", lacss("plant", "--port", str(port), *speed, *seed), twin.say)
    address = json.dumps(f"opc.tcp://127.0.0.1:{port}/lacss")
    path = twin.settings.home / "plant" / "sources.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'[[source]]\nname = "reference plant"\nkind = "opcua"\naddress = {address}\n'
        "transfer = true\n"
    )
    return plant, path


async def _all_or_none(parts: list[Coroutine[Any, Any, None]], stop: asyncio.Event) -> None:
    """Run side by side; the first failure stops the others and is raised once they have ended."""

    async def guarded(part: Coroutine[Any, Any, None]) -> None:
        try:
            await part
        except BaseException:
            stop.set()
            raise

    outcomes = await asyncio.gather(*map(guarded, parts), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


async def _look_on(twin: _Twin, stop: asyncio.Event) -> None:
    await _caught_up(twin, stop)
    heartbeat = str(twin.settings.home / "heartbeat")
    watch = twin.kept("watch", lacss("watch", "--heartbeat", heartbeat), _few_of_the_past(twin))
    await _all_or_none([watch.run(stop), _forecast(twin, stop)], stop)


def _few_of_the_past(twin: _Twin) -> Say:
    """Tells all alerts but those of its first look, at the history: of them the first few."""
    told, first_at = 0, math.inf

    def heard(line: str) -> None:
        nonlocal told, first_at
        first_at = min(first_at, time.monotonic())
        past = time.monotonic() - first_at < _FIRST_LOOK_S
        told += past
        if not past or told <= _PAST_ALERTS:
            twin.say(line)
        elif told == _PAST_ALERTS + 1:
            twin.say("more alerts of the history are on the page Alerts")

    return heard


async def _caught_up(twin: _Twin, stop: asyncio.Event) -> None:
    """Wait until the history is stored: records no longer come as fast as they can be read."""
    before, quiet = -1, 0
    while not stop.is_set() and quiet < 2:
        await pause(_LOOK_S, stop)
        counts = await asyncio.to_thread(twin.store.counts)
        now = counts["measurements"] + counts["events"]
        calm = now > 0 and now - before < _HISTORY_RATE * _LOOK_S
        before, quiet = now, quiet + 1 if calm else 0
    if not stop.is_set():
        twin.say(
            f"collected: {counts['measurements']:,} measurements, {counts['events']:,} events; "
            "from here on as they come"
        )


async def _announce(twin: _Twin, port: int, stop: asyncio.Event) -> None:
    """Name the URL once something answers there."""
    address = twin.options.address
    up = await asyncio.to_thread(
        dashboards.wait_until_up, address, port, _START_S, stop.is_set
    )  # fmt: skip
    if up:
        twin.say(f"dashboards: http://{address}:{port}  (Ctrl-C ends everything)")
    elif not stop.is_set():
        twin.say(f"dashboards did not start, see {twin.log('dashboards')}")


async def _fitted(twin: _Twin, stop: asyncio.Event) -> None:
    """Fit the quality model once, where none is stored."""
    if quality_artifact.load(twin.settings.home) is not None:
        return
    twin.say("quality model: none stored, fitting on the evidence in the background")
    with Child("quality fit", lacss("quality", "fit"), twin.log("quality")) as child:
        while not stop.is_set() and child.ended is None:
            await pause(0.5, stop)
        if child.ended is not None:
            good = child.ended == 0
            failed = f"quality fit failed: {child.log}"
            twin.say("quality model: fitted and stored" if good else failed)
        await asyncio.to_thread(child.stop)


async def _forecast(twin: _Twin, stop: asyncio.Event) -> None:
    """A forecast now and every two minutes, kept to be compared with what happens."""
    while not stop.is_set():
        try:
            made = await asyncio.to_thread(
                lambda: forecast(
                    twin.store, twin.line, twin.recipe, twin.plan,
                    quality_artifact.load(twin.settings.home),
                )
            )  # fmt: skip
            keep_forecast(twin.settings.home, made)
            twin.say(described(made))
        except LacssError as error:
            twin.say(f"forecast: {error}")
        await pause(_FORECAST_EVERY_S, stop)
