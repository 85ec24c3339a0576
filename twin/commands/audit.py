"""`lacss audit`: who changed what, when and why, and whether that record is whole."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from process_models.errors import InputError, StoreError
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
    subject: Annotated[
        str | None, typer.Option(help="Only of this subject; `alert*` for all that begin so.")
    ] = None,
    user: Annotated[str, typer.Option(help="Only by this one.")] = "",
    action: Annotated[
        str, typer.Option(help="Only this, as alert.close, or a group, as alert.")
    ] = "",
    since: Annotated[str | None, typer.Option(help="ISO 8601 time with offset.")] = None,
    until: Annotated[str | None, typer.Option(help="ISO 8601 time with offset.")] = None,
    contains: Annotated[str, typer.Option(help="In the reason, or what was or is.")] = "",
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """List who changed what, when and why."""
    from dataclasses import asdict

    from twin.monitoring.audit import AuditFilter, AuditLog
    from twin.store import Store

    where = AuditFilter(
        user, action, subject or "", _time("since", since), _time("until", until), contains
    )
    with Store.open() as store:
        entries = AuditLog(store).entries(last=last, where=where)
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
    from dataclasses import asdict

    from twin.monitoring.audit import AuditLog
    from twin.store import Store

    with Store.open() as store:
        report = AuditLog(store).verify()
    if as_json:
        emit({**asdict(report), "intact": report.intact})
    elif report.intact:
        kept = f"heads kept outside up to {report.anchored}"
        typer.echo(f"Audit trail intact: {report.entries} entries, {kept}.")
    if not report.intact:
        raise StoreError(f"audit trail is not intact: {report.problem}")


def _time(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{name} must be an ISO 8601 time with offset, got {text!r}") from None
    if moment.tzinfo is None:
        raise InputError(f"{name} must have an offset, got {text!r}")
    return moment
