"""`lacss collect`: read a live source into the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from twin.output import JSON_OPTION, emit

if TYPE_CHECKING:
    from twin.live.collector import CollectReport
    from twin.live.store_sink import StoreSink
    from twin.store import Store

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `collect`."""
    app.command("collect")(_collect)


def _collect(
    url: Annotated[str, typer.Option(help="opc.tcp://host:port/path of the line's server.")],
    once: Annotated[
        bool, typer.Option("--once", "--until-idle", help="End when nothing more comes.")
    ] = False,
    idle_s: Annotated[float, typer.Option(help="What nothing more means, s.", min=0.1)] = 2.0,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Collect from an OPC UA server until Ctrl-C; every acknowledged record is in the store."""
    import asyncio

    from process_models.errors import InputError
    from twin.live.collector import Collector
    from twin.live.plant_service import stop_on_signals
    from twin.live.store_sink import StoreSink
    from twin.store import Store

    async def collect(sink: StoreSink) -> CollectReport:
        stop = asyncio.Event()
        stop_on_signals(stop)
        collector = Collector(
            url, sink, idle_s=idle_s if once else None, until_ended=once,
            connect_s=10.0 if once else None,
        )
        return await collector.run(stop)

    with Store.open() as store:
        sink = StoreSink(store)
        try:
            report = asyncio.run(collect(sink))
        except ConnectionError as error:
            raise InputError(str(error)) from error
        payload = _told(report, sink, store)
    if as_json:
        emit(payload)
    else:
        parts = (f"{value} {name.replace('_', ' ')}" for name, value in payload.items())
        typer.echo(", ".join(parts))


def _told(report: CollectReport, sink: StoreSink, store: Store) -> dict[str, int]:
    counts = store.counts()
    received = sink.measurements + sink.events
    return {
        "records": report.records, "measurements": sink.measurements.accepted,
        "events": sink.events.accepted, "gaps": report.gaps, "reconnects": report.reconnects,
        "duplicates": received.duplicates, "conflicts": received.conflicts,
        "stored_measurements": counts["measurements"], "stored_events": counts["events"],
    }
