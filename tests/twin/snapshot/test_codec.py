"""Values as JSON and back: every kind of value that a line holds, and what is none."""

from __future__ import annotations

import json
import math
from collections import deque
from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from twin.line_model.crew import Crew
from twin.records import StationEvent
from twin.simulation import LotInProcess, ServerDown
from twin.snapshot.codec import decoded, encoded

CREW = Crew("fitters", 2)
PENDING = simpy.Event(simpy.Environment())


class Place:
    """One part, one pending event."""

    def of(self, part: object) -> str | None:
        return "people fitters" if part is CREW else None

    def order(self, event: simpy.Event) -> str:
        return "7" if event is PENDING else "over"

    def at(self, address: str) -> Any:
        return {"people fitters": CREW}[address]

    def event(self, order: str) -> simpy.Event:
        return {"7": PENDING}[order]


def there_and_back(value: Any) -> Any:
    return decoded(json.loads(json.dumps(encoded(value, Place()), allow_nan=False)), Place())


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.builds(StationEvent, st.floats(0, 1e9), st.text(), st.integers(0, 9))
    | st.builds(LotInProcess, st.text(), st.text(), since_s=st.floats(0, 1e9)),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.lists(inner).map(deque)
        | st.dictionaries(st.text() | st.integers() | st.tuples(st.text(), st.integers()), inner)
    ),
    max_leaves=12,
)


@given(value=PLAIN)
def test_every_plain_value_comes_back_as_it_was(value: Any) -> None:
    again = there_and_back(value)
    assert again == value
    assert repr(again) == repr(value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, 2**127 + 1, -(2**64), -0.0, 5e-324])
def test_numbers_that_json_has_not(value: float) -> None:
    again = there_and_back(value)
    assert repr(again) == repr(value)
    assert type(again) is type(value)


def test_a_nan_stays_one() -> None:
    assert math.isnan(there_and_back(math.nan))


def test_numbers_of_numpy_become_plain() -> None:
    assert encoded([np.float64(0.1), np.int64(3), np.float64(np.inf)], Place()) == [
        0.1, 3, "@float inf",
    ]  # fmt: skip


def test_how_values_look() -> None:
    crowd = {"who": (CREW, CREW.at_work), "timer": PENDING, "word": "@home", "some": {1}}
    assert encoded(crowd, Place()) == {
        "who": {"@tuple": ["@part people fitters", "@call people fitters.at_work"]},
        "timer": "@event 7",
        "word": "@text @home",
        "some": {"@set": [1]},
    }


def test_parts_methods_and_events_are_those_of_the_line() -> None:
    part, method, event = there_and_back([CREW, CREW.give_back, PENDING])
    assert part is CREW
    assert method == CREW.give_back
    assert event is PENDING


def test_records_come_back_checked() -> None:
    down = ServerDown("a", "down", 3)
    assert there_and_back([down]) == [down]
    with pytest.raises(ValueError, match="since_s must be at least 0"):
        decoded({"@ServerDown": {"station": "a", "since_s": -1}}, Place())


def test_a_generator_goes_on_with_its_next_number() -> None:
    generator = np.random.default_rng(5)
    generator.integers(0, 9, 3, dtype=np.int32)  # leaves half a number behind
    again = there_and_back(generator)
    assert again.integers(0, 2**31, 5, dtype=np.int32).tolist() == (
        generator.integers(0, 2**31, 5, dtype=np.int32).tolist()
    )
    assert again.normal(size=9).tolist() == generator.normal(size=9).tolist()


@pytest.mark.parametrize(
    "value",
    [
        iter(()),
        object(),
        lambda: None,
        simpy.Timeout(simpy.Environment(), 1),
        b"x",
        Crew("x", 1).ask,
    ],
)
def test_what_cannot_be_kept_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        encoded({"a": [value]}, Place())


@pytest.mark.parametrize(
    "value",
    [
        "@",
        "@nonsense 1",
        "@float many",
        "@int 1.5",
        "@part nobody",
        "@event 8",
        "@call people fitters.dance",
        "@call people fitters.free",
        {"@nonsense": []},
        {"@tuple": 5},
        {"@dict": [[1, 2, 3]]},
        {"@StationEvent": {"time": 1}},
        {"@generator": {"bit_generator": "MT19937"}},
        {"@generator": {"bit_generator": "PCG64", "state": 5}},
    ],
)
def test_what_is_no_value_is_an_error_of_the_expected_kinds(value: Any) -> None:
    with pytest.raises((ArithmeticError, AttributeError, LookupError, TypeError, ValueError)):
        decoded(value, Place())
