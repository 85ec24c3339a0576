"""`lacss audit`: who changed what, when and why, and whether that record is whole."""

from __future__ import annotations

from typing import Annotated

import typer

from process_models.errors import StoreError
from twin.output import JSON_OPTION, emit, table

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add `audit` to the command."""
    group = typer.Typer(help="The audit trail: list it, verify it.", no_args_is_help=True)
    group.command("list")(_list)
    group.command("verify")(_verify)
    app.add_typer(group, name="audit")


def _list(
    last: Annotated[int, typer.Option(help="Newest entries to show.", min=1)] = 200,
    subject: Annotated[str | None, typer.Option(help="Only of this subject.")] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """List who changed what, when and why."""
    from dataclasses import asdict

    from twin.monitoring.audit import AuditLog
    from twin.store import Store

    with Store.open() as store:
        entries = AuditLog(store).entries(subject, last)
    if as_json:
        emit({"entries": [asdict(entry) for entry in entries]})
        return
    rows = [
        (e.audit_id, e.at.isoformat(timespec="seconds"), e.user, e.action, e.subject, e.reason)
        for e in entries
    ]
    table("Audit", ("number", "at", "user", "action", "subject", "reason"), rows)


def _verify(as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """Recompute the chain; exit code 1 when anything was changed, removed or reordered."""
    from twin.monitoring.audit import AuditLog
    from twin.store import Store

    with Store.open() as store:
        report = AuditLog(store).verify()
    if as_json:
        found = {"entries": report.entries, "intact": report.intact, "problem": report.problem}
        emit(found)
    elif report.intact:
        typer.echo(f"Audit trail intact: {report.entries} entries.")
    if not report.intact:
        raise StoreError(f"audit trail is not intact: {report.problem}")
