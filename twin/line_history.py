"""What the line did over the last days, rebuilt from its stored events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from twin.event_records import records_from_events
from twin.line import LineModel
from twin.line_time import line_seconds
from twin.records import LineRecords

if TYPE_CHECKING:
    from twin.store import Store

__all__ = ["LineHistory", "line_history"]

_ENTERED = timedelta(days=1)  # a lot in the line at the beginning came before it


@dataclass(frozen=True, slots=True)
class LineHistory:
    """Records of a line from `start_s` to `end_s`, in seconds of the line.

    Attributes
    ----------
    provenance : str
        Of the events, such as measured or measured+simulated; empty where there is none.
    """

    records: LineRecords
    start_s: float
    end_s: float
    provenance: str


def line_history(store: Store, line: LineModel, as_of: datetime, days: float = 7.0) -> LineHistory:
    """Records of the last `days` before `as_of`, or since the first event when that is later.

    Raises
    ------
    InputError
        When `as_of` has no offset from UTC.
    """
    begin = as_of - timedelta(days=days)
    events = store.events(known_by=as_of, since=begin - _ENTERED)
    records = records_from_events(events, line, as_of)
    words = sorted({word for one in events["provenance"].unique() for word in one.split("+")})
    return LineHistory(
        records=records,
        start_s=max(line_seconds(begin), records.start_s),
        end_s=line_seconds(as_of),
        provenance="+".join(words),
    )
