"""`lacss backup`: copies of the whole installation, made while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from process_models.errors import StoreError
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.store.backup import BackupReport

__all__ = ["register"]

_FOLDER = typer.Option("--folder", help="Where backups are; default: backups of LACSS_HOME.")


def register(app: typer.Typer) -> None:
    """Add `backup` to the command."""
    group = typer.Typer(
        help="Back up the store, the settings and keys, and the archive; list and verify backups.",
        invoke_without_command=True,
    )
    group.callback()(_make)
    group.command("list")(_list)
    group.command("verify")(_verify)
    app.add_typer(group, name="backup")


def _make(
    context: typer.Context,
    to: Annotated[
        Path | None, typer.Option(help="Folder for it; default: backups of LACSS_HOME.")
    ] = None,
    user: Annotated[str, typer.Option(help="Who makes it.")] = "",
    reason: Annotated[str, typer.Option(help="Kept in the backup.")] = "",
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Back up the installation, while others read and write, and read the backup back."""
    if context.invoked_subcommand is not None:
        return
    if not user.strip():
        raise typer.BadParameter("--user is needed: who makes the backup")
    from twin.store import Store
    from twin.store.backup import backup_for

    with Store.open() as store:
        made = backup_for(store, user=user, reason=reason, to=to)
    if as_json:
        emit(_told(made))
    else:
        typer.echo(f"Backed up to {made.path}")
    if made.problem:
        raise StoreError(f"backup {made.path.name} is not whole: {made.problem}")


def _list(
    folder: Annotated[Path | None, _FOLDER] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """List the backups, newest first."""
    from twin.settings import Settings
    from twin.store.backup import list_backups

    found = list_backups(folder or Settings.from_environment().home / "backups")
    if as_json:
        emit({"backups": [_told(one) for one in found]})
        return
    columns = ("path", "made_at", "schema_version", "measurements", "size", "reason", "problem")
    table("Backups", columns, [[_told(one)[name] for name in columns] for one in found])


def _verify(
    path: Annotated[Path, typer.Argument(metavar="BACKUP", help="Folder of the backup.")],
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Read a backup from end to end; exit code 1 when a part is missing or damaged."""
    from twin.store.backup import BackupReport, verify_backup

    manifest = verify_backup(path)
    found = BackupReport(path, manifest, "; ".join(manifest.problems))
    if as_json:
        emit(_told(found))
    if found.problem:
        raise StoreError(f"backup {path.name} is not whole: {found.problem}")
    if not as_json:
        typer.echo(f"Backup intact: {len(manifest.parts)} files, {manifest.size} bytes.")


def _told(one: BackupReport) -> dict[str, Any]:
    known = one.manifest
    return {
        "path": one.path,
        "made_at": known and known.made_at,
        "reason": known and known.reason,
        "schema_version": known and known.schema_version,
        "dialect": known and known.dialect,
        "measurements": known and known.tables.get("measurements", 0),
        "tables": known and known.tables,
        "size": known and known.size,
        "problem": one.problem,
    }
