"""A condition that lasts: a sensor or a source that is silent or wrong, a part of the twin that is.

It is an alert while it lasts and ends by itself; signals of charts are next door, in `findings`.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CATEGORIES", "CLEARED_BY_ITSELF", "Condition"]

CATEGORIES = ("process", "data", "system")
CLEARED_BY_ITSELF = ("data", "system")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that is wrong now.

    Attributes
    ----------
    category : str
        `data`: a sensor or a source; `system`: a part of the twin.
    rule : str
        What is wrong, in one word of the catalogue in docs/alerts.md.
    station, characteristic : str
        Where; of the twin itself the station is `twin` and the characteristic names the part.
    since_us : int
        When this occurrence began; the same at every look while it lasts.
    began_us : int or None
        When it probably began, where that is another time.
    known_us, last_us : int
        When it was certain, and the newest moment at which it was so.
    message : str
        One line.
    exact : bool
        Whether `since_us` tells one occurrence from the next; else it is when it was seen first.
    muted_by : str
        Why nobody is told now; empty when somebody is.
    """

    category: str
    rule: str
    severity: str
    station: str
    characteristic: str
    since_us: int
    began_us: int | None = None
    known_us: int
    last_us: int
    message: str
    reaction_plan: str = ""
    chart: str = ""
    value: float | None = None
    unit: str = ""
    muted_by: str = ""
    exact: bool = True

    @property
    def fingerprint(self) -> str:
        """What tells this condition from all others."""
        return "/".join((self.station, self.characteristic, self.chart, "data", self.rule, ""))
