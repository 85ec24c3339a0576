"""The cell tests that are kept, and which of them is looked at."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards.formatting import number, plain
from twin.cells.calls import CellTest

__all__ = ["STATES", "choose_cell", "sentence"]

STATES = {
    "rule": "waits for an engineer",
    "confirmed": "confirmed",
    "overruled": "overruled",
    "withdrawn": "withdrawn",
}


def sentence(tests: Sequence[CellTest]) -> str:
    """How many tests there are, and how many calls wait for somebody."""
    if not tests:
        return "No cell test has been taken in yet: take in the file of a cycler below."
    waiting = sum(test.state == "rule" for test in tests)
    evidence = sum(test.state in ("confirmed", "overruled") for test in tests)
    return (
        f"**{len(tests)}** cell tests are kept; **{waiting}** wait for an engineer's call, "
        f"**{evidence}** have been called and are evidence for the quality model."
    )


def choose_cell(tests: Sequence[CellTest]) -> CellTest | None:
    """The test to look at; the address holds it."""
    if not tests:
        return None
    by_number = {test.number: test for test in tests}
    asked = st.query_params.get("cell", "")
    numbers = list(by_number)
    known = int(asked) if asked.isdecimal() and int(asked) in by_number else numbers[0]
    chosen = st.selectbox(
        "Cell test", numbers, index=numbers.index(known),
        format_func=lambda number: _name(by_number[number]),
    )  # fmt: skip
    st.query_params["cell"] = str(chosen)
    return by_number[int(chosen)]


def _name(test: CellTest) -> str:
    label = test.label
    if test.test == "ccd":
        failed, survived = label.ccd_failed_at_ma_cm2, label.ccd_last_survived_ma_cm2
        result = (
            f"failed at {number(failed)} mA/cm²"
            if failed is not None
            else f"survived {number(survived)} mA/cm²"
        )
    else:
        result = f"{'' if label.short else 'beyond '}{number(label.life_h, 4)} h"
    return f"{test.number}: {plain(test.sample)}, {test.test}, {result}, {STATES[test.state]}"
