"""Reading a control plan from TOML; an error names the entry, the key, the rule and the value."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from process_models.errors import InputError
from twin.monitoring.alerting_plan import alerting_plan, sampling
from twin.monitoring.planned import Cause, ControlPlan, PlannedCharacteristic
from twin.settings import Settings, data_folder

__all__ = [
    "Cause",
    "ControlPlan",
    "PlannedCharacteristic",
    "read_plan",
    "reference_plan",
    "site_plan",
]

_NUMBERS = ("lsl", "usl", "target", "silent_after_s", "resolution")
_TEXTS = (
    "name", "station", "unit", "chart", "reaction_plan", "specification_severity", "sigma",
)  # fmt: skip
_WHOLE = ("subgroup", "phase1", "stuck_after")
_PAIRS = ("plausible", "gauge_range")
_HEAD_KEYS = {"name", "late_after_s", "rearm_points", "conforming_share", "reason_required"}
_KEYS = {
    *_NUMBERS, *_TEXTS, *_WHOLE, *_PAIRS, "rules", "causes", "chart_options", "sampling",
    "reaction_plans",
}  # fmt: skip
_PARTS = {"plan", "characteristic", "cause", "alerting", "escalation", "servers"}


def reference_plan() -> ControlPlan:
    """The control plan that comes with the product."""
    return read_plan(data_folder() / "control_plan.toml")


def site_plan(settings: Settings | None = None) -> ControlPlan:
    """`control_plan.toml` of `LACSS_HOME` when there is one, else the reference plan."""
    home = (settings or Settings.from_environment()).home
    own = home / "control_plan.toml"
    return read_plan(own) if own.is_file() else reference_plan()


def read_plan(path: Path) -> ControlPlan:
    """Read and validate the control plan at `path`.

    Raises
    ------
    InputError
        One line that names the file, the entry, the rule and the value.
    """
    try:
        with path.open("rb") as file:
            document = tomllib.load(file)
    except OSError as error:
        raise InputError(f"{path}: control plan cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: control plan is not TOML: {error}") from error
    try:
        return _plan(document)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _plan(document: Mapping[str, Any]) -> ControlPlan:
    _known("control plan", document, _PARTS)
    head = document.get("plan", {})
    _known("[plan]", head, _HEAD_KEYS)
    entries = document.get("characteristic", [])
    if not isinstance(entries, list) or not entries:
        raise InputError("control plan needs at least one [[characteristic]]")
    return ControlPlan(
        name=str(head.get("name", "control plan")),
        characteristics=tuple(_characteristic(i, e) for i, e in enumerate(entries, start=1)),
        causes=tuple(_cause(entry) for entry in document.get("cause", [])),
        late_after_s=_number("[plan]", "late_after_s", head.get("late_after_s", 3600.0)),
        rearm_points=_whole("[plan]", "rearm_points", head.get("rearm_points", 25)),
        conforming_share=_number("[plan]", "conforming_share", head.get("conforming_share", 0.9)),
        reason_required=frozenset(head.get("reason_required", ("shelve",))),
        alerting=alerting_plan(document),
    )


def _characteristic(number: int, entry: Mapping[str, Any]) -> PlannedCharacteristic:
    where = f"[[characteristic]] {number} ({entry.get('name', 'without name')})"
    _known(where, entry, _KEYS)
    for key in ("name", "station", "unit"):
        if not entry.get(key):
            raise InputError(f"{where}: {key} is missing")
    values: dict[str, Any] = {
        **{key: _text(where, key, entry[key]) for key in _TEXTS if key in entry},
        **{key: _number(where, key, entry[key]) for key in _NUMBERS if key in entry},
        **{key: _whole(where, key, entry[key]) for key in _WHOLE if key in entry},
    }
    values |= {key: _pair(where, key, entry[key]) for key in _PAIRS if key in entry}
    if "sampling" in entry:
        values["sampling"] = sampling(where, entry["sampling"])
    options = _mapping(where, "chart_options", entry.get("chart_options", {}))
    values["chart_options"] = {k: _number(where, k, v) for k, v in options.items()}
    values["rules"] = {
        rule: _text(where, rule, severity)
        for rule, severity in _mapping(where, "rules", entry.get("rules", {})).items()
    }
    values["reaction_plans"] = {
        rule: _text(where, rule, text)
        for rule, text in _mapping(where, "reaction_plans", entry.get("reaction_plans", {})).items()
    }
    values["causes"] = tuple(entry.get("causes", ()))
    return PlannedCharacteristic(**values)


def _pair(where: str, key: str, pair: Any) -> tuple[float, float]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise InputError(f"{where}: {key} must be [low, high], got {pair!r}")
    return _number(where, key, pair[0]), _number(where, key, pair[1])


def _cause(entry: Mapping[str, Any]) -> Cause:
    where = f"[[cause]] {entry.get('name', 'without name')}"
    _known(where, entry, {"name", "text", "effects"})
    if not entry.get("name"):
        raise InputError(f"{where}: name is missing")
    effects = {}
    for characteristic, effect in _mapping(where, "effects", entry.get("effects", {})).items():
        if not isinstance(effect, list) or len(effect) != 2:
            raise InputError(
                f"{where}: effect on {characteristic} must be [direction, probability], "
                f"got {effect!r}"
            )
        effects[characteristic] = (str(effect[0]), _number(where, characteristic, effect[1]))
    return Cause(str(entry["name"]), str(entry.get("text", "")), effects)


def _known(where: str, table: Any, keys: set[str]) -> None:
    for key in _mapping("control plan", where, table):
        if key not in keys:
            known = ", ".join(sorted(keys))
            raise InputError(f"{where}: key {key!r} is unknown, known are {known}")


def _mapping(where: str, key: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"{where}: {key} must be a table, got {value!r}")
    return value


def _text(where: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InputError(f"{where}: {key} must be text, got {value!r}")
    return value


def _number(where: str, key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise InputError(f"{where}: {key} must be a number, got {value!r}")
    return float(value)


def _whole(where: str, key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{where}: {key} must be a whole number, got {value!r}")
    return value
