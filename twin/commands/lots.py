"""`lacss lots`: what became of every lot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from process_models.errors import InputError
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["register"]

_STATES = ("in_process", "finished", "scrapped")


def register(app: typer.Typer) -> None:
    """Add `lots` to the command."""
    app.command("lots")(_lots)


def _lots(
    as_of: Annotated[str | None, typer.Option(help="ISO 8601 time with offset.")] = None,
    state: Annotated[str | None, typer.Option(help="in_process, finished or scrapped.")] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """List every lot with its state, station and yield, as known at a time."""
    from twin.monitoring.lots import lots_table
    from twin.monitoring.plan import site_plan
    from twin.store import Store

    if state is not None and state not in _STATES:
        raise InputError(f"state must be one of {', '.join(_STATES)}, got {state!r}")
    moment = None if as_of is None else _time(as_of)
    with Store.open() as store:
        lots = [
            lot for lot in lots_table(store, site_plan(), moment) if state in (None, lot.state)
        ]
    if as_json:
        emit({"lots": [lot.to_dict() for lot in lots]})
        return
    rows = [
        (lot.lot_id, lot.state, lot.station, lot.entered_at.isoformat(timespec="minutes"),
         lot.yield_share, lot.conforming, lot.recipe)
        for lot in lots
    ]  # fmt: skip
    columns = ("lot", "state", "station", "entered", "yield", "conforming", "recipe")
    table(f"{len(rows)} lots", columns, rows)


def _time(text: str) -> datetime:
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"as-of must be an ISO 8601 time with offset, got {text!r}") from None
    if moment.tzinfo is None:
        raise InputError(f"as-of needs an offset from UTC, got {text!r}")
    return moment
