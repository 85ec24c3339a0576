"""`lacss restore`: a backup put back in its place, or into another database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.output import JSON_OPTION, emit

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add `restore` to the command."""
    app.command("restore")(_restore)


def _restore(
    path: Annotated[Path, typer.Argument(metavar="BACKUP", help="Folder of the backup.")],
    user: Annotated[str, typer.Option(help="Who restores.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the audit trail.")] = "",
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Replace a store that is not empty; it is backed up first."),
    ] = False,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Put a backup into the store of LACSS_HOME or LACSS_DATABASE, after all its hashes held."""
    from twin.settings import Settings
    from twin.store.backup import restore

    settings = Settings.from_environment()
    done = restore(path, settings, user=user, reason=reason, replace=replace)
    if as_json:
        told = {"backup": done.backup, "replaced": done.replaced, "tables": done.manifest.tables,
                "made_at": done.manifest.made_at}  # fmt: skip
        emit(told)
        return
    typer.echo(f"Restored {done.backup.name} of {done.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC.")
    if done.replaced is not None:
        typer.echo(f"What was there before is in {done.replaced}")
