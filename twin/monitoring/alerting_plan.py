"""The part of the control plan that says how people are told: escalation, floods, groups, stops."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from process_models.errors import InputError

__all__ = ["AlertingPlan", "EscalationLevel", "Sampling", "alerting_plan", "sampling"]

_WORDS = ("info", "minor", "major", "critical")
_KEYS = {
    "flood_letters", "flood_minutes", "group_within_s", "clock_skew_s", "disk_free_share",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EscalationLevel:
    """Who else is told of an alert that nobody acknowledges, and when.

    Attributes
    ----------
    after_s : mapping of str to float
        Severity to seconds since the alert was raised; severities left out do not escalate.
    endpoints : tuple of str
        Names of `notify.toml`.
    """

    after_s: Mapping[str, float]
    endpoints: tuple[str, ...]

    def __post_init__(self) -> None:
        for severity, seconds in self.after_s.items():
            if severity not in _WORDS or not 0 < seconds < math.inf:
                raise InputError(
                    "control plan, escalation: after_s must give a severity "
                    f"({', '.join(_WORDS)}) seconds above 0, got {severity} = {seconds}"
                )
        if not self.endpoints:
            raise InputError("control plan, escalation: endpoints must name at least one, got none")


@dataclass(frozen=True, slots=True)
class AlertingPlan:
    """How alerts reach people.

    Attributes
    ----------
    escalation : tuple of EscalationLevel
        Level 1 first.
    flood_letters, flood_minutes : int, float
        After so many letters about one station to one endpoint within so many minutes the next
        ones travel together.
    group_within_s : float
        An alert that begins so soon after another and shares station, lot or likely cause with it
        belongs to its group.
    clock_skew_s : float
        Readings that are more than this ahead of the clock are told.
    disk_free_share : float
        Less free space than this share of the disk is told.
    servers : mapping of str to int
        Station to how many machines it has, where more than one; it stands when all do.
    """

    escalation: tuple[EscalationLevel, ...] = ()
    flood_letters: int = 10
    flood_minutes: float = 10.0
    group_within_s: float = 7200.0
    clock_skew_s: float = 120.0
    disk_free_share: float = 0.05
    servers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        for name in ("flood_letters", "flood_minutes", "group_within_s", "clock_skew_s"):
            value = getattr(self, name)
            if not 0 < value < math.inf:
                raise InputError(f"control plan, [alerting]: {name} must be above 0, got {value}")
        if not 0 <= self.disk_free_share < 1:
            raise InputError(
                "control plan, [alerting]: disk_free_share must be 0 to 1, "
                f"got {self.disk_free_share}"
            )
        for station, number in self.servers.items():
            if number < 1:
                raise InputError(
                    f"control plan, [servers]: {station} must have at least 1, got {number}"
                )


@dataclass(frozen=True, slots=True)
class Sampling:
    """How often a characteristic is measured, and when too few samples have come.

    Attributes
    ----------
    interval_s : float
        Between two points of the chart.
    window : int
        So many intervals are looked back.
    least_share : float
        Fewer points than this share of the window: alert `missing_samples`.
    """

    interval_s: float
    window: int = 20
    least_share: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.interval_s < math.inf or self.window < 2 or not 0 < self.least_share <= 1:
            raise InputError(
                "control plan, sampling: interval_s must be above 0, window at least 2, "
                f"least_share in 0 to 1, got {self.interval_s}, {self.window}, {self.least_share}"
            )


def alerting_plan(document: Mapping[str, Any]) -> AlertingPlan:
    """What `[alerting]`, `[[escalation]]` and `[servers]` of a control plan say.

    Raises
    ------
    InputError
        When a key is unknown or a value breaks a rule.
    """
    head = _table("[alerting]", document.get("alerting", {}))
    _known("[alerting]", head, _KEYS)
    values = {key: _number("[alerting]", key, value) for key, value in head.items()}
    if "flood_letters" in values:
        values["flood_letters"] = int(values["flood_letters"])
    levels = document.get("escalation", [])
    if not isinstance(levels, list):
        raise InputError("control plan: [[escalation]] must be an array of tables, one a level")
    servers = _table("[servers]", document.get("servers", {}))
    return AlertingPlan(
        escalation=tuple(_level(i, entry) for i, entry in enumerate(levels, start=1)),
        servers={name: int(_number("[servers]", name, value)) for name, value in servers.items()},
        **values,  # type: ignore[arg-type]
    )


def sampling(where: str, value: Any) -> Sampling:
    """The `sampling` table of one characteristic."""
    entry = _table(f"{where}: sampling", value)
    _known(f"{where}: sampling", entry, {"interval_s", "window", "least_share"})
    numbers = {key: _number(f"{where}: sampling", key, number) for key, number in entry.items()}
    if "interval_s" not in numbers:
        raise InputError(f"{where}: sampling needs interval_s")
    return Sampling(
        numbers["interval_s"], int(numbers.get("window", 20)), numbers.get("least_share", 0.5)
    )


def _level(number: int, entry: Any) -> EscalationLevel:
    where = f"[[escalation]] {number}"
    table = _table(where, entry)
    _known(where, table, {"after_s", "endpoints"})
    after = _table(f"{where}: after_s", table.get("after_s", {}))
    names = table.get("endpoints", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(f"{where}: endpoints must be a list of names, got {names!r}")
    seconds = {key: _number(where, key, value) for key, value in after.items()}
    return EscalationLevel(seconds, tuple(names))


def _table(where: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"{where} must be a table, got {value!r}")
    return value


def _known(where: str, table: Mapping[str, Any], keys: set[str]) -> None:
    for key in table:
        if key not in keys:
            raise InputError(
                f"{where}: key {key!r} is unknown, known are {', '.join(sorted(keys))}"
            )


def _number(where: str, key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise InputError(f"{where}: {key} must be a number, got {value!r}")
    return float(value)
