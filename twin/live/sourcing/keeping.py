"""One transaction for one delivery: records, refusals, marks and gaps, all or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from twin.live.sourcing.lots import keep_lots
from twin.live.sourcing.mapping import SourceConfig
from twin.live.sourcing.outcome import SetAside
from twin.live.sourcing.sequences import Hole
from twin.live.sourcing.waiting import hold, settle
from twin.live.sourcing.work import Filled, Work
from twin.measurement import Measurement
from twin.store import Receipt, Store, schema, writing
from twin.store.gaps import Gap, fill_missing, note_gap
from twin.store.quarantine import Quarantined, keep
from twin.store.times import now_us
from twin.store.upsert import upsert

__all__ = ["Keeper"]


class Keeper:
    """Keeps what one source delivers.

    Parameters
    ----------
    store : Store
    config : SourceConfig
        Its name, how far its clock may be ahead, how long a reading waits for its lot.
    late_after_s : float
        What counts as late, s.
    """

    def __init__(self, store: Store, config: SourceConfig, late_after_s: float) -> None:
        self._store = store
        self._source = config.name
        self._late_after_s = late_after_s
        self._ahead_s = config.future_after_s
        self._settle_us = round(config.settle_s * 1e6)
        self._waiting = True

    def mark(self, channel: str) -> str | None:
        """The mark last kept for `channel`."""
        table = schema.source_marks.c
        query = sa.select(table.mark).where(table.source == self._source, table.channel == channel)
        with self._store.database.reading() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else str(found)

    def commit(
        self,
        work: Work,
        marks: Mapping[str, str],
        gaps: Sequence[Hole | Filled],
        aside: Sequence[SetAside],
    ) -> Receipt:
        """Keep all of it; durable when this returns.

        Raises
        ------
        StoreError
            When the store cannot take it; then nothing is kept.
        """  # fmt: skip
        with self._store.database.ingesting() as connection:
            keep_lots(connection, self._source, work.lots)
            hold(connection, self._source, work.held, now_us())
            receipt = self._write(connection, work, aside)
            for channel, mark in marks.items():
                row = {"source": self._source, "channel": channel, "mark": mark}
                upsert(connection, schema.source_marks, ("source", "channel"), row)
            self._note(connection, gaps)
        self._waiting = self._waiting or bool(work.held)
        return receipt

    def settle(self) -> tuple[Receipt, int]:
        """Store what waits for its lot no longer; with how many found none."""
        if not self._waiting:
            return Receipt(), 0
        with self._store.database.ingesting() as connection:
            done = settle(connection, self._source, now_us(), self._settle_us)
            work = Work(measurements=[one for one in done if isinstance(one, Measurement)])
            aside = [one for one in done if isinstance(one, SetAside)]
            receipt = self._write(connection, work, aside)
            left = sa.select(schema.held_readings.c.identity).limit(1)
            left = left.where(schema.held_readings.c.source == self._source)
            self._waiting = connection.execute(left).first() is not None
        return receipt, len(aside)

    def _write(self, connection: sa.Connection, work: Work, aside: Iterable[SetAside]) -> Receipt:
        receipt = Receipt()
        if work.events:
            receipt += writing.write_events(
                connection, work.events, self._late_after_s, ahead_s=self._ahead_s
            )
        if work.measurements:
            receipt += writing.write_measurements(
                connection, work.measurements, self._late_after_s, ahead_s=self._ahead_s
            )
        for one in aside:
            self._set_aside(connection, one)
        return receipt

    def _set_aside(self, connection: sa.Connection, one: SetAside) -> None:
        record = {name: text for name, text in one.record.items() if name != "received_at"}
        said = json.dumps([self._source, one.channel, one.rule, record], sort_keys=True)
        digest = hashlib.sha256(said.encode()).hexdigest()
        reason = f"column {one.column}: {one.rule}, got {one.value!r}"
        row = Quarantined(1, one.column, one.rule, one.value, reason, one.record)
        context = {"channel": one.channel}
        keep(connection, Path(self._source), digest, one.kind, [row], "collect", context)

    def _note(self, connection: sa.Connection, gaps: Iterable[Hole | Filled]) -> None:
        for one in gaps:
            if isinstance(one, Filled):
                number = one.number
                fill_missing(connection, self._source, one.producer, number, number)
                continue
            gap = Gap(
                source=self._source, channel=one.producer, reason=one.reason,
                first_missing=one.first, last_missing=one.last, from_at=one.from_at,
                to_at=one.to_at,
            )  # fmt: skip
            note_gap(connection, gap)
