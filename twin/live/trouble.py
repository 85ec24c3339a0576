"""One trouble on a reference plant: a cause of the catalogue, or a made-up shift that has none.

It is what diagnoses are judged on: the size, the onset and the length are drawn by the seed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from twin.line import LineModel
from twin.live.plant import ReferencePlant
from twin.live.plant_script import PlantScript
from twin.live.wire import Record
from twin.measurement import Measurement
from twin.measuring import CAUSES, CauseSchedule, SpecialCause
from twin.monitoring.alert import Alert
from twin.recipe import Recipe

__all__ = ["TROUBLES", "Trouble", "trouble_of", "troubled_records"]

HOUR_S = 3600.0
NONE = "none_of_these"
TROUBLES = (*CAUSES, NONE, NONE)
"""Taken in turn by the seed."""

_MADE_UP = (
    ("exposure_s",), ("o2_ppm@sublimation",), ("rolling_pressure_mpa",), ("loading_mg_cm2",),
    ("chamber_temperature_c",), ("foil_temperature_c",), ("areal_capacity_mah_cm2",),
    ("h2o_ppm@wind",), ("exposure_s", "rolling_pressure_mpa"),
    ("winding_tension_n", "roll_temperature_c"), ("foil_thickness_um",),
)  # fmt: skip
_SIGN = {"loading_mg_cm2": 1.0, "chamber_temperature_c": -1.0}  # the other way there is a cause


@dataclass(frozen=True)
class Trouble:
    """What goes wrong on one plant and `moved`, as `name` or `name@station`; s from its start.

    The size of a made-up shift is in standard deviations of the calm readings.
    """

    cause: str
    size: float
    start_s: float
    end_s: float
    moved: tuple[str, ...]
    signs: tuple[float, ...] = ()
    ramp: bool = False

    def moves(self, one: Measurement | Alert) -> int | None:
        """Place in `moved` of what this is about."""
        keys = (one.characteristic, f"{one.characteristic}@{one.station}")
        return next((place for place, key in enumerate(self.moved) if key in keys), None)


def trouble_of(seed: int, line: LineModel) -> Trouble:
    """Draw the trouble of one plant: after 34 to 39 h of work, for 4 to 9 h of it."""
    rng, cause = np.random.default_rng((seed, 51)), TROUBLES[seed % len(TROUBLES)]
    start_s, lasting_s = rng.uniform(34, 39) * HOUR_S, rng.uniform(4, 9) * HOUR_S
    clock = SpecialCause(next(iter(CAUSES)), start_s, lasting_s, 1.0)
    if (calendar := line.path[-1].calendar) is not None:
        worked = CauseSchedule((clock,)).in_working_time(calendar.on_s, calendar.off_s)
        clock = worked.causes[0]
    if cause != NONE:
        kind = CAUSES[cause]
        sign = float(rng.choice([-1, 1])) if kind.signed else 1.0
        size = sign * float(rng.uniform(kind.low, kind.high))
        return Trouble(cause, size, clock.start_s, clock.end_s, kind.shows_in)
    moved = _MADE_UP[int(rng.integers(len(_MADE_UP)))]
    signs = tuple(_SIGN.get(name, float(rng.choice([-1, 1]))) for name in moved)
    size, ramp = float(rng.uniform(3, 8)), bool(rng.random() < 0.4)
    return Trouble(cause, size, clock.start_s, clock.end_s, moved, signs, ramp)


def troubled_records(
    seed: int, trouble: Trouble, line: LineModel, started_at: datetime
) -> list[Record]:
    """Records of the plant of this seed with its trouble, up to 2.5 h after its end."""
    causes: tuple[SpecialCause, ...] = ()
    if trouble.cause != NONE:
        lasting_s = trouble.end_s - trouble.start_s
        causes = (SpecialCause(trouble.cause, trouble.start_s, lasting_s, trouble.size),)
    plant = ReferencePlant(
        line, Recipe(name="LACSS 40 s"), seed=seed, started_at=started_at,
        until=started_at + timedelta(seconds=trouble.end_s + 2.5 * HOUR_S),
        script=PlantScript(causes),
    )  # fmt: skip
    made = list(plant.records())
    return made if causes else _shifted(made, trouble, started_at)


def _shifted(made: list[Record], trouble: Trouble, started_at: datetime) -> list[Record]:
    ours = [
        (number, place, one, (one.measured_at - started_at).total_seconds())
        for number, one in enumerate(made)
        if isinstance(one, Measurement) and (place := trouble.moves(one)) is not None
    ]
    calm: dict[int, list[float]] = {}
    for _, place, one, at_s in ours:
        if at_s < 30 * HOUR_S:
            calm.setdefault(place, []).append(one.value)
    by = {key: trouble.size * trouble.signs[key] * np.std(own) for key, own in calm.items()}
    for number, place, one, at_s in ours:
        share = (at_s - trouble.start_s) / (trouble.end_s - trouble.start_s)
        if 0 <= share < 1:
            value = one.value + by[place] * (share if trouble.ramp else 1.0)
            made[number] = replace(one, value=max(0.0, float(value)))
    return made
