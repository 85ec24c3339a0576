"""Which line it is: the same however it was written, another one by anything that counts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from tests.twin.line_model.random_lines import lines
from twin.distributions import Deterministic, Empirical
from twin.line import Arrivals, LineModel, StationModel
from twin.snapshot.identity import difference, digest, plain_line

LONG = tuple(float(n) / 8 for n in range(500))


def line_with(**options: Any) -> LineModel:
    return LineModel("one", Arrivals("saturated"), (StationModel("a", **options),))


@settings(max_examples=50)
@given(line=lines(), other=lines())
def test_lines_are_the_same_when_their_plain_form_is(line: LineModel, other: LineModel) -> None:
    first, second = plain_line(line), plain_line(other)
    assert json.loads(json.dumps(first, allow_nan=False)) == first
    assert (difference(first, second) is None) == (first == second) == (line == other)
    assert (digest(first) == digest(second)) == (first == second)


def test_a_key_that_is_written_out_at_its_default_makes_no_other_line() -> None:
    first, second = (
        line_with(service_s=Deterministic(5)),
        line_with(service_s=Deterministic(5.0), buffer=None, servers=1),
    )
    assert plain_line(first) == plain_line(second)


def test_the_name_of_the_only_recipe_makes_no_other_line() -> None:
    line = line_with(service_s=Deterministic(5))
    assert plain_line(replace(line, recipe="LACSS 40 s")) == plain_line(line)


def test_long_columns_are_kept_as_a_hash() -> None:
    line = line_with(service_s=Empirical(LONG))
    other = line_with(service_s=Empirical((*LONG[:-1], 7.0)))
    assert len(json.dumps(plain_line(line))) < 400
    found = difference(plain_line(line), plain_line(other))
    assert found is not None
    assert found.startswith("stations a service_s values sha256 was ")


def test_the_first_difference_is_named_in_words() -> None:
    first = line_with(service_s=Deterministic(5))
    longer = replace(first, stations=(*first.stations, StationModel("b", Deterministic(1))))
    found = difference(plain_line(first), plain_line(longer))
    assert found == "stations were a, are a, b"
    assert difference({"a": True}, {"a": 1}) == "a was true, is 1"
    assert difference({"a": [1]}, {"a": [1, 2]}) == "a were 1, are 1, 2"
    assert difference([1], "x") == 'was [1], is "x"'
