"""A run that was cut goes on bit for bit as if it had not been: any line, any moment."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.line_model.random_lines import lines
from twin.line import LineModel
from twin.simulation import LineSimulation
from twin.snapshot.identity import difference
from twin.snapshot.state import restored, state_of

END_S = 400.0


def through_json(simulation: LineSimulation) -> LineSimulation:
    return restored(simulation.line, json.loads(json.dumps(state_of(simulation), allow_nan=False)))


def assert_same_records(whole: LineSimulation, pieces: LineSimulation, cut_s: float) -> None:
    """All that was written after the cut is the same."""
    ours, theirs = pieces.records, whole.records
    tail = len(theirs.visit_rows) - len(ours.visit_rows)
    np.testing.assert_array_equal(ours.visit_rows, theirs.visit_rows[tail:])
    tail = len(theirs.lot_rows) - len(ours.lot_rows)
    np.testing.assert_array_equal(ours.lot_rows, theirs.lot_rows[tail:])
    events = [[one for one in run.station_events if one.time_s > cut_s] for run in (ours, theirs)]
    assert events[0] == events[1]
    assert names_inside(pieces) == names_inside(whole)


def assert_same_state(paused: LineSimulation, pieces: LineSimulation) -> None:
    states = state_of(paused), state_of(pieces)
    for state in states:
        del state["parts"]["line"]["start_s"]
    assert difference(*states) is None


def names_inside(simulation: LineSimulation) -> list[str]:
    return [simulation.records.lot_id(number) for number in simulation.inside]


@settings(max_examples=150)
@given(line=lines(), cuts=st.lists(st.floats(0, END_S), min_size=1, max_size=3))
def test_cuts_at_any_time_change_nothing(line: LineModel, cuts: list[float]) -> None:
    whole, paused, pieces = (LineSimulation(line, seed=1) for _ in range(3))
    whole.run(until_s=END_S)
    for cut_s in sorted(cuts):
        paused.run(until_s=cut_s)
        pieces.run(until_s=cut_s)
        pieces = through_json(pieces)
        assert_same_state(paused, pieces)
    for run in (paused, pieces):
        run.run(until_s=END_S)
    assert_same_records(whole, pieces, max(cuts))
    assert_same_state(paused, pieces)
