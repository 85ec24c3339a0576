"""`lacss users`: accounts, roles, passwords and sessions."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from process_models.errors import InputError
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.access.accounts import Account, Accounts

__all__ = ["register"]

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")]
By = Annotated[str, typer.Option("--user", help="Who does it; default: you.")]
Reason = Annotated[str, typer.Option(help="Why.")]
Json = Annotated[bool, JSON_OPTION]


def register(app: typer.Typer) -> None:
    """Add `users` to the command."""
    group = typer.Typer(help="Accounts: who may sign in, as what.", no_args_is_help=True)
    for name, command in (
        ("add", _add), ("list", _list), ("role", _role), ("disable", _disable),
        ("enable", _enable), ("password", _password), ("unlock", _unlock),
        ("sessions", _sessions),
    ):  # fmt: skip
        group.command(name)(command)
    app.add_typer(group, name="users")


def _add(
    name: Name,
    role: Annotated[str, typer.Option(help="viewer, operator, engineer, quality or admin.")],
    oidc: Annotated[
        bool, typer.Option("--oidc", help="Signs in at the identity provider; NAME is the e-mail.")
    ] = False,
    user: By = "",
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Add an account; the password is asked for, or read from a line on stdin."""
    password = None if oidc else _asked(f"Password for {name}")
    _changed(
        lambda to, by: to.add(name, role, password=password, user=by, reason=reason), user, as_json
    )


def _list(as_json: Json = False) -> None:
    """List the accounts."""
    _tell(_with(lambda accounts: accounts.list()), as_json)


def _role(
    name: Name,
    role: Annotated[str, typer.Argument(help="The new role.")],
    user: By = "",
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Give another role."""
    _changed(lambda to, by: to.set_role(name, role, user=by, reason=reason), user, as_json)


def _disable(name: Name, user: By = "", reason: Reason = "", as_json: Json = False) -> None:
    """Shut an account and end its sessions."""
    _changed(lambda to, by: to.disable(name, user=by, reason=reason), user, as_json)


def _enable(name: Name, user: By = "", reason: Reason = "", as_json: Json = False) -> None:
    """Open a disabled account again."""
    _changed(lambda to, by: to.enable(name, user=by, reason=reason), user, as_json)


def _password(name: Name, user: By = "", reason: Reason = "", as_json: Json = False) -> None:
    """Give a new password, asked for or read from stdin; open sessions end."""
    _with(lambda accounts: accounts.get(name))
    fresh = _asked(f"New password for {name}")
    _changed(lambda to, by: to.set_password(name, fresh, user=by, reason=reason), user, as_json)


def _unlock(name: Name, user: By = "", reason: Reason = "", as_json: Json = False) -> None:
    """Forget wrong passwords."""
    _changed(lambda to, by: to.unlock(name, user=by, reason=reason), user, as_json)


def _sessions(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only of this one.")] = None,
    end: Annotated[bool, typer.Option("--end", help="End all sessions of NAME.")] = False,
    user: By = "",
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """List open sessions, or end those of one account."""
    from dataclasses import asdict

    from twin.access.sessions import open_sessions
    from twin.store import Store

    if end:
        if name is None:
            raise typer.BadParameter("--end needs NAME")
        who = name
        _changed(lambda to, by: to.end_sessions(who, user=by, reason=reason), user, as_json)
        return
    with Store.open() as store:
        found = open_sessions(store, name)
    if as_json:
        emit({"sessions": [asdict(one) for one in found]})
        return
    rows = [(s.number, s.user, *map(_time, (s.opened_at, s.expires_at, s.idle_at))) for s in found]
    table("Sessions", ("session", "user", "opened", "expires", "idle at"), rows)


def _asked(prompt: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline()
    if not line:
        raise InputError("password must be given on a line of stdin, got nothing")
    return line.rstrip("\r\n")


def _with(work: Callable[[Accounts], Any]) -> Any:
    from twin.access.accounts import Accounts
    from twin.store import Store

    with Store.open() as store:
        return work(Accounts(store))


def _changed(change: Callable[[Accounts, str], Account], user: str, as_json: bool) -> None:
    from twin.access.machine import account_here

    by = user or account_here()
    account = _with(lambda accounts: change(accounts, by))
    if as_json:
        emit(_shown(account))
    else:
        typer.echo(f"{account.name}: {account.role}, {account.state}")


def _tell(accounts: list[Account], as_json: bool) -> None:
    shown = [_shown(account) for account in accounts]
    if as_json:
        emit({"users": shown})
        return
    columns = ("name", "role", "origin", "state", "failed", "locked_until", "last_seen_at")
    table("Users", columns, [[one[name] or "" for name in columns] for one in shown])


def _shown(account: Account) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        key: _time(value) if hasattr(value, "isoformat") else value
        for key, value in asdict(account).items()
    }


def _time(moment: Any) -> str:
    return str(moment.isoformat(timespec="seconds"))
