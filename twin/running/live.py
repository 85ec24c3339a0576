"""The running line: plant, collector, watch, notifier, forecasts and dashboards, until a signal."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from process_models.errors import LacssError, StoreError
from twin import quality_artifact
from twin.forecast import forecast
from twin.live.collector import Collector, CollectReport
from twin.live.outbox import FULL_BATCH
from twin.live.plant_service import stop_on_signals
from twin.live.store_sink import StoreSink
from twin.monitoring.notify import Notifier
from twin.monitoring.watch import Watch
from twin.running import dashboards
from twin.running.archive import keep_forecast
from twin.running.children import Child, lacss
from twin.running.once import described

if TYPE_CHECKING:
    from twin.line import LineModel
    from twin.monitoring.alert import Alert
    from twin.monitoring.plan import ControlPlan
    from twin.recipe import Recipe
    from twin.settings import Settings
    from twin.store import Store

__all__ = ["LiveOptions", "run_live"]

Say = Callable[[str], None]
_START_S = 60.0
_CAUGHT_UP_S = 3.0
_FORECAST_EVERY_S = 300.0
_FIRST_ALERTS = 5


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
    say: Say


async def run_live(
    settings: Settings, store: Store, line: LineModel, recipe: Recipe, plan: ControlPlan,
    options: LiveOptions, say: Say,
) -> None:
    """Start everything, keep it going, and end it all when a signal comes."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    twin = _Twin(settings, store, line, recipe, plan, say)
    logs = settings.home / "log"
    seed = () if options.seed is None else ("--seed", str(options.seed))
    plant = lacss("plant", "--json", "--speed", str(options.speed), *seed)
    port = dashboards.free_port(options.address, options.port)
    async with AsyncExitStack() as stack:
        children = [
            Child("reference plant", plant, logs / "plant.log"),
            Child("dashboards", dashboards.command(options.address, port), logs / "dashboards.log"),
        ]
        if quality_artifact.load(settings.home) is None:
            say("quality model: none stored, fitting on the evidence in the background")
            children.append(Child("quality fit", lacss("quality", "fit"), logs / "quality.log"))
        for child in children:
            stack.enter_context(child)
        told = await asyncio.to_thread(children[0].answer, _START_S)
        say(f"reference plant: {told['source']} since {told['started_at']}, {told['url']}")
        parts = {
            "collector": _collect(twin, told["url"], stop),
            "dashboards": _announce(twin, options.address, port, children[1], stop),
            "processes": _watch_children(children[:2], stop),
            **{child.name: _fitted(child, stop, say) for child in children[2:]},
        }
        failures = await asyncio.gather(*(
            _supervised(name, part, stop) for name, part in parts.items()
        ))
        say("stopping")
    say("stopped")
    for failure in failures:
        if failure:
            raise StoreError(failure)


async def _supervised(name: str, part: Coroutine[Any, Any, None], stop: asyncio.Event) -> str:
    """What went wrong with a part, which ends the whole; empty when nothing did."""
    try:
        await part
    except Exception as error:  # noqa: BLE001 - no part may fail unheard while the others go on
        stop.set()
        return f"{name} failed: {type(error).__name__}: {error}"
    return ""


async def _announce(
    twin: _Twin, address: str, port: int, child: Child, stop: asyncio.Event
) -> None:
    """Name the URL once something answers there."""
    up = await asyncio.to_thread(
        dashboards.wait_until_up, address, port, _START_S,
        lambda: stop.is_set() or child.ended is not None,
    )
    if up:
        twin.say(f"dashboards: http://{address}:{port}  (Ctrl-C ends everything)")
    elif not stop.is_set():
        twin.say(f"dashboards did not start, see {child.log}")


async def _watch_children(children: list[Child], stop: asyncio.Event) -> None:
    """Without plant or dashboards there is nothing to run."""
    while not stop.is_set():
        for child in children:
            if child.ended is not None and not stop.is_set():
                raise StoreError(f"{child.name} ended with code {child.ended}, see {child.log}")
        await _pause(0.5, stop)


async def _fitted(child: Child, stop: asyncio.Event, say: Say) -> None:
    while not stop.is_set():
        if child.ended is not None:
            good = child.ended == 0
            say("quality model: fitted and stored" if good else f"{child.name} failed: {child.log}")
            return
        await _pause(0.5, stop)


async def _collect(twin: _Twin, url: str, stop: asyncio.Event) -> None:
    """Collect; once the history is there, watch and forecast beside it."""
    heard, records, caught_up = time.monotonic(), 0, False

    def on_commit(report: CollectReport) -> None:
        nonlocal heard, records, caught_up
        # While there is history to send, every batch of the plant is full.
        caught_up = caught_up or report.records - records < FULL_BATCH
        heard, records = time.monotonic(), report.records

    sink = StoreSink(twin.store)
    collecting = asyncio.create_task(Collector(url, sink, on_commit=on_commit).run(stop))
    while not (stop.is_set() or caught_up or time.monotonic() - heard > _CAUGHT_UP_S):
        await _pause(0.2, stop)
    twin.say(
        f"collected: {sink.measurements.accepted:,} measurements, {sink.events.accepted:,} events; "
        "from here on as they come"
    )
    await asyncio.gather(
        collecting, _watch(twin, stop), _notify(twin, stop), _forecast(twin, stop)
    )


async def _watch(twin: _Twin, stop: asyncio.Event) -> None:
    """Charts and alerts, every two seconds."""
    watch = Watch(twin.store, twin.plan)
    raised = await asyncio.to_thread(watch.look)
    twin.say(f"alerts: {len(raised)} raised on the history, newest first:")
    for alert in raised[: -_FIRST_ALERTS - 1 : -1]:
        twin.say(_line_of(alert))
    last_error = ""
    while not stop.is_set():
        for alert in await asyncio.to_thread(watch.look):
            twin.say(_line_of(alert))
        if watch.last_error not in ("", last_error):
            twin.say(f"watch: {watch.last_error}")
        last_error = watch.last_error
        await _pause(2.0, stop)


def _line_of(alert: Alert) -> str:
    return (
        f"alert {alert.id}: {alert.severity}, {alert.characteristic} at {alert.station}, "
        f"{alert.rule}, lot {alert.lot_id or '-'}, since {alert.since:%a %H:%M}"
    )


async def _notify(twin: _Twin, stop: asyncio.Event) -> None:
    """Deliver what waits in the outbox."""
    ended = threading.Event()
    sending = asyncio.create_task(asyncio.to_thread(Notifier(twin.store).run, ended))
    await stop.wait()
    ended.set()
    await sending


async def _forecast(twin: _Twin, stop: asyncio.Event) -> None:
    """A forecast now and every five minutes, kept to be compared with what happens."""
    while not stop.is_set():
        try:
            made = await asyncio.to_thread(
                lambda: forecast(
                    twin.store, twin.line, twin.recipe, twin.plan,
                    quality_artifact.load(twin.settings.home),
                )
            )
            keep_forecast(twin.settings.home, made)
            twin.say(described(made))
        except LacssError as error:
            twin.say(f"forecast: {error}")
        await _pause(_FORECAST_EVERY_S, stop)


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
