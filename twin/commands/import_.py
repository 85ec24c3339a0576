"""`lacss import`: tables of measurements, events or evidence into the store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.output import JSON_OPTION, emit, table

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add `import` to the command."""
    app.command("import")(_import)


def _import(
    files: Annotated[list[Path], typer.Argument(help="CSV or Parquet tables.")],
    kind: Annotated[str | None, typer.Option(help="measurements, events or evidence.")] = None,
    mapping: Annotated[
        Path | None, typer.Option("--map", help="TOML that maps columns and units.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Zone of times without offset, as Europe/Berlin.")
    ] = None,
    user: Annotated[str, typer.Option(help="Who imports.")] = "",
    untrusted: Annotated[
        bool, typer.Option("--untrusted", help="Read in a child with limits of size and memory.")
    ] = False,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Store the good rows of FILES and quarantine the bad ones with their reason."""
    from twin.store import Store
    from twin.store.importing import import_files
    from twin.store.limited import read_limited
    from twin.store.tables import read_table

    with Store.open() as store:
        report = import_files(
            store, files, kind=kind, mapping=mapping, timezone=timezone, user=user,
            read=read_limited if untrusted else read_table,
        )  # fmt: skip
    if as_json:
        emit(report.to_dict())
        return
    counts = {k: v for k, v in report.to_dict().items() if isinstance(v, int)}
    table("Import", tuple(counts), [tuple(counts.values())])
    if report.quarantine:
        table("Quarantined rows", ("row", "reason"), report.quarantine)
