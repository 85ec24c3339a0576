"""`lacss genealogy`: where a thing came from, what became of it; all of it as OCEL 2.0."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.genealogy import Genealogy
    from twin.genealogy.descent import Descent

__all__ = ["register"]

_DIRECTIONS = ("back", "forward", "both")


def register(app: typer.Typer) -> None:
    """Add the command `genealogy`."""
    app.command("genealogy")(_genealogy)


def _genealogy(
    thing: Annotated[
        str, typer.Argument(metavar="[ID]", help="Of a lot, roll, sheet, coupon or cell.")
    ] = "",
    direction: Annotated[str, typer.Option(help="back, forward or both.")] = "both",
    stored: Annotated[bool, typer.Option("--stored", help="From the store (default).")] = False,
    records: Annotated[
        Path | None, typer.Option(help="From a folder of `lacss simulate --records`.")
    ] = None,
    replication: Annotated[int, typer.Option(help="Which one of the folder.")] = 1,
    ocel: Annotated[
        Path | None, typer.Option(help="Write all, or what ID is related to, as OCEL 2.0 JSON.")
    ] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Say where a lot, sheet or cell came from, and what became of it."""
    from twin.genealogy.descent import descent

    if direction not in _DIRECTIONS:
        raise typer.BadParameter(f"--direction is one of {', '.join(_DIRECTIONS)}")
    if stored and records is not None:
        raise typer.BadParameter("give either --stored or --records")
    if not thing and ocel is None:
        raise typer.BadParameter("give an ID, or --ocel FILE to write everything")
    tree = _read(records, replication, thing)
    found = descent(tree, thing) if thing else None
    written = None if ocel is None else _write(tree, thing, ocel)
    if as_json:
        from twin.genealogy.words import sentence

        answer = {} if found is None else {"sentence": sentence(found), **found.to_dict(direction)}
        emit({**answer, **({"ocel": written} if written else {})})
        return
    if written:
        typer.echo(f"{written['file']}: {written['objects']} objects, {written['events']} events")
    if found is not None:
        _print(found, direction)


def _read(records: Path | None, replication: int, thing: str) -> Genealogy:
    if records is not None:
        from twin.genealogy.from_tables import genealogy_of_folder

        return genealogy_of_folder(records, replication)
    from twin.genealogy import genealogy_of_events
    from twin.genealogy.stored import tree_around
    from twin.settings import Settings
    from twin.site import site_line
    from twin.store import Store

    settings = Settings.from_environment()
    with Store.open(settings) as store:
        line = site_line(settings)
        return (
            tree_around(store, line, thing) if thing else genealogy_of_events(store.events(), line)
        )


def _write(tree: Genealogy, thing: str, path: Path) -> dict[str, object]:
    from twin.ocel import ocel_log, write_ocel

    log = ocel_log(tree, thing or None)
    write_ocel(log, path)
    return {"file": str(path), **{key: len(log[key]) for key in ("objects", "events")}}


def _print(found: Descent, direction: str) -> None:
    from twin.genealogy.words import sentence, tree_lines
    from twin.line_time import line_time

    typer.echo(f"{sentence(found)} ({found.provenance})\n")
    for line in tree_lines(found, direction):
        typer.echo(line)
    if direction == "forward" or not found.stops:
        return
    typer.echo()
    rows = [
        (
            stop.passage.lot, stop.passage.station, stop.passage.server,
            f"{line_time(stop.passage.start_s):%Y-%m-%d %H:%M}Z", len(stop.together),
            stop.campaign.service or "none recorded", len(stop.campaign.lots),
        )
        for stop in found.stops
    ]  # fmt: skip
    columns = ("lot", "station", "server", "started", "lots in the run", "after service", "lots")
    table(f"stations that {found.thing} passed", columns, rows)
