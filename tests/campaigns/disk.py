"""A disk that is recorded, and what it may hold after the power went at some point.

What was synced is there. Of what was written since, every sector is there in any of its versions,
whatever became of the others: applied, dropped, reordered, torn. Names (creations, renames,
removals) that were not followed by a sync of the folder are there up to any of them.
"""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

__all__ = ["Disk", "Operation", "build_shim", "operations", "shimmed"]

SECTOR = 512
SOURCE = Path(__file__).parent / "disk_shim.c"
_HEAD = struct.Struct("<8sqqq")


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that was done to a file: write, cut, sync, create, rename, remove."""

    what: str
    path: str
    at: int
    data: bytes


def build_shim(folder: Path) -> Path:
    """Compile the shim; skips the test, naming what is absent, where there is no compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("gcc is absent: it compiles the shim between the store and the disk")
    if os.uname().sysname != "Linux":
        pytest.skip("the shim between the store and the disk is for Linux")
    shim = folder / "disk_shim.so"
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(shim), str(SOURCE), "-ldl"]
    subprocess.run([*command, "-lpthread"], check=True)
    return shim


def shimmed(shim: Path, watched: Path, **more: Path) -> dict[str, str]:
    """Environment of a program whose files below `watched` go through the shim."""
    named = {f"LACSS_DISK_{name.upper()}": str(path) for name, path in more.items()}
    return {**os.environ, "LD_PRELOAD": str(shim), "LACSS_DISK_FOLDER": str(watched), **named}


def operations(log: Path) -> Iterator[Operation]:
    """What the shim recorded, in order."""
    with log.open("rb") as file:
        while head := file.read(_HEAD.size):
            what, path, at, length = _HEAD.unpack(head)
            name = file.read(path).decode()
            yield Operation(what.rstrip(b"\0").decode(), name, at, file.read(length))


@dataclass
class _File:
    synced: bytearray = field(default_factory=bytearray)
    since: list[Operation] = field(default_factory=list)


class Disk:
    """Files below `folder`, operation by operation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._now: dict[str, _File] = {}
        self._synced: dict[str, _File] = {}
        self._names: list[Callable[[dict[str, _File]], object]] = []

    def apply(self, done: Operation) -> None:
        """Go one operation further."""
        if done.what == "create":
            made = _File()
            self._rename(lambda names: names.__setitem__(done.path, made))
        elif done.what == "rename":
            moved, to = self._now[done.path], done.data.decode()
            self._rename(lambda names: (names.pop(done.path, None), names.__setitem__(to, moved)))
        elif done.what == "remove":
            self._rename(lambda names: names.pop(done.path, None))
        elif done.what == "sync" and done.path not in self._now:  # a folder
            self._names.clear()
            self._synced = dict(self._now)
        elif done.what == "sync":
            file = self._now[done.path]
            for one in file.since:
                _change(file.synced, one)
            file.since.clear()
        else:
            self._now.setdefault(done.path, _File()).since.append(done)

    def after_power_loss(self, draw: random.Random) -> dict[str, bytes]:
        """One of the states in which the disk may be found."""
        names = dict(self._synced)
        for change in self._names[: draw.randint(0, len(self._names))]:
            change(names)
        return {path: _torn(file, draw) for path, file in names.items()}

    def _rename(self, change: Callable[[dict[str, _File]], object]) -> None:
        change(self._now)
        self._names.append(change)

    def write(self, files: Mapping[str, bytes], folder: Path) -> None:
        """Lay the files out below another folder."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for path, content in files.items():
            target = folder / Path(path).relative_to(self.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _change(content: bytearray, done: Operation) -> None:
    if done.what == "cut":
        del content[done.at :]
        content.extend(bytes(done.at - len(content)))
        return
    content.extend(bytes(max(0, done.at - len(content))))
    content[done.at : done.at + len(done.data)] = done.data


def _torn(file: _File, draw: random.Random) -> bytes:
    """Each sector as it was at some time since the last sync, the length too."""
    how = draw.choice(("any", "any", "none", "all", "some"))
    if not file.since or how == "none":
        return bytes(file.synced)
    now, lengths, sectors = _versions(file)
    if how == "all":
        return bytes(now)
    last = draw.randint(0, len(file.since)) if how == "some" else len(file.since)
    torn = bytearray(file.synced)
    length = lengths[draw.randint(0, last)]
    del torn[length:]
    torn.extend(bytes(length - len(torn)))
    for sector, versions in sectors.items():
        chosen = draw.randint(0, last)
        seen = [content for number, content in versions if number <= chosen]
        start = sector * SECTOR
        if seen and start < length:
            content = seen[-1][: length - start]
            torn[start : start + len(content)] = content
    return bytes(torn)


def _versions(file: _File) -> tuple[bytearray, list[int], dict[int, list[tuple[int, bytes]]]]:
    """The newest content, the length after each change, and what each changed sector held."""
    now, lengths = bytearray(file.synced), [len(file.synced)]
    sectors: dict[int, list[tuple[int, bytes]]] = {}
    for number, done in enumerate(file.since, start=1):
        start = min(done.at, len(now))
        end = max(len(now) if done.what == "cut" else 0, done.at + len(done.data))
        _change(now, done)
        lengths.append(len(now))
        for sector in range(start // SECTOR, -(-end // SECTOR)):
            content = bytes(now[sector * SECTOR : (sector + 1) * SECTOR])
            sectors.setdefault(sector, []).append((number, content))
    return now, lengths, sectors
