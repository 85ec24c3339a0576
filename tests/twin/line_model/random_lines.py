"""Lines drawn at random by hypothesis, with every feature that a line can have."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from twin.distributions import Deterministic, Exponential, Lognormal, Uniform
from twin.line import (
    Arrivals,
    Calendar,
    Failure,
    LineModel,
    Operators,
    People,
    Rework,
    StationModel,
)

__all__ = ["ARRIVALS", "DURATIONS", "lines", "stations"]

PEOPLE = (People("crew", 1), People("shift", 2))
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
OPTIONS: dict[str, st.SearchStrategy[Any]] = {
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
ARRIVALS = st.one_of(
    st.just(Arrivals("saturated")),
    DURATIONS.filter(lambda gap: gap.mean_s > 1).map(lambda gap: Arrivals("renewal", gap)),
    st.integers(3, 8).map(lambda wip: Arrivals("conwip", wip=wip)),
    st.integers(1, 20).map(lambda lots: Arrivals("all_at_start", lots=lots)),
    st.lists(st.integers(0, 300), max_size=30).map(
        lambda times: Arrivals("schedule", times_s=tuple(map(float, sorted(times))))
    ),
)


@st.composite
def stations(draw: Any, name: str, back: tuple[str, ...]) -> StationModel:
    """A station that may send lots back to those of `back` without locking itself."""
    chosen = draw(st.fixed_dictionaries({"service_s": DURATIONS}, optional=OPTIONS))
    if back and "buffer" not in chosen and draw(st.integers(0, 3)) == 0:
        chosen["rework"] = Rework(0.3, draw(st.sampled_from(back)))
    return StationModel(name=name, **chosen)


@st.composite
def lines(draw: Any, most: int = 4) -> LineModel:
    """A line of up to `most` stations and, now and then, a laboratory behind them."""
    made: list[StationModel] = []
    for place in range(draw(st.integers(1, most))):
        unlimited = tuple(one.name for one in made if one.buffer is None)
        made.append(draw(stations(f"s{place}", (*unlimited, f"s{place}"))))
    if draw(st.booleans()):
        tested = {"sample_every": draw(st.integers(1, 4)), "first_sample": draw(st.integers(1, 3))}
        made.append(StationModel("lab", draw(DURATIONS), servers=2, **tested))
    strips = draw(st.sampled_from([1, 1, 3]))
    return LineModel("random", draw(ARRIVALS), tuple(made), PEOPLE, strips_per_roll=strips)
