"""What befalls a lot that waits: it is held aside, or waits longer than it may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from process_models.errors import InputError
from twin.distributions import Distribution

__all__ = ["Hold", "MaxWait"]


@dataclass(frozen=True)
class Hold:
    """A finished lot that goes on is put aside with this probability, for `duration_s`.

    It leaves its server and keeps no place; released, it waits aside for a place further on.
    """

    probability: float
    duration_s: Distribution

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise InputError(f"probability must be from 0 to 1, got {self.probability!r}")


@dataclass(frozen=True)
class MaxWait:
    """How long a lot may wait before a station, and what happens to it then.

    Attributes
    ----------
    limit_s : float
        Counted from `since`: its arrival, or its finish at the station before (blocked there and
        on its way it waits too); in the queue it is acted upon at once.
    action : str
        scrap; rework, at station `to`; or flag, which only marks the lot.
    """

    limit_s: float
    action: Literal["scrap", "rework", "flag"] = "scrap"
    to: str = ""
    since: Literal["arrival", "finish"] = "arrival"

    def __post_init__(self) -> None:
        if not self.limit_s > 0:
            raise InputError(f"limit_s must be above 0, got {self.limit_s!r}")
        if (self.action == "rework") != bool(self.to):
            raise InputError(f"to goes with action rework only, got {self.action} and {self.to!r}")
