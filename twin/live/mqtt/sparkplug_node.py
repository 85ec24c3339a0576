"""One edge node as a host sees it: its birth, its aliases, the sequence of its messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from twin.live.mqtt.connection import Message
from twin.live.mqtt.sparkplug_payload import Metric, Payload, signed
from twin.live.mqtt.sparkplug_topic import SparkplugTopic
from twin.live.sourcing.raw import RawReading, Value

__all__ = ["EdgeNode", "Loss"]

_ROUND = 256
_BIRTH_NUMBER = "bdSeq"
_GOOD, _STALE = 192, 500
_AT_ONCE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Loss:
    """Messages or a period that did not come; see `Edge.gap`."""

    channel: str
    reason: str
    first: int = 0
    last: int = 0
    from_at: datetime | None = None
    to_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    name: str
    datatype: int
    unit: str | None = None


@dataclass
class EdgeNode:
    """State of one edge node; `take` leads it through a message.

    Attributes
    ----------
    online : bool
        Born and not dead since.
    ask : bool
        Something was missed: it must be asked for a new birth.
    """

    name: str
    online: bool = False
    ask: bool = False
    birth: Value = None
    messages: int = 0
    seq: int = -1
    gone_at: datetime | None = None
    heard_at: datetime | None = None
    aliases: dict[tuple[str, int], _Known] = field(default_factory=dict)
    names: dict[tuple[str, str], _Known] = field(default_factory=dict)
    values: dict[tuple[str, str], Value] = field(default_factory=dict)
    unknown: int = 0

    def take(
        self, topic: SparkplugTopic, payload: Payload, message: Message
    ) -> tuple[list[RawReading], list[Loss]]:
        """Readings of `message`, and what was found missing before it."""
        if topic.kind == "NDEATH":
            return [], self._die(payload, message)
        losses = self._born(payload, message) if topic.kind == "NBIRTH" else []
        if not self.online:
            self.ask = True
            self.gone_at = self.gone_at or message.received_at
            return [], []
        if topic.kind != "NBIRTH":
            losses = self._counted(payload, message)
        self.heard_at = message.received_at
        if topic.kind == "DDEATH":
            self._forget(topic.place)
            return [], losses
        if topic.kind == "DBIRTH":
            self._forget(topic.place)
        is_birth = topic.kind.endswith("BIRTH")
        if is_birth:
            self._learn(topic.place, payload)
        return list(self._readings(topic.place, payload, message, is_birth)), losses

    def _die(self, payload: Payload, message: Message) -> list[Loss]:
        """A will may be that of an older session: its birth number tells."""
        number = _birth_number(payload)
        if self.online and number is not None and number != self.birth:
            return []
        if self.online:
            self.online = False
            self.gone_at = self.heard_at or message.received_at
        return []

    def _born(self, payload: Payload, message: Message) -> list[Loss]:
        losses = []
        if self.gone_at is not None:
            losses.append(
                Loss(self.name, "edge node offline", from_at=self.gone_at,
                     to_at=message.received_at)
            )  # fmt: skip
        self.birth = _birth_number(payload)
        self.seq = payload.seq if payload.seq is not None else 0
        self.messages, self.gone_at = 0, None
        self.online, self.ask = True, False
        self.aliases.clear()
        self.names.clear()
        self.heard_at = message.received_at
        return losses

    def _counted(self, payload: Payload, message: Message) -> list[Loss]:
        if payload.seq is None:
            return []
        lost = (payload.seq - self.seq - 1) % _ROUND
        if lost == _ROUND - 1 and message.repeated:
            return []
        first = self.messages + 1
        self.messages += lost + 1
        self.seq = payload.seq
        if not lost:
            return []
        self.ask = True
        channel = f"{self.name} birth {self.birth}"
        last = first + lost - 1
        return [Loss(channel, "sequence", first, last, self.heard_at, message.received_at)]

    def _forget(self, place: str) -> None:
        self.aliases = {key: one for key, one in self.aliases.items() if key[0] != place}
        self.names = {key: one for key, one in self.names.items() if key[0] != place}

    def _learn(self, place: str, payload: Payload) -> None:
        for metric in payload.metrics:
            unit = metric.properties.get("engUnit") or metric.properties.get("Engineering Units")
            known = _Known(metric.name, metric.datatype, str(unit) if unit else None)
            self.names[place, metric.name] = known
            if metric.alias is not None:
                self.aliases[place, metric.alias] = known

    def _readings(
        self, place: str, payload: Payload, message: Message, is_birth: bool
    ) -> Iterator[RawReading]:
        for metric in payload.metrics:
            known = self._known(place, metric)
            if known is None:
                self.unknown += 1
                self.ask = True
                continue
            if metric.transient or known.name in (_BIRTH_NUMBER, "Node Control/Rebirth"):
                continue
            value = signed(metric.value, metric.datatype or known.datatype)
            key = (place, known.name)
            before = self.values.get(key)
            if not metric.historical:
                self.values[key] = value
            at = metric.at or payload.at
            # A birth tells every value again; one that did not change meanwhile is no reading.
            restated = is_birth and before in (None, value) and _just_now(metric, payload)
            yield RawReading(
                channel=f"{place}/{known.name}", value=value, source_time=at,
                received_at=message.received_at, unit=known.unit,
                status=_status(metric), historical=metric.historical, repeated=message.repeated,
                restated=restated,
            )  # fmt: skip

    def _known(self, place: str, metric: Metric) -> _Known | None:
        if metric.name:
            return self.names.get((place, metric.name))
        return None if metric.alias is None else self.aliases.get((place, metric.alias))


def _just_now(metric: Metric, payload: Payload) -> bool:
    if metric.at is None or payload.at is None:
        return True
    return abs(payload.at - metric.at) < _AT_ONCE


def _birth_number(payload: Payload) -> Value:
    return next((m.value for m in payload.metrics if m.name == _BIRTH_NUMBER), None)


def _status(metric: Metric) -> str:
    quality = metric.properties.get("Quality", _GOOD)
    if quality == _GOOD:
        return "good"
    return "bad" if quality in (0, _STALE) else "uncertain"
