"""Nodes by id, path and pattern, on an address space of a few lines."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from asyncua import ua

from process_models.errors import InputError
from twin.live.opcua.addresses import Addresses, check_channel
from twin.live.sourcing.template import ChannelPattern

TREE: dict[str, Any] = {
    "Line": {
        "roll": {"thickness": 1, "gap": 2, "Head": {"force": 3}},
        "wind": {"tension": 4},
        "Title": 5,
    },
    "Other": {"roll": {"thickness": 6}},
}


class Server:
    """The client of a server with `TREE` below Objects; levels in namespace 2, `Title` in 3."""

    def __init__(self) -> None:
        self.browsed = 0
        self._at: dict[ua.NodeId, Any] = {ua.NodeId(ua.ObjectIds.ObjectsFolder): TREE}

    def get_node(self, node: ua.NodeId) -> Any:
        return SimpleNamespace(get_children_descriptions=lambda: self._browse(node))

    async def _browse(self, node: ua.NodeId) -> list[Any]:
        self.browsed += 1
        held = self._at[node]
        pairs = held.items() if isinstance(held, dict) else ()
        return [self._described(node, *pair) for pair in pairs]

    def _described(self, node: ua.NodeId, name: str, held: Any) -> Any:
        is_object = isinstance(held, dict)
        made = ua.NodeId(f"{node.Identifier}/{name}" if is_object else str(held), 2)
        self._at[made] = held
        return SimpleNamespace(
            BrowseName=ua.QualifiedName(name, 3 if name == "Title" else 2), NodeId=made,
            NodeClass=ua.NodeClass.Object if is_object else ua.NodeClass.Variable,
        )  # fmt: skip

    async def get_namespace_index(self, uri: str) -> int:
        if uri != "urn:site":
            raise ValueError(uri)
        return 4


def found(text: str, server: Server | None = None) -> dict[str, str]:
    nodes = asyncio.run(
        Addresses(server or Server()).find(ChannelPattern(text))  # type: ignore[arg-type]
    )
    return {channel: str(node.Identifier) for channel, node in nodes.items()}


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("Line/roll/thickness", {"Line/roll/thickness": "1"}),
        ("2:Line/2:roll/2:gap", {"Line/roll/gap": "2"}),
        ("2:Line/3:Title", {"Line/Title": "5"}),
        ("3:Line/Title", {}),
        ("Line/{station}/{what}", {
            "Line/roll/thickness": "1", "Line/roll/gap": "2", "Line/wind/tension": "4",
        }),
        ("+/roll/thickness", {"Line/roll/thickness": "1", "Other/roll/thickness": "6"}),
        ("Line/roll/#", {
            "Line/roll/thickness": "1", "Line/roll/gap": "2", "Line/roll/Head/force": "3",
        }),
        ("Line/roll", {}),
        ("Line/none/thickness", {}),
        ("Line/roll/thickness/more", {}),
    ],
)  # fmt: skip
def test_paths_by_hand(text: str, channels: dict[str, str]) -> None:
    assert found(text) == channels


def test_all_is_every_variable() -> None:
    assert set(found("#").values()) == {"1", "2", "3", "4", "5", "6"}


def test_ids_are_taken_as_they_are() -> None:
    assert found("ns=2;s=Roll.Gap") == {"ns=2;s=Roll.Gap": "Roll.Gap"}
    assert found("i=2258") == {"i=2258": "2258"}
    assert found("nsu=urn:site;i=7") == {"nsu=urn:site;i=7": "7"}


def test_an_unknown_namespace_is_left_to_the_server() -> None:
    nodes = asyncio.run(Addresses(Server()).find(ChannelPattern("nsu=urn:none;i=7")))  # type: ignore[arg-type]
    assert nodes["nsu=urn:none;i=7"].NamespaceIndex == 0xFFFF


def test_a_node_is_browsed_once() -> None:
    server = Server()
    addresses = Addresses(server)  # type: ignore[arg-type]

    async def twice() -> None:
        await addresses.find(ChannelPattern("Line/roll/thickness"))
        await addresses.find(ChannelPattern("Line/roll/gap"))

    asyncio.run(twice())
    assert server.browsed == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [("ns=2;s={station}.x", "one node id or a path"), ("ns=2;i=abc", "must be a node id like")],
)
def test_channels_that_no_server_holds_are_refused(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        check_channel(ChannelPattern(text))


@pytest.mark.parametrize("text", ["ns=2;s=a.b", "nsu=urn:x;s=a", "Line/{station}/x", "i=85"])
def test_channels_that_a_server_may_hold_pass(text: str) -> None:
    check_channel(ChannelPattern(text))
