"""Records of the reference plant as MQTT messages: JSON for each, Sparkplug B for some at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from twin.live.mqtt.sparkplug_payload import DATATYPES, Metric, write_payload
from twin.live.wire import Record
from twin.measurement import Measurement

__all__ = ["EdgeNodeMessages", "json_message"]

_QUALITIES = {"good": 192, "uncertain": 500, "bad": 0}
_DOUBLE, _TEXT, _INT64, _BOOLEAN = (
    DATATYPES[name] for name in ("Double", "String", "Int64", "Boolean")
)


def json_message(prefix: str, record: Record) -> tuple[str, bytes]:
    """Topic and payload of one record: `PREFIX/STATION/CHARACTERISTIC`, or `.../event`."""
    if isinstance(record, Measurement):
        topic = f"{prefix}/{record.station}/{record.characteristic}"
        said = {
            "value": record.value, "unit": record.unit, "time": record.measured_at.isoformat(),
            "lot": record.lot_id, "subgroup": record.subgroup, "position": record.position,
            "gauge": record.gauge, "quality": record.quality, "sequence": record.sequence,
        }  # fmt: skip
    else:
        topic = f"{prefix}/{record.station}/event"
        said = {
            "event": record.event, "time": record.occurred_at.isoformat(), "lot": record.lot_id,
            "parent": record.parent_lot_id, "recipe": record.recipe, "detail": record.detail,
            "sequence": record.sequence,
        }  # fmt: skip
    return topic, json.dumps(said, separators=(",", ":")).encode()


class EdgeNodeMessages:
    """The plant as an edge node of Sparkplug B: its birth, its data, its death.

    Metrics are `STATION/CHARACTERISTIC`, with `/POSITION` where there are several on a sheet, and
    `STATION/lot`, the lot that a station works on.

    Parameters
    ----------
    characteristics : mapping
        Station -> (characteristic, unit) pairs.
    positions : mapping of str to int
        Characteristic -> positions of a sheet.
    birth : int
        Number of the session; a new one for every connection.
    """

    def __init__(
        self,
        characteristics: Mapping[str, Sequence[tuple[str, str]]],
        positions: Mapping[str, int],
        birth: int,
    ) -> None:
        self._birth = birth
        self._seq = 0
        self._units: dict[str, str] = {}
        self._last: dict[str, Metric] = {}
        for station, pairs in characteristics.items():
            for name, unit in pairs:
                places = positions.get(name, 0)
                for place in range(1, places + 1) if places else [0]:
                    self._units[_metric_name(station, name, place)] = unit
        self._stations = list(characteristics)

    @property
    def death(self) -> bytes:
        """The will: this session is over."""
        return write_payload([Metric(name="bdSeq", datatype=_INT64, value=self._birth)])

    def born(self) -> bytes:
        """The birth: every metric with its last value, the sequence from 0 again."""
        self._seq = 0
        now = datetime.now(UTC)
        metrics = [
            Metric(name="bdSeq", datatype=_INT64, value=self._birth),
            Metric(name="Node Control/Rebirth", datatype=_BOOLEAN, value=False),
        ]
        for station in self._stations:
            name = f"{station}/lot"
            metrics.append(self._last.get(name, Metric(name=name, datatype=_TEXT)))
        for name, unit in self._units.items():
            last = self._last.get(name)
            metrics.append(
                Metric(
                    name=name, datatype=_DOUBLE, value=None if last is None else last.value,
                    at=None if last is None else last.at, properties={"engUnit": unit},
                )
            )  # fmt: skip
        return write_payload(metrics, at=now, seq=0)

    def data(self, records: Iterable[Record], *, historical: bool = False) -> bytes | None:
        """Measurements among `records` as one message; None where there are none.

        Historical ones are told for completeness and are not the state of now.
        """
        metrics: list[Metric] = []
        for record in records:
            if isinstance(record, Measurement):
                metrics += self._metrics(record)
        if not metrics:
            return None
        if historical:
            metrics = [replace(metric, historical=True) for metric in metrics]
        else:
            self._last |= {metric.name: metric for metric in metrics}
        self._seq = (self._seq + 1) % 256
        return write_payload(metrics, at=datetime.now(UTC), seq=self._seq)

    def _metrics(self, record: Measurement) -> list[Metric]:
        at = record.measured_at
        name = _metric_name(record.station, record.characteristic, record.position)
        quality = {"Quality": _QUALITIES[record.quality]}
        made = Metric(name=name, datatype=_DOUBLE, value=record.value, at=at, properties=quality)
        lot = f"{record.station}/lot"
        known = self._last.get(lot)
        if known is not None and known.value == record.lot_id:
            return [made]
        self._last[lot] = Metric(name=lot, datatype=_TEXT, value=record.lot_id, at=at)
        return [self._last[lot], made]


def _metric_name(station: str, characteristic: str, position: int) -> str:
    name = f"{station}/{characteristic}"
    return f"{name}/{position}" if position else name
