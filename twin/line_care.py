"""What a station needs besides its work: set-ups, maintenance, and care of its condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from process_models.errors import InputError
from twin.distributions import Deterministic, Distribution

__all__ = ["Alarm", "Change", "Condition", "Maintenance", "Setup"]

_NONE = Deterministic(0.0)


@dataclass(frozen=True)
class Change:
    """Set-up of a server from one recipe to another, both by name."""

    before: str
    after: str
    duration_s: Distribution


@dataclass(frozen=True)
class Setup:
    """Set-ups of a server between lots of different recipes; between equal ones there is none.

    Examples
    --------
    >>> setup = Setup(Deterministic(60), (Change("A", "B", Deterministic(300)),))
    >>> [setup.between(*pair).mean_s for pair in (("A", "B"), ("B", "A"), ("A", "A"))]
    [300.0, 60.0, 0.0]
    """

    default_s: Distribution = _NONE
    changes: tuple[Change, ...] = ()

    def between(self, before: str, after: str) -> Distribution:
        """How long it takes from recipe `before` to recipe `after`."""
        if before == after:
            return _NONE
        for change in self.changes:
            if (change.before, change.after) == (before, after):
                return change.duration_s
        return self.default_s


@dataclass(frozen=True)
class Maintenance:
    """Work on each server by itself, when it is empty; exactly one of the triggers is given.

    Attributes
    ----------
    every_lots : int or None
        Due when so many lots have finished on the server since it was last done.
    every_work_s : float or None
        Due when so much processing has finished since.
    every_s, first_s : float or None
        Due by the clock at `first_s` (default `every_s`) and every `every_s` after it.
    above : float or None
        Due when the condition of the server has come to this.
    restores : bool
        Whether it sets the condition of the server back to its start.
    crew : str or None
        Needs one of these people.
    """

    name: str
    duration_s: Distribution
    every_lots: int | None = None
    every_work_s: float | None = None
    every_s: float | None = None
    first_s: float | None = None
    above: float | None = None
    restores: bool = True
    crew: str | None = None

    def __post_init__(self) -> None:
        triggers = ("every_lots", "every_work_s", "every_s", "above")
        given = [name for name in triggers if getattr(self, name) is not None]
        if len(given) != 1:
            raise InputError(
                f"maintenance {self.name!r} needs exactly one of {', '.join(triggers)},"
                f" got {' and '.join(given) or 'none'}"
            )
        value = getattr(self, given[0])
        if given[0] != "above" and not value > 0:
            raise InputError(f"maintenance {self.name!r}: {given[0]} must be above 0, got {value}")
        if self.every_s is not None and self.duration_s.mean_s >= self.every_s:
            raise InputError(
                f"maintenance {self.name!r}: every_s must be longer than it takes on average"
                f" ({self.duration_s.mean_s:g}), got {self.every_s:g}"
            )
        if not self.duration_s.mean_s > 0:
            raise InputError(f"maintenance {self.name!r}: duration_s must not always be 0, got 0")
        if self.above is not None and not self.restores:
            raise InputError(f"maintenance {self.name!r}: above needs restores = true, got false")


@dataclass(frozen=True)
class Condition:
    """Wear or drift of each server by itself: up with every lot, and with the hours.

    Attributes
    ----------
    name : str
        What it is, with its unit, such as roll_gap_shift_um.
    per_lot : Distribution
        Added by every lot that finishes.
    per_h : float
        Added an hour of the clock.
    start : float
        At the beginning, and again when it is restored.
    """

    name: str
    per_lot: Distribution
    per_h: float = 0.0
    start: float = 0.0


@dataclass(frozen=True)
class Alarm:
    """A control chart on the measured condition of a server, which it stops and retunes.

    The measured value is the condition, `gauge_bias` and a normal error of `gauge_sd`.

    Attributes
    ----------
    centre, sigma : float
        Known parameters of the chart.
    nsigma, lam, width, k, h : float
        Limits of a Shewhart chart; weight and limits of an EWMA (exact limits); reference value
        and decision interval of a CUSUM.
    stop_s : Distribution
        How long the server stops, when it is empty; its condition is back at the start then.
    crew : str or None
        Needs one of these people.
    """

    chart: Literal["shewhart", "ewma", "cusum"]
    stop_s: Distribution
    centre: float = 0.0
    sigma: float = 1.0
    nsigma: float = 3.0
    lam: float = 0.2
    width: float = 3.0
    k: float = 0.5
    h: float = 5.0
    gauge_bias: float = 0.0
    gauge_sd: float = 0.0
    crew: str | None = None

    def __post_init__(self) -> None:
        for name in ("sigma", "nsigma", "width", "h"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} must be above 0, got {getattr(self, name)!r}")
        if not 0 < self.lam <= 1:
            raise InputError(f"lambda must be above 0 and at most 1, got {self.lam!r}")
        for name in ("k", "gauge_sd"):
            if not getattr(self, name) >= 0:
                raise InputError(f"{name} must be at least 0, got {getattr(self, name)!r}")
