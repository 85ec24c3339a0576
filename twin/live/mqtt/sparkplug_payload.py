"""The payload of Sparkplug B, its definition made at run time from a table of fields.

Only what a reading needs is declared; data sets, templates and files are passed over, as
protobuf does with fields that it does not know. Numbers of fields: Sparkplug 3.0, section 6.4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from process_models.errors import InputError
from twin.live.sourcing.raw import Value

__all__ = ["DATATYPES", "Metric", "Payload", "read_payload", "signed", "write_payload"]

_PACKAGE = "org.eclipse.tahu.protobuf"
_FIELDS: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "PropertyValue": {
        "type": (1, "uint32"), "is_null": (2, "bool"), "int_value": (3, "uint32"),
        "long_value": (4, "uint64"), "float_value": (5, "float"), "double_value": (6, "double"),
        "boolean_value": (7, "bool"), "string_value": (8, "string"),
    },
    "PropertySet": {"keys": (1, "*string"), "values": (2, "*PropertyValue")},
    "Metric": {
        "name": (1, "string"), "alias": (2, "uint64"), "timestamp": (3, "uint64"),
        "datatype": (4, "uint32"), "is_historical": (5, "bool"), "is_transient": (6, "bool"),
        "is_null": (7, "bool"), "properties": (9, "PropertySet"), "int_value": (10, "uint32"),
        "long_value": (11, "uint64"), "float_value": (12, "float"),
        "double_value": (13, "double"), "boolean_value": (14, "bool"),
        "string_value": (15, "string"),
    },
    "Payload": {"timestamp": (1, "uint64"), "metrics": (2, "*Metric"), "seq": (3, "uint64")},
}  # fmt: skip
DATATYPES = {
    "Int8": 1, "Int16": 2, "Int32": 3, "Int64": 4, "UInt8": 5, "UInt16": 6, "UInt32": 7,
    "UInt64": 8, "Float": 9, "Double": 10, "Boolean": 11, "String": 12, "DateTime": 13,
    "Text": 14, "UUID": 15,
}  # fmt: skip
_SIGNED_BITS = {1: 8, 2: 16, 3: 32, 4: 64}
_VALUES = (
    "int_value", "long_value", "float_value", "double_value", "boolean_value", "string_value",
)  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_BYTES = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One value under a name, an alias, or both.

    Attributes
    ----------
    datatype : int
        Of `DATATYPES`; 0 where the message leaves it to the birth.
    """

    name: str = ""
    alias: int | None = None
    at: datetime | None = None
    datatype: int = 0
    value: Value = None
    historical: bool = False
    transient: bool = False
    properties: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payload:
    """One message: when it was sent, its place in the sequence (0 to 255) and its metrics."""

    at: datetime | None
    seq: int | None
    metrics: tuple[Metric, ...]


@cache
def _messages() -> Mapping[str, Any]:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    proto = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="lacss_sparkplug_b.proto", package=_PACKAGE, syntax="proto2"
    )
    for name, declared in _FIELDS.items():
        message = file.message_type.add(name=name)
        for label, (number, kind) in declared.items():
            made = message.field.add(name=label, number=number)
            made.label = proto.LABEL_REPEATED if kind[0] == "*" else proto.LABEL_OPTIONAL
            plain = kind.lstrip("*")
            if plain in _FIELDS:
                made.type, made.type_name = proto.TYPE_MESSAGE, f".{_PACKAGE}.{plain}"
            else:
                made.type = getattr(proto, f"TYPE_{plain.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
        for name in _FIELDS
    }


def read_payload(content: bytes) -> Payload:
    """The payload in `content`.

    Raises
    ------
    InputError
        When it is none.
    """
    from google.protobuf.message import DecodeError

    if len(content) > _MOST_BYTES:
        raise InputError(f"payload must not be over {_MOST_BYTES} bytes, got {len(content)}")
    raw = _messages()["Payload"]()
    try:
        raw.ParseFromString(content)
        metrics = tuple(_metric(one) for one in raw.metrics)
    except (DecodeError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"payload must be Sparkplug B: {str(error)[:80]}") from error
    seq = raw.seq if raw.HasField("seq") else None
    return Payload(_moment(raw, "timestamp"), seq, metrics)


def _metric(raw: Any) -> Metric:
    properties = dict(zip(raw.properties.keys, map(_value, raw.properties.values), strict=False))
    return Metric(
        name=raw.name, alias=raw.alias if raw.HasField("alias") else None,
        at=_moment(raw, "timestamp"), datatype=raw.datatype, value=_value(raw),
        historical=raw.is_historical, transient=raw.is_transient, properties=properties,
    )  # fmt: skip


def _value(raw: Any) -> Value:
    if raw.is_null:
        return None
    told = next((name for name in _VALUES if raw.HasField(name)), None)
    return None if told is None else getattr(raw, told)


def signed(value: Value, datatype: int) -> Value:
    """An integer as its datatype means it: the wire carries two's complement.

    >>> signed(0xFFFFFFFE, DATATYPES["Int32"])
    -2
    """
    bits = _SIGNED_BITS.get(datatype)
    if bits is None or isinstance(value, bool) or not isinstance(value, int):
        return value
    low = value & ((1 << bits) - 1)
    return low - (1 << bits) if low >> (bits - 1) else low


def _moment(raw: Any, name: str) -> datetime | None:
    if not raw.HasField(name):
        return None
    try:
        return _EPOCH + timedelta(milliseconds=getattr(raw, name))
    except OverflowError:
        raise InputError(f"{name} must lie before the year 10000") from None


def write_payload(
    metrics: Iterable[Metric], *, at: datetime | None = None, seq: int | None = None
) -> bytes:
    """A payload, as an edge node or a host sends it.

    Raises
    ------
    InputError
        When a value does not fit its datatype.
    """
    raw = _messages()["Payload"]()
    _tell(raw, "timestamp", None if at is None else _milliseconds(at))
    _tell(raw, "seq", seq)
    for metric in metrics:
        _write_metric(raw.metrics.add(), metric)
    content: bytes = raw.SerializeToString()
    return content


def _write_metric(made: Any, metric: Metric) -> None:
    _tell(made, "name", metric.name or None)
    _tell(made, "alias", metric.alias)
    _tell(made, "timestamp", None if metric.at is None else _milliseconds(metric.at))
    _tell(made, "datatype", metric.datatype or None)
    _tell(made, "is_historical", metric.historical or None)
    _tell(made, "is_transient", metric.transient or None)
    for key, value in metric.properties.items():
        made.properties.keys.append(key)
        kind = DATATYPES["Int32" if isinstance(value, int) else "String"]
        _write_value(made.properties.values.add(type=kind), value, kind)
    _write_value(made, metric.value, metric.datatype)


def _write_value(made: Any, value: Value, datatype: int) -> None:
    if value is None:
        made.is_null = True
        return
    names = {1: "int_value", 2: "int_value", 3: "int_value", 5: "int_value", 6: "int_value",
             7: "int_value", 4: "long_value", 8: "long_value", 13: "long_value",
             9: "float_value", 11: "boolean_value", 12: "string_value", 14: "string_value",
             15: "string_value"}  # fmt: skip
    name = names.get(datatype, "double_value")
    try:
        if name in ("int_value", "long_value"):
            value = int(value) & (0xFFFFFFFF if name == "int_value" else 0xFFFFFFFFFFFFFFFF)
        setattr(made, name, value)
    except (TypeError, ValueError, struct.error) as error:
        raise InputError(f"{value!r} does not fit datatype {datatype}") from error


def _tell(made: Any, name: str, value: Any) -> None:
    if value is not None:
        setattr(made, name, value)


def _milliseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)
