"""Which lot was at a station at a time, as far as it is known."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import sqlalchemy as sa

from twin.live.sourcing.outcome import LotAt
from twin.store import schema
from twin.store.times import to_us

__all__ = ["LotHistory", "history_of", "keep_lots"]

_LEAVES = ("depart", "scrap")
_NONE = ""


class LotHistory:
    """The lots of one station over a period.

    Parameters
    ----------
    changes : sequence of (int, str)
        From when, in microseconds, which lot is there (empty: none); ordered.
    """

    def __init__(self, changes: Sequence[tuple[int, str]]) -> None:
        self._at = [at for at, _ in changes]
        self._lots = [lot for _, lot in changes]

    @property
    def newest(self) -> int | None:
        """Time of the last change that is known."""
        return self._at[-1] if self._at else None

    def at(self, moment: int) -> str:
        """The lot at `moment`; empty when none is there, or none is known.

        Examples
        --------
        >>> LotHistory([(10, "L1"), (20, ""), (30, "L2")]).at(19)
        'L1'
        """
        place = bisect_right(self._at, moment)
        return self._lots[place - 1] if place else _NONE


def keep_lots(connection: sa.Connection, source: str, lots: Sequence[LotAt]) -> None:
    """Keep what was said of lots at stations; the same again changes nothing."""
    table = schema.lots_at
    for one in lots:
        row = {"station": one.station, "at": to_us(one.at), "lot_id": one.lot_id}
        same = [table.c[name] == value for name, value in row.items()]
        if connection.execute(sa.select(table.c.at).where(*same)).first() is None:
            connection.execute(table.insert(), {**row, "source": source})


def history_of(connection: sa.Connection, lot_from: str, station: str, since: int) -> LotHistory:
    """The lots of `station` from `since` (microseconds) on, by `channel` or by `events`."""
    if lot_from == "channel":
        return LotHistory(_said(connection, station, since))
    return LotHistory(_seen(connection, station, since))


def _said(connection: sa.Connection, station: str, since: int) -> list[tuple[int, str]]:
    table = schema.lots_at.c
    before = sa.select(sa.func.max(table.at)).where(table.station == station, table.at <= since)
    first = connection.execute(before).scalar()
    query = (
        sa.select(table.at, table.lot_id)
        .where(table.station == station, table.at >= (since if first is None else first))
        .order_by(table.at, table.lot_id)
    )
    return [(at, lot) for at, lot in connection.execute(query)]


def _seen(connection: sa.Connection, station: str, since: int) -> list[tuple[int, str]]:
    """Lots that started here and had not left; of several the one that started last."""
    table = schema.events.c
    here = table.station == station
    before = sa.select(sa.func.max(table.occurred_at)).where(
        here, table.event == "start", table.occurred_at <= since
    )
    first = connection.execute(before).scalar()
    query = (
        sa.select(table.occurred_at, table.event, table.lot_id)
        .where(
            here, table.event.in_(("start", *_LEAVES)),
            table.occurred_at >= (since if first is None else first),
        )
        .order_by(table.occurred_at, table.event != "start", table.lot_id)
    )  # fmt: skip
    there: list[str] = []
    changes = []
    for at, event, lot in connection.execute(query):
        there = [other for other in there if other != lot]
        if event == "start":
            there.append(lot)
            changes.append((at, lot))
        else:
            changes.append((at + 1, there[-1] if there else _NONE))
    return sorted(changes, key=lambda change: change[0])
