"""Proposals of moves that an engineer approves or rejects; every step is audited."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from process_models.errors import InputError
from twin.access.permit import permit
from twin.advice.result import Advice
from twin.monitoring.audit import AuditLog
from twin.store import Store, schema
from twin.store.times import from_us, now_us, to_us

__all__ = ["Proposal", "decide", "proposals", "propose"]

_STATES = {"approve": "approved", "reject": "rejected"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Advice as it was given, and what an engineer said to it.

    Attributes
    ----------
    state : str
        proposed, approved, rejected, or superseded by newer advice.
    document : dict
        The advice as JSON.
    decided_at : datetime or None
    """

    proposal_id: int
    at: datetime
    known_to: datetime
    state: str
    document: dict[str, Any]
    decided_by: str
    decided_at: datetime | None
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": self.proposal_id,
            "at": self.at.isoformat(),
            "known_to": self.known_to.isoformat(),
            "state": self.state,
            "advice": self.document,
            "decided_by": self.decided_by,
            "decided_at": None if self.decided_at is None else self.decided_at.isoformat(),
            "reason": self.reason,
        }


def propose(store: Store, advice: Advice, user: str) -> Proposal:
    """Put advice before an engineer; what was proposed before and not decided is superseded.

    Raises
    ------
    InputError
        When there is nothing to move, or what is to be moved should not be.
    AccessError
        When `user` may not.
    """
    if not any(move.follow for move in advice.moves):
        reasons = "; ".join(reason for move in advice.moves for reason in move.reasons)
        raise InputError(f"nothing to propose: {reasons or 'no setting is to be moved'}")
    name = permit(store, "advice.propose", user=user)
    table, log = schema.proposals, AuditLog(store)
    row = {
        "at": now_us(), "known_to": to_us(advice.as_of), "state": "proposed",
        "document": json.dumps(advice.to_dict()), "decided_by": "", "decided_at": None,
        "reason": "",
    }  # fmt: skip
    with log.writing() as connection:
        connection.execute(
            table.update().where(table.c.state == "proposed").values(state="superseded")
        )
        number = int(
            connection.execute(table.insert().returning(table.c.proposal_id), row).scalar_one()
        )
        log.append(
            connection, user=name, action="advice.propose", subject=f"proposal {number}",
            new={move.setting: move.proposed for move in advice.moves if move.follow},
        )  # fmt: skip
        return _proposal(_row(connection, number))


def decide(store: Store, proposal_id: int, decision: str, user: str, reason: str) -> Proposal:
    """Approve or reject a proposal.

    Parameters
    ----------
    decision : str
        approve or reject.
    reason : str
        Why; not empty.

    Raises
    ------
    InputError
        When there is no such proposal, it is decided already, or the reason is missing.
    AccessError
        When `user` may not: an engineer decides.
    """
    if decision not in _STATES:
        raise InputError(f"decision must be approve or reject, got {decision!r}")
    if not user.strip():
        raise InputError(f"user must not be empty to {decision} proposal {proposal_id}")
    if not reason.strip():
        raise InputError(f"to {decision} proposal {proposal_id} needs a reason (--reason)")
    name = permit(store, f"advice.{decision}", user=user)
    table, log = schema.proposals, AuditLog(store)
    with log.writing() as connection:
        row = _row(connection, proposal_id)
        if row["state"] != "proposed":
            raise InputError(f"proposal {proposal_id} is {row['state']}, not open")
        values = {
            "state": _STATES[decision], "decided_by": name, "decided_at": now_us(),
            "reason": reason,
        }  # fmt: skip
        connection.execute(
            table.update().where(table.c.proposal_id == proposal_id).values(**values)
        )
        log.append(
            connection, user=name, action=f"advice.{decision}", subject=f"proposal {proposal_id}",
            old={"state": row["state"]}, new={"state": values["state"]}, reason=reason,
        )  # fmt: skip
        return _proposal(_row(connection, proposal_id))


def proposals(store: Store, last: int = 20) -> list[Proposal]:
    """The newest proposals, newest first."""
    table = schema.proposals
    query = sa.select(table).order_by(table.c.proposal_id.desc()).limit(last)
    with store.database.reading() as connection:
        return [_proposal(row) for row in connection.execute(query).mappings()]


def _row(connection: sa.Connection, proposal_id: int) -> sa.RowMapping:
    table = schema.proposals
    query = sa.select(table).where(table.c.proposal_id == proposal_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise InputError(f"there is no proposal {proposal_id}: `lacss advise --list` shows all")
    return row


def _proposal(row: sa.RowMapping) -> Proposal:
    return Proposal(
        row["proposal_id"], from_us(row["at"]), from_us(row["known_to"]), row["state"],
        json.loads(row["document"]), row["decided_by"],
        None if row["decided_at"] is None else from_us(row["decided_at"]), row["reason"],
    )  # fmt: skip
