"""Heads of the audit trail kept outside the database: a file that is only added to.

Each line is the number and hash of an entry and a seal over both and the line before, so that a
line that was changed, taken out or put in shows. A line is written after the entry was committed:
a crash in between leaves the file behind the trail, never before it.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from process_models.errors import StoreError
from twin.store.durable import sync_folder

__all__ = ["Head", "audit_places", "keep_head", "read_heads"]


@dataclass(frozen=True, slots=True)
class Head:
    """An entry that was the newest once."""

    number: int
    digest: str


def audit_places(home: Path) -> tuple[Path, list[Path]]:
    """Where the key is and where heads are kept.

    `LACSS_AUDIT_KEY` names another file for the key, `LACSS_AUDIT_ANCHOR` further files for heads
    (several joined by the path separator), best on another machine.

    Returns
    -------
    tuple
        The key; the files of heads, that of `home` first.
    """
    key = os.environ.get("LACSS_AUDIT_KEY")
    more = os.environ.get("LACSS_AUDIT_ANCHOR", "").split(os.pathsep)
    return (
        Path(key) if key else home / "audit.key",
        [home / "audit.head", *(Path(path) for path in more if path)],
    )


def read_heads(path: Path, key: bytes) -> list[Head] | None:
    """The heads in a file, oldest first; None when there is no file.

    A last line that was being written when the machine stopped is left out.

    Raises
    ------
    StoreError
        When it cannot be read, or a line is not as it was written.
    """
    try:
        lines = _sound(path.read_bytes()).splitlines()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"audit head {path} cannot be read: {error.strerror}") from error
    heads: list[Head] = []
    seal = b""
    for number, line in enumerate(lines, start=1):
        head = _parsed(line)
        fields = line.split()
        # A first line without seal is the whole file of a version that kept the newest head only.
        sealed = (number == 1 and len(fields) == 2) or (
            len(fields) == 3 and hmac.compare_digest(fields[2], _seal(key, line, seal))
        )
        if head is None or not sealed or (heads and head.number <= heads[-1].number):
            raise StoreError(f"audit head {path.name} was changed in line {number}")
        heads.append(head)
        seal = fields[-1]
    return heads


def keep_head(path: Path, key: bytes, head: Head) -> None:
    """Add `head`, durably, unless a newer one is there; processes wait for each other.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        tail = os.pread(descriptor, 4096, max(0, size - 4096))
        sound = _sound(tail)
        if len(sound) < len(tail):
            os.ftruncate(descriptor, size - len(tail) + len(sound))
        lines = sound.splitlines()
        last = _parsed(lines[-1]) if lines else None
        if last is not None and last.number >= head.number:
            return
        line = f"{head.number} {head.digest}".encode()
        before = lines[-1].split()[-1] if lines else b""
        os.write(descriptor, line + b" " + _seal(key, line, before) + b"\n")
        os.fsync(descriptor)
        if not size:
            sync_folder(path.parent)
    finally:
        os.close(descriptor)


def _sound(content: bytes) -> bytes:
    """All but a last line that the power cut: one without its end, or with holes."""
    whole = content[: content.rfind(b"\n") + 1]
    last = whole.rfind(b"\n", 0, -1) + 1
    return whole[:last] if b"\0" in whole[last:] else whole


def _parsed(line: bytes) -> Head | None:
    fields = line.split()
    if len(fields) not in (2, 3) or not fields[0].isdigit():
        return None
    return Head(int(fields[0]), fields[1].decode("ascii", "replace"))


def _seal(key: bytes, line: bytes, before: bytes) -> bytes:
    text = b" ".join([b"head", *line.split()[:2], before])
    return hmac.new(key, text, hashlib.sha256).hexdigest().encode()
