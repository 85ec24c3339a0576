"""What the exact engine refuses, by name, and that it takes the reference line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from twin.distributions import Deterministic, Exponential
from twin.line import (
    Arrivals,
    Failure,
    Hold,
    LineModel,
    MaxWait,
    Operators,
    People,
    Rework,
    StationModel,
)
from twin.recursion import unsupported

TIMED = Failure("time", Exponential(9), Exponential(1))
NOTHING = Arrivals("saturated")


def one(arrivals: Arrivals = NOTHING, people: tuple[People, ...] = (), **options: Any) -> LineModel:
    models = (
        StationModel("a", Deterministic(1)),
        StationModel("b", Deterministic(options.pop("seconds", 2.0)), **options),
    )
    return LineModel("line", arrivals, models, people)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (one(rework=Rework(0.1, "a")), "station 'b': rework"),
        (one(failure=TIMED), "station 'b': failure.clock = time"),
        (one(batch_timeout_s=3.0), "station 'b': batch_timeout_s"),
        (one(hold=Hold(0.1, Exponential(1))), "station 'b': hold"),
        (one(max_wait=MaxWait(3.0)), "station 'b': max_wait"),
        (
            one(people=(People("p", 1),), servers=2, operators=Operators("p")),
            "station 'b': operators.pool 'p' can run out of people",
        ),
        (
            one(Arrivals("conwip", wip=3), servers=2),
            "station 'b': lots may overtake, with arrivals.kind = conwip",
        ),
        (
            one(Arrivals("conwip", wip=3), scrap_probability=0.1),
            "station 'b': lots may overtake, with arrivals.kind = conwip",
        ),
        (one(Arrivals("schedule", times_s=(-1.0,))), "arrivals: a schedule without an arrival"),
    ],
)
def test_the_first_thing_that_cannot_be_expressed(line: LineModel, named: str) -> None:
    assert unsupported(line) == named


def test_batches_must_come_out_full_when_the_number_of_lots_is_known() -> None:
    named = "station 'b': batch, the last of which is incomplete"
    assert unsupported(one(batch=3), lots=10) == named
    assert unsupported(one(batch=3), lots=12) is None
    assert unsupported(one(batch=3), hours=10) is None
    assert unsupported(one(Arrivals("all_at_start", lots=7), batch=3), hours=10) == named
    scrapping = replace(one(batch=3).stations[0], scrap_probability=0.1)
    line = replace(one(batch=3), stations=(scrapping, one(batch=3).stations[1]))
    assert unsupported(line, lots=12) == named


def test_a_pool_that_never_binds_is_no_obstacle() -> None:
    line = one(people=(People("p", 4),), servers=2, operators=Operators("p", needed=2))
    assert unsupported(line) is None


def test_the_reference_line_is_expressed(reference_line: LineModel) -> None:
    assert unsupported(reference_line, hours=168) is None
