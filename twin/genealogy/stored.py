"""The part of the stored genealogy that one thing needs, whatever else is stored.

A year of a line is a million events, of which one lot and its relatives have some hundreds. Read
are what it came from and what came of it, step by step along splits and merges; every event of
those; the services, and what else was started at the same stations between two of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from twin.genealogy.descent import SERVICE_WORDS
from twin.genealogy.from_events import genealogy_of_events
from twin.genealogy.graph import Genealogy
from twin.genealogy.passages import FARTHEST_S
from twin.line import LineModel
from twin.line_time import line_time
from twin.store import reading, schema
from twin.store.archive import newest_archived
from twin.store.archive.kind import EVENTS
from twin.store.schema.measuring import PARTED, PASSED
from twin.store.times import to_us

if TYPE_CHECKING:
    import pandas as pd

    from twin.store.store import Store

__all__ = ["beginning_with", "newest_part", "tree_around"]

_EVENTS = schema.events.c
_JOINED = _EVENTS.event.in_(["split", "merge"])
_PART = re.compile(r"(.+)-(?:W|S\d+)")
_AT_ONCE, _NEWEST = 500, 1000
Window = tuple[str, int, int]


def tree_around(store: Store, line: LineModel, thing: str) -> Genealogy:
    """The graph as far as `thing` is concerned; `thing` is not in it when nothing is known of it.

    What `twin.genealogy.descent.descent` says of `thing` is the same as in the graph of all events.
    Where that reaches into months that have moved to the archive, all events are read.
    """
    with store.database.reading() as connection:
        lots = _relatives(connection, line, thing)
        moved = newest_archived(connection, EVENTS)
    own = store.events(lot_ids=sorted(lots))
    with store.database.reading() as connection:
        known = [own, reading.read_events(connection, _passed("maintenance_end"))]
        tree = genealogy_of_events(_joined(known), line)
        if thing not in tree:
            return tree
        windows = _windows(tree, thing, moved)
        if windows is not None:
            known += [reading.read_events(connection, _started(one)) for one in windows]
            return genealogy_of_events(_joined(known), line)
    return genealogy_of_events(store.events(), line)


def newest_part(store: Store, line: LineModel) -> Genealogy:
    """The graph of the lots that the newest events name."""
    query = sa.select(_EVENTS.lot_id).order_by(_EVENTS.occurred_at.desc()).limit(_NEWEST)
    with store.database.reading() as connection:
        lots = set(connection.execute(query).scalars()) - {""}
    return genealogy_of_events(store.events(lot_ids=sorted(lots)), line)


def beginning_with(store: Store, text: str, most: int = 12) -> list[str]:
    """Ids of lots and coupons that begin with `text`, in order, at most `most`."""
    found = [_EVENTS.lot_id.startswith(text, autoescape=True), _EVENTS.lot_id != ""]
    with store.database.reading() as connection:
        if connection.dialect.name == "sqlite":  # where LIKE asks no index
            found += [_EVENTS.lot_id >= text, _EVENTS.lot_id < text + "\U0010ffff"]
        query = sa.select(_EVENTS.lot_id).where(*found).distinct()
        return list(connection.execute(query.order_by(_EVENTS.lot_id).limit(most)).scalars())


def _relatives(connection: sa.Connection, line: LineModel, thing: str) -> set[str]:
    """Ids with events of their own. What else came of an ancestor tells what its parts are."""

    def parents(lots: Iterable[str]) -> set[str]:
        found = _looked_up(connection, _EVENTS.parent_lot_id, _EVENTS.lot_id, lots)
        return {base for one in found if one for base in _bases(one)}

    def children(lots: Iterable[str]) -> set[str]:
        names = {name for lot in lots for name in _names(lot, line.sheets_per_lot)}
        return _looked_up(connection, _EVENTS.lot_id, _EVENTS.parent_lot_id, names)

    asked = _bases(thing)
    origins = _closed(asked, parents)
    return origins | _closed(asked, children) | children(origins)


def _bases(thing: str) -> set[str]:
    """What may have events: the thing, the lot that it is a part of, the coupon of a cell."""
    found = {thing, thing.removesuffix("-C1"), thing.replace("-C", "-T")}
    return found | {part[1] for one in found if (part := _PART.fullmatch(one))}


def _names(lot: str, sheets: int) -> list[str]:
    """What children may name as their parent; see `twin.genealogy.building`."""
    return [lot, f"{lot}-W", *(f"{lot}-S{sheet:02d}" for sheet in range(1, sheets + 1))]


def _closed(first: set[str], step: Callable[[set[str]], set[str]]) -> set[str]:
    known, fresh = set(first), set(first)
    while fresh:
        fresh = step(fresh) - known
        known |= fresh
    return known


def _looked_up(
    connection: sa.Connection, wanted: sa.Column[str], by: sa.Column[str], ids: Iterable[str]
) -> set[str]:
    rest, found = sorted(ids), set[str]()
    for at in range(0, len(rest), _AT_ONCE):
        some = by.in_(rest[at : at + _AT_ONCE])
        query = sa.select(wanted).where(sa.text(PARTED), _JOINED, some).distinct()
        found |= set(connection.execute(query).scalars())
    return found


def _windows(tree: Genealogy, thing: str, moved: int | None) -> list[Window] | None:
    """Stations and periods of which other lots are asked for; None: the archive is too."""
    found: dict[Window, None] = {}
    for passage in tree.passed(thing):
        campaign = tree.passages.campaign(passage, SERVICE_WORDS.get(passage.station, ""))
        begun_s, ended_s = campaign.begun_s, campaign.ended_s
        begun = _us(begun_s if math.isfinite(begun_s) else passage.start_s - FARTHEST_S)
        ended = _us(ended_s if math.isfinite(ended_s) else passage.start_s + FARTHEST_S)
        if moved is not None and begun <= moved:
            return None
        found[passage.station, begun - 1, ended + 1] = None
    return list(found)


def _us(seconds: float) -> int:
    return to_us(line_time(seconds))


def _started(window: Window) -> list[sa.ColumnElement[bool]]:
    station, begun, ended = window
    return [
        *_passed("start"),
        _EVENTS.station == station,
        _EVENTS.occurred_at.between(begun, ended),
    ]


def _passed(event: str) -> list[sa.ColumnElement[bool]]:
    return [sa.literal_column(PASSED, sa.Boolean), _EVENTS.event == event]


def _joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    key = ["occurred_at", "sequence", "station", "event", "lot_id", "parent_lot_id", "source"]
    whole = pd.concat(list(parts), ignore_index=True).drop_duplicates(key)
    return whole.sort_values(["occurred_at", "sequence"], kind="stable", ignore_index=True)
