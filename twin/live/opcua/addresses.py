"""Finds the nodes that a mapping names: by node id, or by a path of browse names with patterns.

`ns=2;s=Roll.Gap` and `nsu=urn:site:line;s=Roll.Gap` are node ids. Anything else is a path below
Objects: `Line/roll/thickness_um`, a level `2:roll` only in that namespace, `{station}` and `+` for
any one level, `#` at the end for every variable below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from asyncua import Client, ua

from process_models.errors import InputError
from twin.live.sourcing.template import ChannelPattern

__all__ = ["Addresses", "check_channel"]

_ID = re.compile(r"(?:(?:ns=\d+|nsu=[^;]+);)?[isgb]=.+")
_DEEPEST = 16


@dataclass(frozen=True, slots=True)
class _Child:
    name: str
    index: int
    node: ua.NodeId
    is_variable: bool


def check_channel(pattern: ChannelPattern) -> None:
    """Refuse a channel that no server could hold.

    Raises
    ------
    InputError
        When it is a node id that cannot be read, or one with a pattern in it.
    """
    if not _ID.fullmatch(pattern.text):
        return
    if not pattern.is_plain:
        raise InputError(
            f"channel must be one node id or a path of browse names, got {pattern.text!r}"
        )
    _node_id(pattern.text.partition(";")[2] if pattern.text[:4] == "nsu=" else pattern.text)


def _node_id(text: str) -> ua.NodeId:
    try:
        return ua.NodeId.from_string(text)
    except (ua.UaError, ValueError) as error:
        raise InputError(f"channel must be a node id like ns=2;s=Roll.Gap, got {text!r}") from error


class Addresses:
    """Looks nodes up on one connection; what was browsed is not browsed again.

    Parameters
    ----------
    client : asyncua.Client
        Connected.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._children: dict[ua.NodeId, list[_Child]] = {}

    async def find(self, pattern: ChannelPattern) -> dict[str, ua.NodeId]:
        """Channel -> node of everything that `pattern` stands for; empty when there is nothing.

        The channel of a node that was found by path is its path, without namespaces.
        """
        text = pattern.text
        if _ID.fullmatch(text):
            return {text: await self._by_id(text)}
        levels = text.split("/")
        found = [("", ua.NodeId(ua.ObjectIds.ObjectsFolder))]
        if levels[-1] == "#":
            for level in levels[:-1]:
                found = await self._step(found, level)
            return await self._below(found)
        for level in levels[:-1]:
            found = await self._step(found, level)
        return dict(await self._step(found, levels[-1], variables=True))

    async def _by_id(self, text: str) -> ua.NodeId:
        if text[:4] != "nsu=":
            return _node_id(text)
        uri, _, identifier = text[4:].partition(";")
        try:
            index = await self._client.get_namespace_index(uri)
        except ValueError:
            index = 0xFFFF  # unknown namespace: the server will say so of the node
        return _node_id(f"ns={index};{identifier}")

    async def _step(
        self, found: list[tuple[str, ua.NodeId]], level: str, *, variables: bool = False
    ) -> list[tuple[str, ua.NodeId]]:
        index, _, name = level.rpartition(":") if re.match(r"\d+:", level) else ("", "", level)
        regex = ChannelPattern(name).regex
        deeper = []
        for path, node in found:
            for child in await self._browse(node):
                right = not index or child.index == int(index)
                if right and regex.fullmatch(child.name) and (child.is_variable or not variables):
                    deeper.append((f"{path}/{child.name}".lstrip("/"), child.node))
        return deeper

    async def _below(self, found: list[tuple[str, ua.NodeId]]) -> dict[str, ua.NodeId]:
        variables: dict[str, ua.NodeId] = {}
        for _ in range(_DEEPEST):
            deeper = []
            for path, node in found:
                for child in await self._browse(node):
                    if child.is_variable:
                        variables[f"{path}/{child.name}".lstrip("/")] = child.node
                    else:
                        deeper.append((f"{path}/{child.name}".lstrip("/"), child.node))
            found = deeper
        return variables

    async def _browse(self, node: ua.NodeId) -> list[_Child]:
        if node not in self._children:
            described = await self._client.get_node(node).get_children_descriptions()
            self._children[node] = [
                _Child(
                    one.BrowseName.Name, one.BrowseName.NamespaceIndex, one.NodeId,
                    one.NodeClass == ua.NodeClass.Variable,
                )
                for one in described
            ]  # fmt: skip
        return self._children[node]
