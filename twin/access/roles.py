"""Roles, and which of them may do what: the one table that every check reads.

An operator works at the line: takes alerts, writes notes, brings readings. An engineer owns the
process and how it is charted: limits, exclusions, plan, recipes, sources. Quality owns what is
believed: evidence, calls on cell tests, the audit trail; it verifies what others did and does not
set the limits by which they are judged. An administrator may do all, accounts and archive too.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from process_models.errors import InputError

__all__ = ["ACTIONS", "ROLES", "may", "require_role", "roles_for"]

ROLES = ("viewer", "operator", "engineer", "quality", "admin")

_LINE = frozenset({"operator", "engineer", "quality", "admin"})
_JUDGEMENT = frozenset({"engineer", "quality", "admin"})
_PROCESS = frozenset({"engineer", "admin"})
_BELIEF = frozenset({"quality", "admin"})
_KEEPING = frozenset({"admin"})

ACTIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "alert.acknowledge": _LINE, "alert.assign_cause": _LINE, "alert.act": _LINE,
        "alert.shelve": _LINE, "alert.unshelve": _LINE, "alert.close": _LINE,
        "alert.reopen": _LINE, "alert.verify": _JUDGEMENT,
        "notification.retry": _JUDGEMENT, "notification.discard": _JUDGEMENT,
        "point.note": _LINE, "point.exclude": _PROCESS, "point.restore": _PROCESS,
        "limits.freeze": _PROCESS, "plan.change": _PROCESS, "recipe.change": _PROCESS,
        "source.change": _PROCESS, "model.change": _PROCESS,
        "import.measurements": _LINE, "import.events": _LINE, "import.evidence": _BELIEF,
        "advice.propose": _LINE, "advice.approve": _PROCESS, "advice.reject": _PROCESS,
        "quarantine.mend": _JUDGEMENT, "quarantine.discard": _JUDGEMENT,
        "conflict.decide": _JUDGEMENT,
        "cell.take_in": _JUDGEMENT, "cell.confirmed": _BELIEF, "cell.overruled": _BELIEF,
        "cell.withdrawn": _BELIEF,
        "audit.read": _BELIEF, "audit.export": _BELIEF,
        "archive.compact": _KEEPING, "archive.retain": _KEEPING, "archive.backup": _KEEPING,
        "archive.restore": _KEEPING,
        "user.manage": _KEEPING,
    }
)  # fmt: skip
"""Every action that is checked, with the roles that may do it."""


def roles_for(action: str) -> tuple[str, ...]:
    """The roles that may do `action`, in the order of `ROLES`.

    Raises
    ------
    InputError
        When there is no such action.

    Examples
    --------
    >>> roles_for("limits.freeze"), roles_for("import.evidence")
    (('engineer', 'admin'), ('quality', 'admin'))
    """
    if action not in ACTIONS:
        raise InputError(f"action must be one of those of twin.access.roles, got {action!r}")
    return tuple(role for role in ROLES if role in ACTIONS[action])


def may(role: str, action: str) -> bool:
    """Whether somebody of `role` may do `action`.

    >>> may("operator", "alert.acknowledge"), may("viewer", "alert.acknowledge")
    (True, False)
    """
    return role in roles_for(action)


def require_role(role: str) -> str:
    """`role` when it is one.

    Raises
    ------
    InputError
        Otherwise.
    """
    if role not in ROLES:
        raise InputError(f"role must be one of {', '.join(ROLES)}, got {role!r}")
    return role
