"""What is in a line now: lots, each in the phase that it is in, and servers that are down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from process_models.errors import InputError

__all__ = ["LotInProcess", "ServerDown", "WorkInProcess"]

LotPhase = Literal["queued", "in_service", "blocked", "in_transfer", "on_hold"]
DownPhase = Literal["in_repair", "down"]


def _check(owner: str, phase: str, phases: tuple[str, ...], since_s: float) -> None:
    if phase not in phases:
        words = ", ".join(phases)
        raise InputError(f"{owner}: phase must be one of {words}, got {phase!r}")
    if not 0 <= since_s < math.inf:
        raise InputError(f"{owner}: since_s must be at least 0 and finite, got {since_s!r}")


@dataclass(frozen=True, slots=True)
class LotInProcess:
    """Where one lot is, in which phase, and for how long it has been in that phase (seconds).

    Attributes
    ----------
    station : str
        Where it is; in transfer or on hold the station where it was last.
    phase : str
        queued, in_service, blocked, in_transfer (between stations) or on_hold.
    recipe : str
        Name of its recipe; by default the one that a mix gives to its number.

    Raises
    ------
    InputError
        When the phase is none of these, or the time is negative or not finite.
    """

    lot_id: str
    station: str
    phase: LotPhase = "queued"
    since_s: float = 0.0
    recipe: str = ""

    def __post_init__(self) -> None:
        _check(f"lot {self.lot_id}", self.phase, get_args(LotPhase), self.since_s)


@dataclass(frozen=True, slots=True)
class ServerDown:
    """A server of a station that cannot work, and for how long it has been so (seconds).

    Attributes
    ----------
    phase : str
        in_repair, since the repair began; or down, while it waits for its repair crew.
    lot_id : str
        One of the lots that it holds, in service or blocked; empty for a server without lots.

    Raises
    ------
    InputError
        When the phase is none of these, or the time is negative or not finite.
    """

    station: str
    phase: DownPhase = "in_repair"
    since_s: float = 0.0
    lot_id: str = ""

    def __post_init__(self) -> None:
        _check(f"server of {self.station}", self.phase, get_args(DownPhase), self.since_s)


WorkInProcess = Sequence[LotInProcess | ServerDown]
