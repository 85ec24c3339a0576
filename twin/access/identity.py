"""Who acts: carried by the store that a session or a command works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from process_models.errors import InputError
from twin.access.roles import require_role

__all__ = ["COMMAND", "COMMAND_LINE", "ORIGINS", "Identity", "Origin", "loopback"]

Origin: TypeAlias = Literal["command", "loopback", "local", "oidc"]
ORIGINS: tuple[Origin, ...] = ("command", "loopback", "local", "oidc")


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as a session knows them; what counts is read again from the database at each write.

    Attributes
    ----------
    name : str
        Written into records. Empty for the command line, where `--user` says it.
    role : str
        As known when the session looked last; shown to people, never trusted for a write.
    origin : {"command", "loopback", "local", "oidc"}
        The command line of this machine; the single user of pages on loopback while there are no
        accounts; a local account; somebody named by an identity provider.
    session : str
        The session's token, for the last two. It is in no text of this object.
    """

    name: str
    role: str
    origin: Origin
    session: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        require_role(self.role)
        if self.origin not in ORIGINS:
            raise InputError(f"origin must be one of {', '.join(ORIGINS)}, got {self.origin!r}")
        if self.origin != "command" and not self.name.strip():
            raise InputError(f"name must not be empty for origin {self.origin}, got {self.name!r}")


COMMAND = Identity("", "admin", "command")
"""The command line: who runs it has the files anyway, and is named by `--user`."""

COMMAND_LINE = "command line"
"""Who is named where a command may be run without `--user`, and was."""


def loopback(name: str) -> Identity:
    """The one person of pages that only this machine can reach and that have no accounts.

    >>> loopback("ana").role
    'admin'
    """
    return Identity(name, "admin", "loopback")
