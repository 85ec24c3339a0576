"""The life of an alert: its states, and which change is allowed in which of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from process_models.errors import InputError

__all__ = ["ACTIVE_STATES", "STATES", "allowed_actions", "next_state"]

STATES = (
    "open", "acknowledged", "cause_assigned", "action_taken", "verified", "closed", "shelved",
)  # fmt: skip
ACTIVE_STATES = STATES[:5]

_ALLOWED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "open": {"acknowledge": "acknowledged", "shelve": "shelved"},
        "acknowledged": {
            "assign_cause": "cause_assigned", "close": "closed", "shelve": "shelved",
        },
        "cause_assigned": {
            "assign_cause": "cause_assigned", "act": "action_taken", "close": "closed",
        },
        "action_taken": {
            "assign_cause": "cause_assigned", "act": "action_taken", "verify": "verified",
            "close": "closed",
        },
        "verified": {"act": "action_taken", "close": "closed"},
        "closed": {"reopen": "open"},
        "shelved": {"acknowledge": "acknowledged", "unshelve": "open", "shelve": "shelved"},
    }
)  # fmt: skip


def allowed_actions(state: str) -> tuple[str, ...]:
    """What may be done with an alert in `state`.

    >>> allowed_actions("open")
    ('acknowledge', 'shelve')
    """
    return tuple(_ALLOWED[state])


def next_state(alert_id: int, state: str, action: str) -> str:
    """The state after `action`.

    Raises
    ------
    InputError
        When `action` is not allowed in `state`; the line names both and what is allowed.
    """
    try:
        return _ALLOWED[state][action]
    except KeyError:
        raise InputError(
            f"alert {alert_id} is {state.replace('_', ' ')}: allowed are "
            f"{', '.join(allowed_actions(state))}, got {action}"
        ) from None
