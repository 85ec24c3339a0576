"""Alerts that belong together: near in time, and of the same station, lot or likely cause.

The earliest of them leads the group. Only the leader is compared with, so that a busy shift does
not become one chain, and the answer is a function of the alerts alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from twin.monitoring.alert_rows import update
from twin.store import schema
from twin.store.times import from_us

__all__ = ["Member", "grouped", "regroup"]

_LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Member:
    """What grouping looks at in one alert; `cause` is the likely one, or empty."""

    alert_id: int
    fingerprint: str
    first_us: int
    station: str
    lot_id: str
    cause: str
    key: str = ""

    @property
    def own_key(self) -> str:
        """Key of the group that this alert leads."""
        return f"{from_us(self.first_us).isoformat()} {self.fingerprint}"

    def belongs_to(self, leader: Member) -> bool:
        """Whether it shares station, lot or likely cause with `leader`."""
        same_lot = bool(self.lot_id) and self.lot_id == leader.lot_id
        same_cause = bool(self.cause) and self.cause == leader.cause
        return self.station == leader.station or same_lot or same_cause


def grouped(members: Sequence[Member], within_us: int, from_us_: int) -> dict[int, str]:
    """The group of each alert that begins at `from_us_` or later.

    Earlier ones keep theirs; they are given because they may lead.
    """
    leaders: list[Member] = []
    keys: dict[int, str] = {}
    for one in sorted(members, key=lambda member: (member.first_us, member.fingerprint)):
        if one.first_us < from_us_:
            if one.key == one.own_key:
                leaders.append(one)
            continue
        led_by = next(
            (
                leader
                for leader in reversed(leaders)
                if one.first_us - leader.first_us <= within_us and one.belongs_to(leader)
            ),
            None,
        )
        if led_by is None:
            leaders.append(one)
        keys[one.alert_id] = (led_by or one).own_key
    return keys


def regroup(connection: sa.Connection, within_s: float, from_us_: int) -> None:
    """Group anew the alerts of charts that begin at `from_us_` or later."""
    within_us = int(within_s * 1e6)
    table = schema.alerts.c
    query = sa.select(
        table.alert_id, table.fingerprint, table.first_point_at, table.station, table.lot_id,
        table.diagnosis, table.group_key,
    ).where(
        table.first_point_at >= from_us_ - within_us,
        table.withdrawn == "", table.category == "process",
    )  # fmt: skip
    members = [_member(row) for row in connection.execute(query).mappings()]
    old = {one.alert_id: one.key for one in members}
    for alert_id, key in grouped(members, within_us, from_us_).items():
        if old[alert_id] != key:
            update(connection, alert_id, group_key=key)


def _member(row: Mapping[Any, Any]) -> Member:
    ranked = json.loads(row["diagnosis"])
    likely = ranked and ranked[0][1] >= _LIKELY and ranked[0][0] != "none_of_these"
    return Member(
        row["alert_id"], row["fingerprint"], row["first_point_at"], row["station"], row["lot_id"],
        ranked[0][0] if likely else "", row["group_key"],
    )  # fmt: skip
