"""Topics of Sparkplug B: `spBv1.0/group/type/edge node[/device]`."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["NAMESPACE", "SparkplugTopic"]

NAMESPACE = "spBv1.0"
_NODE = frozenset({"NBIRTH", "NDEATH", "NDATA"})
_DEVICE = frozenset({"DBIRTH", "DDEATH", "DDATA"})


@dataclass(frozen=True, slots=True)
class SparkplugTopic:
    """What a message is about.

    Attributes
    ----------
    kind : str
        NBIRTH, NDATA, NDEATH, DBIRTH, DDATA or DDEATH.
    device : str
        Empty for messages of the edge node itself.
    """

    group: str
    kind: str
    node: str
    device: str = ""

    @classmethod
    def read(cls, topic: str) -> SparkplugTopic | None:
        """The parts of `topic`; None for commands, states and what is no such topic.

        >>> SparkplugTopic.read("spBv1.0/line/DDATA/plc/gauge").device
        'gauge'
        """
        levels = topic.split("/")
        if levels[0] != NAMESPACE or not all(levels):
            return None
        if len(levels) == 4 and levels[2] in _NODE:
            return cls(levels[1], levels[2], levels[3])
        if len(levels) == 5 and levels[2] in _DEVICE:
            return cls(levels[1], levels[2], levels[3], levels[4])
        return None

    @property
    def edge(self) -> str:
        """The edge node: `group/node`."""
        return f"{self.group}/{self.node}"

    @property
    def place(self) -> str:
        """Where a metric belongs: `group/node` or `group/node/device`."""
        return f"{self.edge}/{self.device}" if self.device else self.edge

    @property
    def command(self) -> str:
        """The topic of commands to the edge node."""
        return f"{NAMESPACE}/{self.group}/NCMD/{self.node}"
