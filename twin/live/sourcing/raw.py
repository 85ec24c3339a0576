"""What a source hands over before anything is known of it: readings, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from process_models.errors import InputError
from twin.measurement import Event, Measurement

__all__ = ["Item", "RawReading", "Refused", "Value"]

Value = float | int | str | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawReading:
    """One value as the source said it; the mapping decides what it means.

    Attributes
    ----------
    channel : str
        Node id, topic, metric or column under which it came.
    part : str
        Which part of a larger payload it is (a path into JSON); empty for the whole.
    value : float, int, str, bool or None
        None: the source said that it has none.
    source_time : datetime or None
        When the source read it, with an offset; None: it does not say.
    received_at : datetime
        When it arrived here, with an offset.
    unit : str or None
        What the source says; None: the mapping says it.
    status : str or int
        A word, or the status code of OPC UA.
    sequence : int or None
        The source's own counter.
    producer : str
        Who counts, where several producers share a source; their counters are followed apart.
    fields : mapping of str to str
        What else came with it: levels of the topic, other columns, other parts of the payload.
    historical : bool
        Sent after the fact; its age says nothing about how fast the source is.
    restated : bool
        The state of the channel told again, no new reading: it says which lot is there, and
        nothing else.
    repeated : bool
        The carrier says that it may have delivered this before.

    Raises
    ------
    InputError
        When a time has no offset from UTC.
    """

    channel: str
    value: Value
    received_at: datetime
    source_time: datetime | None = None
    part: str = ""
    unit: str | None = None
    status: str | int = "good"
    sequence: int | None = None
    producer: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    historical: bool = False
    restated: bool = False
    repeated: bool = False

    def __post_init__(self) -> None:
        for name in ("source_time", "received_at"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise InputError(
                    f"{name} needs an offset from UTC, got {moment.isoformat()} on {self.channel}"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A payload that says nothing that can be read: counted, and kept as text to be looked at."""

    channel: str
    rule: str
    value: str
    received_at: datetime
    column: str = "payload"
    sequence: int | None = None
    producer: str = ""


Item = RawReading | Refused | Measurement | Event
