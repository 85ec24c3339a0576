"""A Sparkplug host: all edge nodes of a broker, and what it asks of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from process_models.errors import InputError
from twin.live.mqtt.connection import Message
from twin.live.mqtt.sparkplug_node import EdgeNode, Loss
from twin.live.mqtt.sparkplug_payload import DATATYPES, Metric, read_payload, write_payload
from twin.live.mqtt.sparkplug_topic import NAMESPACE, SparkplugTopic
from twin.live.sourcing.raw import Item, Refused

__all__ = ["SparkplugHost", "Taken", "state_payload", "state_topic"]

_ASK_AGAIN_S = 5.0
_MOST_NODES = 10_000


def state_topic(host_id: str) -> str:
    """Where a host says whether it is there.

    >>> state_topic("twin")
    'spBv1.0/STATE/twin'
    """
    return f"{NAMESPACE}/STATE/{host_id}"


def state_payload(at: datetime, *, online: bool) -> bytes:
    """What a host says there; its will bears the same time as its word that it is online."""
    return json.dumps({"online": online, "timestamp": round(at.timestamp() * 1000)}).encode()


@dataclass
class Taken:
    """What became of some messages.

    Attributes
    ----------
    items : list of RawReading or Refused
    losses : list of Loss
    asks : list of (str, bytes)
        Topic and payload of the commands by which edge nodes are asked for a new birth.
    """

    items: list[Item] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    asks: list[tuple[str, bytes]] = field(default_factory=list)


class SparkplugHost:
    """Follows every edge node; whatever a payload says, nothing is raised."""

    def __init__(self) -> None:
        self.nodes: dict[str, EdgeNode] = {}
        self._asked: dict[str, float] = {}

    def take(self, messages: Iterable[Message]) -> Taken:
        """Readings, losses and commands that follow from `messages`, in their order."""
        taken = Taken()
        for message in messages:
            topic = SparkplugTopic.read(message.topic)
            if topic is not None:
                self._take(topic, message, taken)
        return taken

    def _take(self, topic: SparkplugTopic, message: Message, taken: Taken) -> None:
        try:
            payload = read_payload(message.payload)
        except InputError as error:
            shown = message.payload[:200].hex()
            taken.items.append(
                Refused(channel=message.topic, rule=str(error), value=shown,
                        received_at=message.received_at)
            )  # fmt: skip
            return
        if topic.edge not in self.nodes and len(self.nodes) >= _MOST_NODES:
            self.nodes.clear()
        node = self.nodes.setdefault(topic.edge, EdgeNode(topic.edge))
        readings, losses = node.take(topic, payload, message)
        taken.items.extend(readings)
        taken.losses.extend(losses)
        if node.ask and self._may_ask(topic.edge):
            taken.asks.append((topic.command, _rebirth()))

    def _may_ask(self, edge: str) -> bool:
        now = time.monotonic()
        if now - self._asked.get(edge, float("-inf")) < _ASK_AGAIN_S:
            return False
        self._asked[edge] = now
        return True

    @property
    def told(self) -> str:
        """How many edge nodes are there, in words."""
        online = sum(node.online for node in self.nodes.values())
        gone = sorted(name for name, node in self.nodes.items() if not node.online)
        text = f"{online} of {len(self.nodes)} edge nodes online"
        return f"{text}, not {', '.join(gone[:5])}" if gone else text


def _rebirth() -> bytes:
    kind = DATATYPES["Boolean"]
    return write_payload([Metric(name="Node Control/Rebirth", datatype=kind, value=True)])
