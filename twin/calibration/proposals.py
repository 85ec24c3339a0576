"""Calibrations that the twin proposes and an engineer approves, with old and new parameters.

Every forecast fits the line to what has happened since; what is approved is the reference that the
twin judges itself by, and the parameters that stand in documents and studies. Both are kept for
good, in a table to which rows are only added.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from process_models.errors import InputError
from twin.access import permit
from twin.calibration.fitting import FittedDuration
from twin.calibration.line import CalibratedLine, StationFit, put_together
from twin.store import schema
from twin.store.times import from_us, now_us

if TYPE_CHECKING:
    from twin.line import LineModel
    from twin.store import Store

__all__ = ["Proposal", "approved", "decide", "proposals", "propose", "restored"]

_TWIN = "twin"


@dataclass(frozen=True)
class Proposal:
    """One proposed calibration and what became of it.

    Attributes
    ----------
    state : str
        proposed, approved or rejected.
    at, decided_at : datetime or None
    user, reason : str
        Who decided, and why; why it was proposed while nobody has.
    old, new : mapping
        As `CalibratedLine.to_dict` gives them; old is empty before any approval.
    """

    number: int
    state: str
    at: datetime
    decided_at: datetime | None
    user: str
    reason: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """As JSON, with the parameters that differ side by side."""
        return {
            "number": self.number,
            "state": self.state,
            "at": self.at.isoformat(),
            "decided_at": self.decided_at.isoformat() if self.decided_at else None,
            "user": self.user,
            "reason": self.reason,
            "changes": changes(self.old, self.new),
        }


def propose(store: Store, calibration: CalibratedLine, *, reason: str) -> int:
    """Keep a calibration to be approved; gives its number.

    Raises
    ------
    InputError
        When there is no reason.
    """
    if not reason.strip():
        raise InputError(f"reason must not be empty for a proposal, got {reason!r}")
    now = _newest_approved(store)
    payload = {"old": now, "new": calibration.to_dict()}
    row = {
        "at": now_us(),
        "state": "proposed",
        "proposal": 0,
        "user": _TWIN,
        "reason": reason,
        "payload": json.dumps(payload, sort_keys=True),
    }
    with store.database.writing() as connection:
        made = connection.execute(schema.calibrations.insert().values(**row))
        key = made.inserted_primary_key
        return int(key[0]) if key else 0


def decide(store: Store, number: int, *, approve: bool, user: str, reason: str) -> Proposal:
    """Approve or reject a proposal; it is audited.

    Raises
    ------
    InputError
        When there is no such proposal, it was decided already, or user or reason is empty.
    """
    permit(store, "model.change", user=user)
    if not reason.strip():
        raise InputError(f"reason must not be empty to decide proposal {number}, got {reason!r}")
    known = {one.number: one for one in proposals(store)}
    if number not in known:
        raise InputError(f"proposal must be one of {sorted(known)}, got {number}")
    one = known[number]
    if one.state != "proposed":
        raise InputError(f"proposal {number} was {one.state} by {one.user}, and is not open")
    from twin.monitoring.audit import AuditLog

    log, word = AuditLog(store), "approved" if approve else "rejected"
    with log.writing() as connection:
        table = schema.calibrations
        decided = sa.select(table.c.calibration_id).where(table.c.proposal == number)
        if connection.execute(decided).first() is not None:
            raise InputError(f"proposal {number} was decided meanwhile, and is not open")
        connection.execute(
            table.insert().values(
                at=now_us(),
                state=word,
                proposal=number,
                user=user,
                reason=reason,
                payload="{}",
            )
        )
        log.append(
            connection,
            user=user,
            action=f"calibration.{word}",
            subject=f"calibration {number}",
            new={"changes": changes(one.old, one.new)},
            reason=reason,
        )
    return next(found for found in proposals(store) if found.number == number)


def proposals(store: Store) -> list[Proposal]:
    """All of them, oldest first."""
    table = schema.calibrations.c
    query = sa.select(
        table.calibration_id,
        table.at,
        table.state,
        table.proposal,
        table.user,
        table.reason,
        table.payload,
    ).order_by(table.calibration_id)
    with store.database.reading() as connection:
        rows = connection.execute(query).all()
    decisions = {row.proposal: row for row in rows if row.proposal}
    found = []
    for row in rows:
        if row.proposal:
            continue
        payload, decision = json.loads(row.payload), decisions.get(row.calibration_id)
        last = decision or row
        found.append(
            Proposal(
                row.calibration_id,
                last.state,
                from_us(row.at),
                from_us(decision.at) if decision else None,
                last.user,
                last.reason,
                payload["old"],
                payload["new"],
            )
        )
    return found


def approved(store: Store, line: LineModel) -> CalibratedLine | None:
    """The calibration that was approved last; None before any."""
    kept = _newest_approved(store)
    return restored(kept, line) if kept else None


def _newest_approved(store: Store) -> dict[str, Any]:
    done = [one for one in proposals(store) if one.state == "approved" and one.decided_at]
    if not done:
        return {}
    return dict(max(done, key=lambda one: (one.decided_at, one.number)).new)


def restored(kept: Mapping[str, Any], line: LineModel) -> CalibratedLine:
    """What `CalibratedLine.to_dict` gave, of the same line; stations that are new are left out."""
    fits = {
        one.name: _fit(kept["stations"][one.name])
        for one in line.path
        if one.name in kept["stations"]
    }
    as_of = kept["as_of"]
    return put_together(line, fits, datetime.fromisoformat(as_of) if as_of else None)


def _fit(kept: Mapping[str, Any]) -> StationFit:
    return StationFit(
        service=_duration(kept["service"]),
        to_failure=_duration(kept["to_failure"]) if kept["to_failure"] else None,
        repair=_duration(kept["repair"]) if kept["repair"] else None,
        factor=kept["factor"],
        pace_sd=kept["pace_sd"],
        scrap=tuple(kept["scrap"]),
        age_s=tuple(kept["age_s"]),
    )


def _duration(kept: Mapping[str, Any]) -> FittedDuration:
    theta = (float(np.log(kept["scale"])), float(np.log(kept["shape"])))
    return FittedDuration(
        kept["family"],
        theta,
        np.array(kept["covariance"]),
        kept["n"],
        kept["censored"],
        kept["aic"],
        kept["distance"],
        kept["p_value"],
    )


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Means of service, time to failure and repair that differ, station by station."""
    found = []
    for station, fit in new["stations"].items():
        before = old.get("stations", {}).get(station, {})
        for name in ("service", "to_failure", "repair"):
            now, was = fit.get(name), before.get(name)
            if now is None:
                continue
            old_s = was["mean_s"] if was else None
            if old_s is None or abs(now["mean_s"] / old_s - 1) > 1e-9:
                found.append(
                    {
                        "station": station,
                        "parameter": f"{name}_mean_s",
                        "old": old_s,
                        "new": now["mean_s"],
                        "sd_ln": now["sd_ln_scale"],
                    }
                )
    return found
