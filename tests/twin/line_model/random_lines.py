"""Lines drawn at random by hypothesis, with every feature that a line can have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from twin.distributions import Deterministic, Exponential, Lognormal, Uniform
from twin.line import (
    Alarm,
    Arrivals,
    Calendar,
    Change,
    Condition,
    Failure,
    Group,
    Hold,
    LineModel,
    Maintenance,
    MaxWait,
    Mix,
    Operators,
    People,
    Rework,
    Setup,
    StationModel,
)
from twin.recipe import Recipe

__all__ = ["ARRIVALS", "DURATIONS", "lines", "plain_lines"]

WHOLE = st.integers(1, 12).map(float)
DURATIONS = st.one_of(
    WHOLE.map(Deterministic),
    WHOLE.map(Exponential),
    WHOLE.map(lambda top: Uniform(0, top)),
    WHOLE.map(lambda mean: Lognormal(mean, 0.5)),
)
FAILURES = st.builds(
    Failure,
    st.sampled_from(["time", "operation"]),
    WHOLE.map(lambda t: Exponential(8 * t)),
    DURATIONS,
)
WINDOWS = st.lists(
    st.tuples(st.integers(0, 300), st.integers(1, 40)).map(lambda w: (w[0], w[0] + w[1])),
    max_size=4,
).map(tuple)
CALENDARS = st.builds(Calendar, WHOLE.map(lambda t: 5 * t), WHOLE, st.integers(-30, 30))
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "servers": st.integers(1, 3),
    "buffer": st.integers(0, 3),
    "batch": st.integers(1, 3),
    "transfer_s": st.sampled_from([0, 0.3, 2, 5]),
    "scrap_probability": st.just(0.2),
    "failure": FAILURES,
    "repair_crew": st.just("crew"),
    "operators": st.integers(1, 2).map(lambda needed: Operators("shift", needed)),
    "down_windows_s": WINDOWS,
    "calendar": CALENDARS,
}

RECIPES = (
    Recipe(name="A"),
    Recipe(name="B", sublimation_time_s=47),
    Recipe(name="C", process="drac"),
)
MIXES = st.one_of(
    st.lists(st.integers(0, 2), min_size=1, max_size=5).map(
        lambda order: Mix(RECIPES, order=tuple(order))
    ),
    st.just(Mix(RECIPES, shares=(0.5, 0.3, 0.2))),
)
CHANGES = st.builds(Change, st.just("A"), st.just("B"), DURATIONS)
SETUPS = st.builds(Setup, DURATIONS, CHANGES.map(lambda one: (one,)))
CREWS = st.sampled_from([None, "crew", "fitters"])
SHORT = st.integers(1, 6).map(float).map(Deterministic)
TRIGGERS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"every_lots": st.integers(1, 6)}),
    st.fixed_dictionaries({"every_work_s": WHOLE.map(lambda t: 4 * t)}),
    st.fixed_dictionaries(
        {"every_s": st.integers(20, 90).map(float)}, optional={"first_s": st.integers(0, 60)}
    ),
    st.fixed_dictionaries({"above": st.integers(2, 8).map(float)}),
)


@st.composite
def maintenances(draw: Any) -> tuple[Maintenance, ...]:
    """Up to three kinds of maintenance of one station."""
    triggers = draw(st.lists(TRIGGERS, min_size=1, max_size=3))
    return tuple(
        Maintenance(f"care {place}", draw(SHORT), crew=draw(CREWS), **trigger)
        for place, trigger in enumerate(triggers)
    )


CONDITIONS = st.builds(Condition, st.just("shift_um"), DURATIONS, st.sampled_from([0.0, 30.0]))
ALARMS = st.builds(
    Alarm,
    st.sampled_from(["shewhart", "ewma", "cusum"]),
    SHORT,
    sigma=st.sampled_from([1.0, 8.0]),
    gauge_sd=st.sampled_from([0.0, 2.0]),
    crew=CREWS,
)
HOLDS = st.builds(Hold, st.sampled_from([0.3, 1.0]), DURATIONS)
WAITS = st.builds(
    MaxWait,
    st.integers(1, 30).map(float),
    st.sampled_from(["scrap", "flag"]),
    since=st.sampled_from(["arrival", "finish"]),
)
FEATURES: dict[str, st.SearchStrategy[Any]] = {
    "setup": SETUPS,
    "maintenance": maintenances(),
    "condition": CONDITIONS,
    "hold": HOLDS,
    "max_wait": WAITS,
    "batch_timeout_s": st.integers(1, 40).map(float),
    "exposure_s": st.just(40.0),
    "skipped_by": st.just(("drac",)),
}
ARRIVALS = st.one_of(
    st.just(Arrivals("saturated")),
    DURATIONS.filter(lambda gap: gap.mean_s > 1).map(lambda gap: Arrivals("renewal", gap)),
    st.integers(3, 8).map(lambda wip: Arrivals("conwip", wip=wip)),
    st.integers(1, 20).map(lambda lots: Arrivals("all_at_start", lots=lots)),
    st.lists(st.integers(0, 300), max_size=30).map(
        lambda times: Arrivals("schedule", times_s=tuple(map(float, sorted(times))))
    ),
)
GROUPS = (
    Group(1, ("press",), Calendar(30, 15, 4)),
    Group(1, ("press", "wind"), Calendar(50, 9, -7)),
    Group(1),
)
SHIFTS = st.sampled_from([People("shift", 2), People("shift", 3, GROUPS)])


@st.composite
def _stations(
    draw: Any, place: int, back: tuple[str, ...], more: dict[str, Any], skills: bool
) -> StationModel:
    """A station that may send lots back to those of `back` without locking itself."""
    chosen = draw(st.fixed_dictionaries({"service_s": DURATIONS}, optional=PLAIN | more))
    name = f"s{place}"
    if place == 0:
        chosen.pop("skipped_by", None)
    if back and "buffer" not in chosen and draw(st.integers(0, 3)) == 0:
        chosen["rework"] = Rework(0.3, draw(st.sampled_from((*back, name))))
    if back and "max_wait" in chosen and draw(st.booleans()):
        chosen["max_wait"] = replace(
            chosen["max_wait"], action="rework", to=draw(st.sampled_from(back))
        )
    if "condition" in chosen and draw(st.booleans()):
        chosen["alarm"] = draw(ALARMS)
    if "condition" not in chosen and "maintenance" in chosen:
        chosen["maintenance"] = tuple(one for one in chosen["maintenance"] if one.above is None)
    if skills and "operators" in chosen and draw(st.booleans()):
        chosen["operators"] = Operators("shift", 1, draw(st.sampled_from(["press", "wind"])))
    return StationModel(name=name, **chosen)


@st.composite
def _lines(draw: Any, most: int, more: dict[str, Any]) -> LineModel:
    shift = draw(SHIFTS) if more else People("shift", 2)
    people = (People("crew", 1), People("fitters", 1), shift)
    made: list[StationModel] = []
    for place in range(draw(st.integers(1, most))):
        unlimited = tuple(one.name for one in made if one.buffer is None and not one.skipped_by)
        made.append(draw(_stations(place, unlimited, more, bool(people[-1].groups))))
    if draw(st.booleans()):
        tested = {"sample_every": draw(st.integers(1, 4)), "first_sample": draw(st.integers(1, 3))}
        made.append(StationModel("lab", draw(DURATIONS), servers=2, **tested))
    mix = draw(st.one_of(st.none(), MIXES)) if more else None
    if mix is None:
        made = [replace(one, setup=None) for one in made]
    strips = draw(st.sampled_from([1, 1, 3]))
    return LineModel("random", draw(ARRIVALS), tuple(made), people, 1, strips, mix)


def lines(most: int = 4) -> st.SearchStrategy[LineModel]:
    """Lines of up to `most` stations and, now and then, a laboratory, with all features."""
    return _lines(most, FEATURES)


def plain_lines(most: int = 4) -> st.SearchStrategy[LineModel]:
    """The same without recipes, maintenance, conditions, holds, waiting limits and skills."""
    return _lines(most, {})
