"""Who may do what: roles, accounts, sessions, and the check at the top of every change.

`permit` is called by every service that writes for a person; `Store.acting_as` says for whom a
store writes. Pages ask `may` only to draw a button as disabled. What people did is next door, in
`twin.monitoring.audit`.
"""

from __future__ import annotations

from twin.access.identity import COMMAND, Identity, loopback
from twin.access.permit import permit
from twin.access.roles import ACTIONS, ROLES, may, roles_for

__all__ = [
    "ACTIONS",
    "COMMAND",
    "ROLES",
    "Identity",
    "loopback",
    "may",
    "permit",
    "roles_for",
]
