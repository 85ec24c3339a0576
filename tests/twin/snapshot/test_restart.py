"""A run that was cut goes on bit for bit as if it had not been: any line, any moment."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.errors import InputError
from tests.twin.line_model.random_lines import lines
from twin import kpi
from twin.distributions import Exponential
from twin.line import Arrivals, Failure, LineModel, StationModel
from twin.records import lots as lots_of
from twin.simulation import LineSimulation, LotInProcess, ServerDown
from twin.snapshot import restored, state_of
from twin.snapshot.identity import difference

END_S = 400.0


def through_json(simulation: LineSimulation) -> LineSimulation:
    return restored(simulation.line, json.loads(json.dumps(state_of(simulation), allow_nan=False)))


def assert_same_records(whole: LineSimulation, pieces: LineSimulation, cut_s: float) -> None:
    """All that was written after the cut is the same."""
    ours, theirs = pieces.records, whole.records
    for table in ("visit_rows", "lot_rows", "condition_rows"):
        rows, expected = getattr(ours, table), getattr(theirs, table)
        np.testing.assert_array_equal(rows, expected[len(expected) - len(rows) :])
    assert [flag for flag in ours.flags if flag[2] > cut_s] == [
        flag for flag in theirs.flags if flag[2] > cut_s
    ]
    assert set(ours.flags) <= set(theirs.flags)
    known = {lot: ours.recipe_of(lot) for lot in pieces.inside}
    assert known == {lot: theirs.recipe_of(lot) for lot in whole.inside}
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


@pytest.mark.soak
def test_cuts_at_any_time_change_nothing(rounds: Callable[[int, int], int]) -> None:
    @settings(max_examples=rounds(120, 4000))
    @given(line=lines(), cuts=st.lists(st.floats(0, END_S), min_size=1, max_size=3))
    def cut(line: LineModel, cuts: list[float]) -> None:
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

    cut()


@settings(max_examples=60)
@given(line=lines(), lots=st.integers(1, 15), cut_s=st.floats(0, 200))
def test_a_run_to_the_last_lot_goes_on_too(line: LineModel, lots: int, cut_s: float) -> None:
    """The cut may come long after the last lot has left; some lines send lots round for ever."""
    whole, paused, pieces = (LineSimulation(line, seed=5) for _ in range(3))
    whole.run(until_s=900, lots=lots)
    for run in (paused, pieces):
        run.run(until_s=cut_s, lots=lots)
    pieces = through_json(pieces)
    for run in (paused, pieces):
        run.run(until_s=900, lots=lots)
    assert_same_records(paused, pieces, cut_s)
    assert_same_state(paused, pieces)
    assert (whole.finished, whole.scrapped) == (pieces.finished, pieces.scrapped)


@settings(max_examples=60)
@given(line=lines(), cut_s=st.floats(1, END_S - 1))
def test_figures_after_the_cut_are_those_of_the_whole_run(line: LineModel, cut_s: float) -> None:
    """What was going on at the cut is known to the records that begin there."""
    pieces = LineSimulation(line, seed=3)
    pieces.run(until_s=cut_s)
    whole, pieces = pieces, through_json(pieces)
    for run in (whole, pieces):
        run.run(until_s=END_S)
    found = [kpi.station_kpis(run.records, line, cut_s, END_S) for run in (whole, pieces)]
    assert found[0].keys() == found[1].keys()
    for name in found[0]:
        for one in fields(found[0][name]):
            ours, theirs = (getattr(found[place][name], one.name) for place in (1, 0))
            assert ours == pytest.approx(theirs, nan_ok=True, abs=1e-9), f"{name} {one.name}"


@given(line=lines(), seed=st.integers(0, 3))
def test_before_the_first_event(line: LineModel, seed: int) -> None:
    whole = LineSimulation(line, seed=seed)
    pieces = through_json(whole)
    assert_same_state(whole, pieces)
    for run in (whole, pieces):
        run.run(until_s=END_S)
    assert_same_records(whole, pieces, -1)


def test_work_in_process_that_has_not_begun_is_kept() -> None:
    work = (LotInProcess("L00007", "a", "in_service", 3), ServerDown("b", "in_repair", 2))
    breaks = Failure("operation", Exponential(90), Exponential(20))
    stations = (
        StationModel("a", Exponential(9)), StationModel("b", Exponential(7), failure=breaks),
    )  # fmt: skip
    line = LineModel("wip", Arrivals("saturated"), stations)
    whole = LineSimulation(line, seed=1, initial=work, start_s=50, finished_before=3)
    pieces = through_json(whole)
    for run in (whole, pieces):
        run.run(until_s=END_S)
    assert_same_records(whole, pieces, -1)
    assert "L00007" in set(lots_of(pieces.records)["lot"])


def test_other_replications_go_on_with_their_own_numbers() -> None:
    line = LineModel("one", Arrivals("saturated"), (StationModel("a", Exponential(9)),))
    ends = set()
    for replication in range(3):
        whole = LineSimulation(line, seed=1, replication=replication)
        whole.run(until_s=100)
        pieces = through_json(whole)
        for run in (whole, pieces):
            run.run(until_s=END_S)
        assert_same_records(whole, pieces, 100)
        ends.add(pieces.records.visit_rows[-2, 5])
    assert len(ends) == 3


def test_the_run_that_was_kept_goes_on_as_if_nobody_had_looked() -> None:
    line = LineModel("one", Arrivals("saturated"), (StationModel("a", Exponential(9)),))
    plain, watched = (LineSimulation(line, seed=1) for _ in range(2))
    watched.run(until_s=100)
    first = state_of(watched)
    assert state_of(watched) == first
    for run in (plain, watched):
        run.run(until_s=END_S)
    np.testing.assert_array_equal(plain.records.visit_rows, watched.records.visit_rows)


def test_two_lines_from_one_state_do_not_share_anything() -> None:
    line = LineModel("one", Arrivals("saturated"), (StationModel("a", Exponential(9)),))
    whole = LineSimulation(line, seed=1)
    whole.run(until_s=100)
    state = state_of(whole)
    before = json.dumps(state)
    first, second = restored(line, state), restored(line, state)
    first.run(until_s=END_S)
    assert json.dumps(state) == before
    second.run(until_s=END_S)
    np.testing.assert_array_equal(first.records.visit_rows, second.records.visit_rows)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (("clock", "now_s"), "could not convert"),
        (("parts", "source", "made"), "source: made: must be int, got str"),
        (("parts", "station a", "queue"), "station a: queue: must be deque, got str"),
        (("parts", "station a", "free"), "station a: free: must be int, got str"),
        (("parts", "station a/service", "generator"), "station a/service: generator: "),
        (("moving", "lot 1", "number"), ""),
    ],
)
def test_a_state_that_was_tampered_with_is_one_error(place: tuple[str, ...], words: str) -> None:
    """Even where the hashes of a file would have been made to fit."""
    line = LineModel("one", Arrivals("saturated"), (StationModel("a", Exponential(9)),))
    whole = LineSimulation(line, seed=1)
    whole.run(until_s=1)
    state: Any = state_of(whole)
    record = state
    for key in place[:-1]:
        record = record[key]
    record[place[-1]] = "@part nowhere" if not words else "spoilt"
    with pytest.raises(InputError) as caught:
        restored(line, state)
    assert str(caught.value).startswith(f"state of the line: {words}")
