"""Who repairs and operates a line: crews and pools, their skills and their shifts."""

from __future__ import annotations

from dataclasses import dataclass

from process_models.errors import InputError
from twin.line_calendar import Calendar

__all__ = ["Group", "Operators", "People"]


@dataclass(frozen=True)
class Group:
    """People of a pool who can do the same things and work the same shifts.

    Attributes
    ----------
    skills : tuple of str
        What they can do; empty means whatever needs no skill.
    calendar : Calendar or None
        When all of them are there; in its stops only `off_size` of them are.
    """

    size: int
    skills: tuple[str, ...] = ()
    calendar: Calendar | None = None
    off_size: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.off_size <= self.size:
            raise InputError(f"off_size must be from 0 to size {self.size}, got {self.off_size}")


@dataclass(frozen=True)
class People:
    """A repair crew or a pool of operators: `size` people who can be in one place each.

    `groups` tells them apart where they differ in skills or shifts; together they are `size`.
    """

    name: str
    size: int
    groups: tuple[Group, ...] = ()

    def __post_init__(self) -> None:
        together = sum(group.size for group in self.groups)
        if self.groups and together != self.size:
            raise InputError(f"size must be that of the groups, {together}, got {self.size}")

    def skilled(self, skill: str) -> int:
        """How many have this skill; all of them where none is asked for."""
        if not skill:
            return self.size
        return sum(group.size for group in self.groups if skill in group.skills)


@dataclass(frozen=True)
class Operators:
    """People that a server needs from when it takes its lots to the finish of the service."""

    pool: str
    needed: int = 1
    skill: str = ""
