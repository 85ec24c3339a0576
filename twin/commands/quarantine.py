"""`lacss quarantine`: rows that broke a rule, and mending them."""

from __future__ import annotations

from typing import Annotated

import typer

from process_models.errors import InputError
from twin.output import JSON_OPTION, emit, table

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add `quarantine` to the command."""
    group = typer.Typer(
        help="Rows that broke a rule: list, mend, discard them.", invoke_without_command=True
    )
    group.callback()(_list)
    group.command("mend")(_mend)
    group.command("discard")(_discard)
    app.add_typer(group, name="quarantine")


def _list(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="open, mended, discarded or all.")] = "open",
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """List quarantined rows with file, row, column, rule and value."""
    if context.invoked_subcommand is not None:
        return
    from dataclasses import asdict

    from twin.store import Store
    from twin.store.quarantine import quarantined

    if state not in ("open", "mended", "discarded", "all"):
        raise typer.BadParameter(f"state must be open, mended, discarded or all, got {state!r}")
    with Store.open() as store:
        rows = quarantined(store, state=None if state == "all" else state)
    if as_json:
        emit({"quarantine": [asdict(row) for row in rows]})
        return
    columns = ("id", "file", "row", "column", "rule", "value", "state")
    table("Quarantine", columns, [[getattr(row, name) for name in columns] for row in rows])


def _mend(
    number: Annotated[int, typer.Argument(metavar="ID", help="Number from the list.")],
    changes: Annotated[
        list[str], typer.Option("--set", help="COLUMN=VALUE; may be given several times.")
    ],
    user: Annotated[str, typer.Option(help="Who mends it.")],
    timezone: Annotated[str | None, typer.Option(help="Zone of times without offset.")] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Change columns of a quarantined row, check it again and import it."""
    from twin.monitoring.plan import site_plan
    from twin.store import Store
    from twin.store.quarantine import mend
    from twin.store.rows import Edge, zone

    values = dict(_pair(change) for change in changes)
    with Store.open() as store:
        receipt = mend(store, number, values, user, Edge(site_plan().find, zone(timezone)))
    counts = {
        "accepted": receipt.accepted,
        "duplicates": receipt.duplicates,
        "conflicts": receipt.conflicts,
        "late": receipt.late,
    }
    if as_json:
        emit({"id": number, **counts})
        return
    table(f"Row {number} mended", tuple(counts), [tuple(counts.values())])


def _discard(
    number: Annotated[int, typer.Argument(metavar="ID", help="Number from the list.")],
    user: Annotated[str, typer.Option(help="Who discards it.")],
    reason: Annotated[str, typer.Option(help="Why it is not worth mending.")],
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Take a row off the open ones for good; it stays listed as discarded."""
    from twin.store import Store
    from twin.store.quarantine import discard

    with Store.open() as store:
        discard(store, number, user, reason)
    if as_json:
        emit({"id": number, "state": "discarded"})
    else:
        typer.echo(f"Row {number} discarded.")


def _pair(change: str) -> tuple[str, str]:
    column, equals, value = change.partition("=")
    if not equals or not column.strip():
        raise InputError(f"--set must be COLUMN=VALUE, got {change!r}")
    return column.strip(), value
