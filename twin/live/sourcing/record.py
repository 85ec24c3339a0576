"""A reading as a row of text under our columns: checked, set aside and mended like any import."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from twin.live.sourcing.mapping import MapRow, SourceConfig
from twin.live.sourcing.quality import quality_of, worse
from twin.live.sourcing.raw import RawReading
from twin.live.sourcing.template import filled
from twin.store.rows import RowError

__all__ = ["record_of", "scaled", "storable", "whole"]


def record_of(
    raw: RawReading, row: MapRow, fields: Mapping[str, str], config: SourceConfig
) -> dict[str, str]:
    """The row of a table that `raw` would be; `fields` fill the texts of the mapping."""
    at = raw.source_time or raw.received_at
    quality = quality_of(raw.status, config.status)
    own = filled(row.unit, fields)
    common = {
        "station": filled(row.station, fields),
        "lot_id": filled(row.lot, fields),
        "source": config.name,
        "sequence": "" if raw.sequence is None else str(raw.sequence),
        "received_at": _utc(raw.received_at),
    }
    if row.carries != "value":
        kind = filled(row.event, fields) or str(raw.value)
        return {
            "occurred_at": _utc(at), "event": kind, **common,
            "parent_lot_id": filled(row.parent_lot, fields),
            "recipe": filled(row.recipe, fields), "detail": fields.get("detail", ""),
        }  # fmt: skip
    return {
        "measured_at": _utc(at),
        "characteristic": filled(row.characteristic, fields),
        "value": _text(raw.value),
        "unit": own if _scales(row) else raw.unit or own,
        **common,
        "subgroup": filled(row.subgroup, fields),
        "position": filled(row.position, fields),
        "gauge": filled(row.gauge, fields),
        "operator": filled(row.operator, fields),
        "quality": worse(quality, raw.received_at, at, config.future_after_s),
    }


def scaled(record: Mapping[str, str], row: MapRow) -> dict[str, str]:
    """The record with its value brought to the mapping's unit; text that is no number stays."""
    if not _scales(row):
        return dict(record)
    text = record["value"]
    try:
        value = float(text) * row.scale + row.offset
    except ValueError:
        return dict(record)
    return dict(record) if "_" in text else {**record, "value": repr(float(f"{value:.12g}"))}


def whole(record: Mapping[str, str]) -> None:
    """Refuse a record with text that no database keeps.

    Raises
    ------
    RowError
        For a NUL or half a character.
    """
    together = "".join(record.values())
    if storable(together) == together:
        return
    column = next(name for name, text in record.items() if storable(text) != text)
    rule = "must not hold NUL or half a character"
    raise RowError(column, rule, storable(record[column]))


def storable(text: str) -> str:
    """`text` with what no database keeps replaced by a mark."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def _scales(row: MapRow) -> bool:
    return (row.scale, row.offset) != (1.0, 0.0)


def _utc(moment: datetime) -> str:
    try:
        return moment.astimezone(UTC).isoformat()
    except OverflowError:
        return moment.isoformat()


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
