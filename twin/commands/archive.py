"""`lacss archive`: old months as Parquet files, and how long anything is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from process_models.errors import StoreError
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.store.archive import ArchiveFile

__all__ = ["register"]

_USER = typer.Option(help="Who asks for it; not needed for --dry-run.")
_DRY = typer.Option("--dry-run", help="Only tell what would be done.")


def register(app: typer.Typer) -> None:
    """Add `archive` to the command."""
    group = typer.Typer(
        help="Old months as Parquet files: move, list, verify; remove what is kept no longer.",
        no_args_is_help=True,
    )
    group.command("compact")(_compact)
    group.command("list")(_list)
    group.command("verify")(_verify)
    group.command("retain")(_retain)
    app.add_typer(group, name="archive")


def _compact(
    user: Annotated[str, _USER] = "",
    keep_months: Annotated[
        int, typer.Option(min=1, help="Whole months that stay in the database.")
    ] = 3,
    dry_run: Annotated[bool, _DRY] = False,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Move old months of measurements and events into Parquet files; nothing else changes."""
    from twin.store import Store
    from twin.store.archive.compacting import compact, compactable

    _need(user, dry_run)
    with Store.open() as store:
        if dry_run:
            moved = compactable(store, keep_months=keep_months)
        else:
            moved = compact(store, user=user, keep_months=keep_months)
    rows = [(one.kind, one.month, one.rows, one.file) for one in moved]
    _tell("To be moved" if dry_run else "Moved", "moved", rows, dry_run, as_json)


def _list(as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """List the files of the archive, oldest first."""
    from twin.store import Store
    from twin.store.archive import catalogue

    with Store.open() as store, store.database.reading() as connection:
        files = catalogue(connection)
    if as_json:
        emit({"files": [_told(file) for file in files]})
        return
    columns = ("kind", "month", "rows", "moved", "file")
    table("Archive", columns, [[_told(file)[name] for name in columns] for file in files])


def _verify(as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """Read every file from end to end; exit code 1 when one is missing or damaged."""
    from twin.store import Store
    from twin.store.archive.checking import verify

    with Store.open() as store:
        report = verify(store)
    if as_json:
        emit({"files": len(report.files), "rows": sum(f.rows for f in report.files),
              "problems": report.problems, "unknown": report.unknown})  # fmt: skip
    elif not report.problems:
        typer.echo(f"Archive intact: {len(report.files)} files.")
        for name in report.unknown:
            typer.echo(f"Not in the catalogue, read by nothing: {name}", err=True)
    if report.problems:
        more = len(report.problems) - 1
        raise StoreError(report.problems[0] + (f" (and {more} more)" if more else ""))


def _retain(
    user: Annotated[str, _USER] = "",
    reason: Annotated[str, typer.Option(help="Kept in the audit trail.")] = "",
    dry_run: Annotated[bool, _DRY] = False,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Remove what is older than `retention.toml` of LACSS_HOME keeps; without it, nothing."""
    from twin.store import Store
    from twin.store.retention import expired, remove_expired

    _need(user, dry_run)
    with Store.open() as store:
        found = expired(store) if dry_run else remove_expired(store, user=user, reason=reason)
    rows = [(one.kind, one.month, one.rows, one.file) for one in found]
    _tell("To be removed" if dry_run else "Removed", "removed", rows, dry_run, as_json)


def _need(user: str, dry_run: bool) -> None:
    if not user.strip() and not dry_run:
        raise typer.BadParameter("--user is needed: who asks for it")


def _tell(
    title: str, key: str, rows: Sequence[Sequence[Any]], dry_run: bool, as_json: bool
) -> None:
    columns = ("kind", "month", "rows", "file")
    if as_json:
        told = [dict(zip(columns, row, strict=True)) for row in rows]
        emit({"dry_run": dry_run, key: told})
        return
    table(title, columns, rows)


def _told(file: ArchiveFile) -> dict[str, Any]:
    names = ("kind", "month", "file", "sha256", "rows", "row_groups", "moved_groups")
    told = {name: getattr(file, name) for name in names}
    return {**told, "moved": "all" if file.whole else f"{file.moved_groups}/{file.row_groups}"}
