"""Values of a TOML file: taken as they are, or refused in one short line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from twin.checked_table import CheckedTable

LEAVES = st.one_of(
    st.integers(), st.floats(), st.booleans(), st.text(max_size=5), st.just(10**400),
    st.just(-(10**400)), st.datetimes(),
)  # fmt: skip
VALUES = st.one_of(LEAVES, st.lists(LEAVES, max_size=2), st.dictionaries(st.text(), LEAVES))


@pytest.mark.parametrize("value", [10**400, -(10**400), float("inf"), float("nan")])
def test_a_number_is_finite_however_it_is_written(value: float) -> None:
    with pytest.raises(InputError, match="a must be finite") as error:
        CheckedTable({"a": value}, "f.toml").number("a", low=-1e300)
    assert len(str(error.value)) < 200


@given(value=VALUES)
@pytest.mark.parametrize("kind", ["number", "integer", "text", "table", "tables"])
def test_any_value_is_taken_or_refused_in_one_line(kind: str, value: Any) -> None:
    read = getattr(CheckedTable({"a": value}, "f.toml"), kind)
    try:
        read("a")
    except InputError as error:
        said = str(error)
    else:
        said = "f.toml: taken"
    assert said.startswith("f.toml: ")
    assert len(said.splitlines()) == 1


@given(value=VALUES)
def test_what_nobody_asked_for_is_refused(value: Any) -> None:
    table = CheckedTable({"speed": value}, "f.toml")
    table.has("sped")
    with pytest.raises(InputError, match=r"unknown key 'speed' \(did you mean 'sped'\?\)"):
        table.finish()
