"""The check that stands at the top of everything that a person may change.

    name = permit(store, "alert.acknowledge", user=user)

Call it before the transaction of the change, not inside: a refusal is written into the audit trail
in a transaction of its own. Add the action to `twin.access.roles.ACTIONS` first. A test finds
functions that write for a person and do not call this.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from process_models.errors import AccessError
from twin.access.identity import Identity
from twin.access.roles import may, roles_for
from twin.store.schema.accessing import sessions, users
from twin.store.times import now_us

if TYPE_CHECKING:
    from twin.store.store import Store

__all__ = ["permit", "token_hash"]


def token_hash(token: str) -> str:
    """What the database keeps of a session's token; the token itself is kept nowhere."""
    return hashlib.sha256(token.encode()).hexdigest()


def permit(store: Store, action: str, *, user: str) -> str:
    """Whether the person for whom `store` acts may do `action` now; the name to write down.

    Role, state and session are read from the database again, so that what the session believes
    about itself does not count.

    Parameters
    ----------
    store : Store
        Acting as an identity (`Store.acting_as`); without one it is the command line's.
    action : str
        One of `twin.access.roles.ACTIONS`.
    user : str
        The name given with the request; a session may only give its own.

    Raises
    ------
    AccessError
        In one line; the refusal is in the audit trail then.
    """
    wanted = roles_for(action)
    who = store.identity
    with store.database.reading() as connection:
        problem = _problem(connection, who, action, user)
    if problem is None:
        return user if who.origin == "command" else who.name
    _write_down(store, who, action, user, problem)
    raise AccessError(f"{action} is refused: {problem} (roles that may: {', '.join(wanted)})")


def _problem(connection: sa.Connection, who: Identity, action: str, user: str) -> str | None:
    if who.origin == "command":
        return None
    if user != who.name:
        return f"the name given is {user!r}, the session is that of {who.name!r}"
    if who.origin == "loopback":
        there_are = connection.execute(sa.select(users.c.user_id).limit(1)).first()
        return None if there_are is None else "there are accounts here, so a login is needed"
    return _problem_of_session(connection, who, action)


def _problem_of_session(connection: sa.Connection, who: Identity, action: str) -> str | None:
    query = (
        sa.select(
            users.c.name, users.c.role, users.c.state, users.c.origin, sessions.c.expires_at,
            sessions.c.idle_at,
        )
        .join(users, users.c.user_id == sessions.c.user_id)
        .where(sessions.c.token_hash == token_hash(who.session))
    )  # fmt: skip
    row = connection.execute(query).first()
    if row is None:
        return f"the session of {who.name!r} is unknown or was ended"
    if (row.name, row.origin) != (who.name, who.origin):
        return f"the session is not that of {who.name!r}"
    if row.state != "active":
        return f"the account of {who.name!r} is disabled"
    if now_us() >= min(row.expires_at, row.idle_at):
        return f"the session of {who.name!r} has expired"
    if not may(row.role, action):
        return f"{who.name!r} has the role {row.role}"
    return None


def _write_down(store: Store, who: Identity, action: str, user: str, problem: str) -> None:
    from twin.monitoring.audit import AuditLog

    log = AuditLog(store)
    with log.writing() as connection:
        log.append(
            connection, user=who.name, action="access.refused", subject=action,
            new={"origin": who.origin, "claimed_role": who.role, "named": user[:200]},
            reason=problem,
        )  # fmt: skip
