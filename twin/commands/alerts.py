"""`lacss alerts`: work on alerts from open to closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from process_models.errors import InputError
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from datetime import datetime

    from twin.monitoring.alerts import Alert, AlertDesk

__all__ = ["register"]

T = TypeVar("T")
_ID = typer.Argument(metavar="ID", help="Number of the alert.")
_USER = typer.Option(help="Who does it.")
_REASON = typer.Option(help="Why.")
Number = Annotated[int, _ID]
User = Annotated[str, _USER]
Reason = Annotated[str, _REASON]
Json = Annotated[bool, JSON_OPTION]


def register(app: typer.Typer) -> None:
    """Add `alerts` to the command."""
    group = typer.Typer(help="Alerts: list, show and work on them.", no_args_is_help=True)
    group.command("list")(_list)
    group.command("show")(_show)
    group.command("ack")(_ack)
    group.command("cause")(_cause)
    group.command("act")(_act)
    group.command("verify")(_verify)
    group.command("close")(_close)
    group.command("reopen")(_reopen)
    group.command("shelve")(_shelve)
    group.command("unshelve")(_unshelve)
    group.command("letters")(_letters)
    group.command("resend")(_resend)
    group.command("quality")(_quality)
    app.add_typer(group, name="alerts")


def _list(
    state: Annotated[str | None, typer.Option(help="Only of this state.")] = None,
    station: Annotated[str | None, typer.Option(help="Only of this station.")] = None,
    characteristic: Annotated[str | None, typer.Option(help="Only of this one.")] = None,
    as_json: Json = False,
) -> None:
    """List alerts, the newest first."""
    alerts = _at_desk(
        lambda desk: desk.list(state, station=station, characteristic=characteristic)
    )
    if as_json:
        emit({"alerts": [alert.to_dict() for alert in alerts]})
        return
    rows = [
        (a.id, a.opened_at.isoformat(timespec="minutes"), a.state, a.severity, a.station,
         a.characteristic, a.lot_id, a.rule, _likeliest(a))
        for a in alerts
    ]  # fmt: skip
    columns = ("id", "opened", "state", "severity", "station", "characteristic", "lot", "rule")
    table(f"{len(rows)} alerts", (*columns, "likeliest cause"), rows)


def _show(number: Number, as_json: Json = False) -> None:
    """Show one alert with its reaction plan and history."""
    from dataclasses import asdict

    alert, history = _at_desk(lambda desk: (desk.get(number), desk.history(number)))
    if as_json:
        emit({**alert.to_dict(), "history": [asdict(entry) for entry in history]})
        return
    facts = [(k, v) for k, v in alert.to_dict().items() if k not in ("diagnosis",)]
    table(f"Alert {alert.id}", ("", ""), facts)
    table("Diagnosis", ("cause", "probability"),
          [(d.cause, d.probability) for d in alert.diagnosis])  # fmt: skip
    steps = [
        (e.at.isoformat(timespec="seconds"), e.user, e.action, e.new_state, e.reason, e.detail)
        for e in history
    ]
    table("History", ("at", "user", "action", "state", "reason", "detail"), steps)


def _ack(number: Number, user: User, reason: Reason = "", as_json: Json = False) -> None:
    """Acknowledge: somebody takes care of it."""
    _changed(lambda desk: desk.acknowledge(number, user, reason), as_json)


def _cause(
    number: Number,
    cause: Annotated[str, typer.Argument(help="From the catalogue of the control plan.")],
    user: User,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Assign the cause."""
    _changed(lambda desk: desk.assign_cause(number, cause, user, reason), as_json)


def _act(
    number: Number,
    text: Annotated[str, typer.Argument(help="What was done.")],
    user: User,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Write down the action taken."""
    _changed(lambda desk: desk.act(number, text, user, reason), as_json)


def _verify(number: Number, user: User, reason: Reason = "", as_json: Json = False) -> None:
    """Say that the action helped."""
    _changed(lambda desk: desk.verify(number, user, reason), as_json)


def _close(number: Number, user: User, reason: Reason = "", as_json: Json = False) -> None:
    """Close; without an assigned cause a reason is needed."""
    _changed(lambda desk: desk.close(number, user, reason), as_json)


def _reopen(number: Number, user: User, reason: Reason = "", as_json: Json = False) -> None:
    """Open a closed alert again."""
    _changed(lambda desk: desk.reopen(number, user, reason), as_json)


def _shelve(
    number: Number,
    until: Annotated[str, typer.Option(help="ISO 8601 time with offset.")],
    user: User,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Put aside until a time."""
    moment = _time(until)
    _changed(lambda desk: desk.shelve(number, moment, user, reason), as_json)


def _unshelve(number: Number, user: User, reason: Reason = "", as_json: Json = False) -> None:
    """Take it from the shelf before its time."""
    _changed(lambda desk: desk.unshelve(number, user, reason), as_json)


def _letters(
    state: Annotated[str | None, typer.Option(help="pending, sent or dead.")] = None,
    as_json: Json = False,
) -> None:
    """List what was sent to whom, and what could not be."""
    from twin.monitoring.outbox import letters
    from twin.store import Store

    with Store.open() as store:
        found = letters(store, state)
    if as_json:
        emit({"letters": [letter.to_dict() for letter in found]})
        return
    columns = ("id", "alert", "endpoint", "kind", "state", "attempts", "last error")
    rows = [
        (x.id, x.alert_id, x.endpoint, x.kind, x.state, x.attempts, x.last_error) for x in found
    ]
    table(f"{len(rows)} letters", columns, rows)


def _resend(
    number: Annotated[int, typer.Argument(metavar="LETTER", help="Number of a dead letter.")],
    user: User,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Try a dead letter again."""
    from twin.monitoring.outbox import requeue
    from twin.store import Store

    with Store.open() as store:
        requeue(store, number, user=user, reason=reason)
    if as_json:
        emit({"letter": number, "state": "pending"})
    else:
        typer.echo(f"Letter {number} is tried again")


def _quality(
    days: Annotated[float, typer.Option(help="Length of the period, up to now.", min=0.01)] = 7.0,
    until: Annotated[str | None, typer.Option(help="End of it, ISO 8601 with offset.")] = None,
    as_json: Json = False,
) -> None:
    """How good the alarms are: load, floods, standing, chattering, false ones."""
    from datetime import UTC, datetime, timedelta

    from twin.monitoring.alarm_quality import alarm_quality

    end = datetime.now(UTC) if until is None else _time(until)
    if end.tzinfo is None:
        raise InputError(f"until must have an offset, got {until!r}")
    start = end - timedelta(days=days)
    found = _at_desk(lambda desk: alarm_quality(desk.list(), desk.histories(), start, end))
    if as_json:
        emit({"since": start.isoformat(), "until": end.isoformat(), **found.to_dict()})
        return
    plain = {k: v for k, v in found.to_dict().items() if k != "top"}
    table("Alarm quality", ("", ""), list(plain.items()))
    worst = [(a.station, a.characteristic, a.rule, a.alarms, a.share) for a in found.top]
    table("Most frequent", ("station", "characteristic", "rule", "alarms", "share"), worst)


def _time(text: str) -> datetime:
    from datetime import datetime

    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"until must be an ISO 8601 time with offset, got {text!r}") from None


def _at_desk(work: Callable[[AlertDesk], T]) -> T:
    from twin.monitoring.alerts import AlertDesk
    from twin.monitoring.plan import site_plan
    from twin.store import Store

    with Store.open() as store:
        return work(AlertDesk(store, site_plan()))


def _changed(change: Callable[[AlertDesk], Alert], as_json: bool) -> None:
    alert = _at_desk(change)
    if as_json:
        emit(alert.to_dict())
    else:
        typer.echo(f"Alert {alert.id} is {alert.state.replace('_', ' ')}: {alert.message}")


def _likeliest(alert: Alert) -> str:
    if not alert.diagnosis:
        return ""
    return f"{alert.diagnosis[0].cause} ({alert.diagnosis[0].probability:.2f})"
