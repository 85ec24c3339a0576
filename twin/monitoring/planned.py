"""The control plan: what is watched, how, and what to do when it signals.

Specification limits stand here beside the chart's settings, never inside a chart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from process_models.errors import InputError
from twin.monitoring.alerting_plan import AlertingPlan, Sampling

__all__ = ["SEVERITIES", "Cause", "ControlPlan", "PlannedCharacteristic"]

SEVERITIES = ("info", "minor", "major", "critical")
_NEEDS_SUBGROUPS = ("xbar_r", "xbar_s", "xbar", "r", "s", "i_mr_rs")
DIRECTIONS = ("high", "low", "either")


@dataclass(frozen=True, slots=True)
class PlannedCharacteristic:
    """One watched characteristic at one station.

    Attributes
    ----------
    lsl, usl, target : float or None
        Specification in `unit`; either side may be absent.
    plausible : (float, float)
        A reading beyond it is a fault of the measurement and is quarantined.
    chart : str
        Kind of `process_models.spc`.
    subgroup : int
        Readings in a subgroup; 1 for individuals.
    phase1 : int
        Points (subgroups) that give the limits.
    rules : mapping of str to str
        Run rule to severity.
    chart_options : mapping of str to float
        Further options of the chart (`lam`, `width`, `k`, `h`, `nsigma`).
    sigma : str
        `within`: from ranges, as the chart does; `overall`: the standard deviation of Phase I, for
        data that wander slowly by nature, where ranges would make every wave a signal.
    silent_after_s : float or None
        Without a reading for this long while the line measures: alert `no_data`.
    sampling : Sampling or None
        How often it is measured; too few samples: alert `missing_samples`.
    stuck_after : int or None
        So many identical readings are a stuck sensor; None: as many as chance does not give.
    resolution : float or None
        Step of the gauge in `unit`; None: the smallest step seen.
    gauge_range : (float, float) or None
        What the gauge can show; readings at its ends are saturated. None: `plausible`.
    reaction_plans : mapping of str to str
        Run rule to a reaction plan of its own, in place of `reaction_plan`.
    causes : tuple of str
        Suspected causes, the likeliest first.
    """

    name: str
    station: str
    unit: str
    lsl: float | None = None
    usl: float | None = None
    target: float | None = None
    plausible: tuple[float, float] = (-math.inf, math.inf)
    chart: str = "i_mr"
    subgroup: int = 1
    phase1: int = 100
    rules: Mapping[str, str] = field(default_factory=dict)
    chart_options: Mapping[str, float] = field(default_factory=dict)
    sigma: str = "within"
    specification_severity: str = "major"
    silent_after_s: float | None = None
    sampling: Sampling | None = None
    stuck_after: int | None = None
    resolution: float | None = None
    gauge_range: tuple[float, float] | None = None
    reaction_plan: str = ""
    reaction_plans: Mapping[str, str] = field(default_factory=dict)
    causes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"control plan, {self.name} at {self.station}"
        if self.lsl is not None and self.usl is not None and not self.lsl < self.usl:
            raise InputError(f"{where}: lsl must be below usl, got {self.lsl} and {self.usl}")
        if not self.plausible[0] < self.plausible[1]:
            raise InputError(f"{where}: plausible must be [low, high], got {list(self.plausible)}")
        if self.subgroup < 1 or self.phase1 < 2:
            raise InputError(
                f"{where}: subgroup must be at least 1 and phase1 at least 2, "
                f"got {self.subgroup} and {self.phase1}"
            )
        if self.chart in _NEEDS_SUBGROUPS and self.subgroup < 2:
            raise InputError(
                f"{where}: chart {self.chart} needs subgroup of at least 2, got {self.subgroup}"
            )
        self._check_gauge(where)
        if self.sigma not in ("within", "overall"):
            raise InputError(f"{where}: sigma must be within or overall, got {self.sigma!r}")
        for severity in (*self.rules.values(), self.specification_severity):
            if severity not in SEVERITIES:
                raise InputError(
                    f"{where}: severity must be one of {', '.join(SEVERITIES)}, got {severity!r}"
                )

    def _check_gauge(self, where: str) -> None:
        if self.stuck_after is not None and self.stuck_after < 2:
            raise InputError(f"{where}: stuck_after must be at least 2, got {self.stuck_after}")
        if self.resolution is not None and not 0 < self.resolution < math.inf:
            raise InputError(f"{where}: resolution must be above 0, got {self.resolution}")
        if self.gauge_range is not None and not self.gauge_range[0] < self.gauge_range[1]:
            raise InputError(
                f"{where}: gauge_range must be [low, high], got {list(self.gauge_range)}"
            )

    def reaction_to(self, rule: str) -> str:
        """What to do when `rule` signals."""
        return self.reaction_plans.get(rule, self.reaction_plan)

    def conforms(self, value: float) -> bool:
        """Whether `value` lies inside the specification, its limits included."""
        above = self.lsl is None or value >= self.lsl
        return above and (self.usl is None or value <= self.usl)

    def is_plausible(self, value: float) -> bool:
        """Whether a sound measurement can read `value`."""
        return self.plausible[0] <= value <= self.plausible[1]


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of the catalogue.

    Attributes
    ----------
    effects : mapping of str to (str, float)
        Characteristic to the direction in which it signals (`high`, `low`, `either`) and the
        probability that it does when this cause is at work.
    """

    name: str
    text: str = ""
    effects: Mapping[str, tuple[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for characteristic, (direction, probability) in self.effects.items():
            if direction not in DIRECTIONS or not 0 < probability < 1:
                raise InputError(
                    f"control plan, cause {self.name}: effect on {characteristic} must be "
                    f"[high|low|either, 0 < p < 1], got [{direction!r}, {probability}]"
                )


@dataclass(frozen=True, slots=True)
class ControlPlan:
    """The characteristics and causes of one site.

    Attributes
    ----------
    late_after_s : float
        A measurement this far behind the newest of its series is late.
    rearm_points : int
        So many points in control end a run of signals; the next signal is a new alert.
    conforming_share : float
        Least yield of a lot that counts as conforming, 0 to 1.
    reason_required : frozenset of str
        Changes of an alert that need a reason.
    alerting : AlertingPlan
        How people are told.
    """

    name: str
    characteristics: tuple[PlannedCharacteristic, ...]
    causes: tuple[Cause, ...] = ()
    late_after_s: float = 3600.0
    rearm_points: int = 25
    conforming_share: float = 0.9
    reason_required: frozenset[str] = frozenset({"shelve"})
    alerting: AlertingPlan = field(default_factory=AlertingPlan)

    def __post_init__(self) -> None:
        seen: set[tuple[str, str]] = set()
        known = {cause.name for cause in self.causes}
        for planned in self.characteristics:
            if (planned.name, planned.station) in seen:
                raise InputError(f"control plan: {planned.name} at {planned.station} stands twice")
            seen.add((planned.name, planned.station))
            unknown = set(planned.causes) - known
            if unknown:
                raise InputError(
                    f"control plan, {planned.name} at {planned.station}: cause must be one of the "
                    f"catalogue ({', '.join(sorted(known))}), got {sorted(unknown)[0]!r}"
                )
        if not 0 <= self.conforming_share <= 1:
            raise InputError(
                f"control plan: conforming_share must be 0 to 1, got {self.conforming_share}"
            )
        if self.rearm_points < 1 or self.late_after_s < 0:
            raise InputError(
                "control plan: rearm_points must be at least 1 and late_after_s at least 0, "
                f"got {self.rearm_points} and {self.late_after_s}"
            )

    def find(self, characteristic: str, station: str | None = None) -> PlannedCharacteristic | None:
        """The planned characteristic of that name (first station when none is given), or None."""
        for planned in self.characteristics:
            if planned.name == characteristic and station in (None, planned.station):
                return planned
        return None

    def unit_of(self, characteristic: str) -> str | None:
        """The characteristic's own unit, or None when the plan does not know it."""
        planned = self.find(characteristic)
        return None if planned is None else planned.unit

    def cause_names(self) -> tuple[str, ...]:
        """Names of the cause catalogue, in its order."""
        return tuple(cause.name for cause in self.causes)
