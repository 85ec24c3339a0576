"""Measurements that a source delivers ready made: the same unit and plausibility for them too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from process_models.errors import InputError
from twin.live.sourcing.outcome import Outcome, SetAside
from twin.measurement import Measurement
from twin.store.rows import PlannedUnit
from twin.store.units import convert

__all__ = ["ready"]

Find = Callable[[str, str], PlannedUnit | None]


def ready(made: Measurement, find: Find) -> Outcome:
    """`made` in its planned unit, or set aside where it is not plausible."""
    planned = find(made.characteristic, made.station)
    if planned is None:
        return made
    value = made.value if made.unit == planned.unit else None
    try:
        value = convert(made.value, made.unit, planned.unit) if value is None else value
    except InputError as error:
        return _unready(made, "unit", str(error).split(", got")[0], made.unit)
    low, high = planned.plausible
    if not low <= value <= high:
        rule = f"must be plausible, {low:g} to {high:g} {planned.unit}"
        return _unready(made, "value", rule, repr(made.value))
    return made if made.unit == planned.unit else replace(made, value=value, unit=planned.unit)


def _unready(made: Measurement, column: str, rule: str, value: str) -> SetAside:
    names = (
        "lot_id", "station", "characteristic", "unit", "subgroup", "source", "operator", "gauge",
        "quality", "censoring",
    )  # fmt: skip
    record = {name: getattr(made, name) for name in names}
    numbers = {name: str(getattr(made, name)) for name in ("value", "position", "sequence")}
    record |= {**numbers, "measured_at": made.measured_at.isoformat()}
    return SetAside(f"{made.station}/{made.characteristic}", "measurements", column, rule, value,
                    record)  # fmt: skip
