"""`lacss collect`: read live sources into the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.commands.collecting import checked, collect_sources, show_checked, show_collected
from twin.commands.sqlite_note import tell_sqlite_fault
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
    url: Annotated[
        str, typer.Option(help="opc.tcp://host:port/path of one plant; instead of sources.toml.")
    ] = "",
    sources: Annotated[
        Path | None, typer.Option(help="Sources file; default: sources.toml in LACSS_HOME.")
    ] = None,
    only: Annotated[str, typer.Option(help="Names of sources, with commas; default all.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Print what would be read, connect to nothing.")
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", "--until-idle", help="End when nothing more comes.")
    ] = False,
    idle_s: Annotated[float, typer.Option(help="What nothing more means, s.", min=0.1)] = 2.0,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Collect from every source of sources.toml, or from one plant, until Ctrl-C.

    A source is told that it may forget a record only once the record is in the store.
    """
    if not check:
        tell_sqlite_fault()
    if url:
        _collect_plant(url, once, idle_s, as_json)
        return
    names = tuple(filter(None, (name.strip() for name in only.split(","))))
    if check:
        found = checked(sources, names)
        emit(found) if as_json else show_checked(found)
        return
    payload, failure = collect_sources(sources, names, idle_s if once else None)
    emit(payload) if as_json else show_collected(payload)
    if once and failure is not None:
        raise failure


def _collect_plant(url: str, once: bool, idle_s: float, as_json: bool) -> None:
    import asyncio

    from process_models.errors import InputError
    from twin.live.noted_sink import collect_plant
    from twin.live.plant_service import stop_on_signals
    from twin.store import Store

    async def collect(store: Store) -> tuple[CollectReport, StoreSink]:
        stop = asyncio.Event()
        stop_on_signals(stop)
        return await collect_plant(store, url, stop, idle_s=idle_s, once=once)

    with Store.open() as store:
        try:
            report, sink = asyncio.run(collect(store))
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
    }  # fmt: skip
