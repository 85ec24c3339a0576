"""One row of a table made a measurement or an event, or refused with column, rule and value."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from process_models.errors import InputError
from twin.measurement import Event, Measurement
from twin.store.units import convert

__all__ = ["Edge", "PlannedUnit", "RowError", "event_of", "measurement_of", "zone"]

Record = Mapping[str, str]


class PlannedUnit(Protocol):
    """What the edge needs to know of a planned characteristic."""

    @property
    def unit(self) -> str:
        """Its own unit."""
        ...

    @property
    def plausible(self) -> tuple[float, float]:
        """Lowest and highest reading of a sound measurement."""
        ...


class RowError(InputError):
    """A row that breaks a rule: the column, the rule and the value received."""

    def __init__(self, column: str, rule: str, value: str) -> None:
        super().__init__(f"column {column}: {rule}, got {value!r}" if column else rule)
        self.column = column
        self.rule = rule
        self.value = value


@dataclass(frozen=True, slots=True)
class Edge:
    """What is known where rows enter.

    Attributes
    ----------
    find : callable
        The planned characteristic of (characteristic, station), or None.
    timezone : tzinfo or None
        Of times without an offset; None refuses them.
    """

    find: Callable[[str, str], PlannedUnit | None]
    timezone: tzinfo | None = None


def zone(name: str | None) -> tzinfo | None:
    """The time zone called `name`, such as `Europe/Berlin` or `UTC`.

    Raises
    ------
    InputError
        When there is none of that name.
    """
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        rule = "timezone must be an IANA name, as Europe/Berlin"
        raise InputError(f"{rule}, got {name!r}") from error


def measurement_of(record: Record, edge: Edge) -> Measurement:
    """The measurement that `record` holds, in the characteristic's own unit.

    Raises
    ------
    RowError
        When a value breaks a rule.
    """
    names = ("lot_id", "station", "characteristic", "unit")
    texts = {name: _needed(record, name) for name in names}
    value = _number(record, "value")
    planned = edge.find(texts["characteristic"], texts["station"])
    if planned is not None:
        value = _converted(value, texts["unit"], planned, record["value"])
        texts["unit"] = planned.unit
    optional = ("subgroup", "source", "operator", "gauge")
    words: dict[str, Any] = {name: record.get(name, "").strip() for name in optional}
    return Measurement(
        measured_at=_time(record, "measured_at", edge),
        value=value,
        position=_whole(record, "position"),
        sequence=_whole(record, "sequence"),
        received_at=_optional_time(record, "received_at", edge),
        provenance="imported",
        quality=_word(record, "quality", ("good", "uncertain", "bad"), "good"),
        censoring=_word(record, "censoring", ("exact", "right"), "exact"),
        **texts,
        **words,
    )


def event_of(record: Record, edge: Edge) -> Event:
    """The event that `record` holds.

    Raises
    ------
    RowError
        When a value breaks a rule.
    """
    optional = ("lot_id", "parent_lot_id", "recipe", "detail", "source")
    words: dict[str, Any] = {name: record.get(name, "").strip() for name in optional}
    kind: Any = _needed(record, "event")
    try:
        return Event(
            occurred_at=_time(record, "occurred_at", edge),
            station=_needed(record, "station"),
            event=kind,
            sequence=_whole(record, "sequence"),
            received_at=_optional_time(record, "received_at", edge),
            provenance="imported",
            **words,
        )
    except RowError:
        raise
    except InputError as error:
        column = "lot_id" if "lot_id" in str(error) else "event"
        raise RowError(column, str(error).split(", got")[0], record.get(column, "")) from error


def _converted(value: float, unit: str, planned: PlannedUnit, written: str) -> float:
    try:
        own = convert(value, unit, planned.unit)
    except InputError as error:
        raise RowError("unit", str(error).split(", got")[0], unit) from error
    low, high = planned.plausible
    if not low <= own <= high:
        rule = f"must be plausible, {low:g} to {high:g} {planned.unit}"
        raise RowError("value", rule, written)
    return own


def _needed(record: Record, name: str) -> str:
    text = record.get(name, "").strip()
    if not text:
        raise RowError(name, "must not be empty", text)
    return text


def _number(record: Record, name: str) -> float:
    text = _needed(record, name)
    try:
        value = float(text)
    except ValueError:
        raise RowError(name, "must be a number", text) from None
    if not math.isfinite(value) or "_" in text:
        raise RowError(name, "must be a finite number", text)
    return value


def _whole(record: Record, name: str) -> int:
    text = record.get(name, "").strip()
    if not text:
        return 0
    try:
        value = float(text)
    except ValueError:
        raise RowError(name, "must be a whole number", text) from None
    if not value.is_integer() or abs(value) > 2**53 or "_" in text:
        raise RowError(name, "must be a whole number", text)
    return int(value)


def _word(record: Record, name: str, allowed: tuple[str, ...], usual: str) -> Any:
    text = record.get(name, "").strip() or usual
    if text not in allowed:
        raise RowError(name, f"must be one of {', '.join(allowed)}", text)
    return text


def _optional_time(record: Record, name: str, edge: Edge) -> datetime | None:
    return _time(record, name, edge) if record.get(name, "").strip() else None


def _time(record: Record, name: str, edge: Edge) -> datetime:
    text = _needed(record, name)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RowError(name, "must be an ISO 8601 time", text) from None
    if moment.tzinfo is None:
        if edge.timezone is None:
            raise RowError(name, "needs an offset from UTC, or --timezone", text)
        moment = moment.replace(tzinfo=edge.timezone)
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        raise RowError(name, "must lie within the years 1 to 9999", text) from None
