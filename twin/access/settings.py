"""Settings of login, in `access.toml` of the home folder; each has a default."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from process_models.errors import InputError

__all__ = ["UNKNOWN", "AccessSettings", "read_access"]

UNKNOWN = ("refuse", "viewer")


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """How long sessions live and when accounts are locked.

    Attributes
    ----------
    lifetime_h : float
        A session ends after this, whatever happens in it.
    idle_min : float
        A session ends when nothing happened in it for so long.
    failures : int
        Wrong passwords in a row that lock an account.
    lock_s, longest_lock_s : float
        The first lock; each further failure doubles it, up to the longest.
    unknown : {"refuse", "viewer"}
        What becomes of people whom the identity provider names and no administrator knows.
    """

    lifetime_h: float = 12.0
    idle_min: float = 60.0
    failures: int = 5
    lock_s: float = 30.0
    longest_lock_s: float = 3600.0
    unknown: str = "refuse"

    def __post_init__(self) -> None:
        for name in ("lifetime_h", "idle_min", "failures", "lock_s", "longest_lock_s"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
                raise InputError(f"{name} must be a positive number, got {value!r}")
        if self.unknown not in UNKNOWN:
            raise InputError(f"unknown must be one of {', '.join(UNKNOWN)}, got {self.unknown!r}")

    def lock_after(self, failed: int) -> float:
        """Seconds for which an account is locked after `failed` wrong passwords in a row.

        >>> [AccessSettings().lock_after(n) for n in (4, 5, 6, 7, 40)]
        [0.0, 30.0, 60.0, 120.0, 3600.0]
        """
        if failed < self.failures:
            return 0.0
        return min(self.lock_s * 2.0 ** min(failed - self.failures, 60), self.longest_lock_s)


def read_access(home: Path) -> AccessSettings:
    """The settings of `home`.

    Raises
    ------
    InputError
        When the file is no TOML or a value breaks a rule.
    """
    path = home / "access.toml"
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return AccessSettings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    known = {field.name for field in fields(AccessSettings)}
    for name in found:
        if name not in known:
            raise InputError(f"{path}: {name!r} is unknown, known are {', '.join(sorted(known))}")
    try:
        return AccessSettings(**found)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
