"""The trouble that a plant is judged by: drawn within its ranges, and nothing else is moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from twin.line import LineModel
from twin.live.trouble import TROUBLES, Trouble, trouble_of, troubled_records
from twin.live.wire import Record
from twin.measurement import Measurement
from twin.measuring import CAUSES

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
HOUR_S = 3600.0
SHIFT = Trouble("none_of_these", 5.0, 2 * HOUR_S, 3 * HOUR_S, ("foil_temperature_c",), (-1.0,))


def test_every_trouble_keeps_its_ranges(reference_line: LineModel) -> None:
    seen = set()
    for seed in range(200):
        drawn = trouble_of(seed, reference_line)
        assert drawn.cause == TROUBLES[seed % len(TROUBLES)]
        assert drawn.end_s - drawn.start_s >= 4 * HOUR_S
        assert drawn.start_s >= 34 * HOUR_S
        seen.add((drawn.cause, drawn.moved))
        if drawn.cause in CAUSES:
            kind = CAUSES[drawn.cause]
            assert kind.low <= abs(drawn.size) <= kind.high
            assert drawn.size > 0 or kind.signed
            assert drawn.moved == kind.shows_in
        else:
            assert 3 <= drawn.size <= 8
            assert len(drawn.signs) == len(drawn.moved)
    assert {cause for cause, _ in seen} == {*CAUSES, "none_of_these"}
    assert len(seen) > 15


def test_the_seed_fixes_it(reference_line: LineModel) -> None:
    assert trouble_of(4, reference_line) == trouble_of(4, reference_line)
    assert trouble_of(4, reference_line) != trouble_of(14, reference_line)


def test_without_a_calendar_the_clock_runs_on(reference_line: LineModel) -> None:
    path = tuple(replace(one, calendar=None) for one in reference_line.stations)
    drawn = trouble_of(1, replace(reference_line, stations=path))
    assert drawn.start_s <= 39 * HOUR_S
    assert drawn.end_s - drawn.start_s <= 9 * HOUR_S


def _read(records: list[Record]) -> list[Measurement]:
    return [one for one in records if isinstance(one, Measurement)]


@pytest.mark.parametrize("ramp", [False, True])
def test_a_made_up_shift_moves_its_own_readings_while_it_lasts(
    reference_line: LineModel, ramp: bool
) -> None:
    trouble = replace(SHIFT, ramp=ramp)
    unmoved = replace(trouble, size=0.0)
    moved, calm = (
        _read(troubled_records(3, one, reference_line, START)) for one in (trouble, unmoved)
    )
    own = np.std([one.value for one in calm if one.characteristic == "foil_temperature_c"])
    touched = 0
    for one, was in zip(moved, calm, strict=True):
        share = (one.measured_at - START).total_seconds() / HOUR_S - 2
        if one.characteristic == "foil_temperature_c" and 0 <= share < 1:
            expected = was.value - 5.0 * own * (share if ramp else 1.0)
            assert one.value == pytest.approx(expected, abs=1e-9)
            touched += 1
        else:
            assert one == was
    assert touched > 3


def test_a_cause_moves_what_the_plant_reads(reference_line: LineModel) -> None:
    hot = Trouble("hot_chamber", 3.0, HOUR_S, 2 * HOUR_S, CAUSES["hot_chamber"].shows_in)
    read = [
        (one.value, (one.measured_at - START).total_seconds() / HOUR_S)
        for one in _read(troubled_records(3, hot, reference_line, START))
        if one.characteristic == "chamber_temperature_c"
    ]
    during = [value for value, at_h in read if 1.1 < at_h < 1.9]
    after = [value for value, at_h in read if at_h > 2.2]
    assert np.mean(during) - np.mean(after) == pytest.approx(3.0, abs=1.0)


def test_moves_by_name_or_by_name_and_station(reference_line: LineModel) -> None:
    one = _read(troubled_records(3, SHIFT, reference_line, START))[0]
    wet = replace(SHIFT, moved=("exposure_s", "h2o_ppm@wind"))
    assert wet.moves(replace(one, characteristic="h2o_ppm", station="wind")) == 1
    assert wet.moves(replace(one, characteristic="h2o_ppm", station="sublimation")) is None
    assert wet.moves(replace(one, characteristic="exposure_s", station="sublimation")) == 0
