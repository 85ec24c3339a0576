from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from process_models.errors import InputError
from twin.line import LineModel, read_line
from twin.live.outbox import Outbox
from twin.live.plant import ReferencePlant
from twin.live.plant_script import PlantScript, read_script
from twin.live.wire import record_time
from twin.measurement import Measurement
from twin.measuring.causes import CAUSES, SpecialCause
from twin.recipe import Recipe
from twin.settings import data_folder

START = datetime(2026, 1, 5, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def line() -> LineModel:
    return read_line(data_folder() / "line.toml")


def script(tmp_path: Path, text: str) -> PlantScript:
    path = tmp_path / "script.toml"
    path.write_text(text)
    return read_script(path, START)


def plant(line: LineModel, made: PlantScript | None, hours: float = 10.0) -> ReferencePlant:
    until = START + timedelta(hours=hours)
    return ReferencePlant(
        line, Recipe(name="LACSS 40 s"), seed=1, started_at=START, until=until, script=made
    )


CAUSE = '[[cause]]\nname = "roll_wear"\nstart = 2\nend = 5.5\nsize = 6.0\n'
FAULT = (
    '[[fault]]\nkind = "stuck"\nstation = "roll"\ncharacteristic = "thickness_um"\n'
    "start = 2026-01-05T08:00:00Z\nend = '2026-01-05T10:00:00+01:00'\n"
)


def test_times_are_hours_or_moments(tmp_path: Path) -> None:
    made = script(tmp_path, CAUSE + FAULT)
    assert made.causes == (SpecialCause("roll_wear", 7200.0, 12600.0, 6.0),)
    (fault,) = made.faults
    assert (fault.start, fault.end) == (START + timedelta(hours=2), START + timedelta(hours=3))
    assert not made.random


def test_a_size_may_be_left_out(tmp_path: Path) -> None:
    (cause,) = script(tmp_path, CAUSE.replace("size = 6.0\n", "")).causes
    assert cause.size == 6.0
    assert CAUSES["roll_wear"].low < cause.size < CAUSES["roll_wear"].high


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[cause]]\nname = "ghost"\nstart = 1\nend = 2\n', "cause 'ghost': name must be one of"),
        ('[[cause]]\nname = "roll_wear"\nstart = 2\nend = 1\n', "end must be after"),
        ('[[cause]]\nname = "roll_wear"\nstart = 2\n', "end is missing"),
        ('[[cause]]\nname = "roll_wear"\nstart = "noon"\nend = 3\n', "start must be a time in ISO"),
        ('[[cause]]\nname = "roll_wear"\nstart = 2026-01-05T08:00:00\nend = 9\n', "offset from"),
        ('[[cause]]\nname = "roll_wear"\nstart = 1\nend = 2\nsize = -1\n', "must not be negative"),
        ('[[cause]]\nname = "roll_wear"\nstart = 1\nend = 2\nsice = 3\n', "mean 'size'"),
        (FAULT.replace("thickness_um", "width"), "characteristic must be one of"),
        (FAULT.replace("stuck", "loose"), "kind must be one of"),
        (FAULT.replace("stuck", "spikes"), "size of spikes must be given"),
        ("random = 1\n", "random must be true or false"),
        ("[[cause]\n", "is not TOML"),
        ('[[causes]]\nname = "x"\n', "unknown key 'causes'"),
    ],
)
def test_what_is_no_script_is_refused_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError) as told:
        script(tmp_path, text)
    assert says in str(told.value)
    assert "\n" not in str(told.value)
    assert str(tmp_path) in str(told.value)


def test_the_script_alone_decides_unless_chance_is_let_in(line: LineModel, tmp_path: Path) -> None:
    until = START + timedelta(days=30)
    alone = plant(line, script(tmp_path, CAUSE)).truth(until)["special_causes"]
    both = plant(line, script(tmp_path, "random = true\n" + CAUSE)).truth(until)["special_causes"]
    drawn = plant(line, None).truth(until)["special_causes"]
    assert [one["cause"] for one in alone] == ["roll_wear"]
    assert sorted(map(str, both)) == sorted(map(str, alone + drawn))


def test_a_scripted_cause_shows_in_its_characteristic(line: LineModel, tmp_path: Path) -> None:
    """Worn rolls open the gap: thicker than the same plant without, and only while it lasts."""

    def thick(made: PlantScript) -> dict[datetime, float]:
        return {
            one.measured_at: one.value
            for one in plant(line, made).records()
            if isinstance(one, Measurement) and one.characteristic == "thickness_um"
        }

    worn, sound = thick(script(tmp_path, CAUSE)), thick(PlantScript())
    assert worn.keys() == sound.keys()
    late = [at for at in sound if START + timedelta(hours=5) <= at < START + timedelta(hours=5.5)]
    after = [at for at in sound if at >= START + timedelta(hours=6)]
    assert late
    assert all(worn[at] - sound[at] > 1.0 for at in late)
    assert all(abs(worn[at] - sound[at]) < 1.0 for at in after)


def test_numbers_leave_no_hole_where_a_sensor_shows_nothing(
    line: LineModel, tmp_path: Path
) -> None:
    made = plant(line, script(tmp_path, FAULT.replace("stuck", "dropout")), hours=4)
    records = list(made.records())
    assert [one.sequence for one in records] == list(range(1, len(records) + 1))
    assert len(records) < len(list(plant(line, PlantScript(), hours=4).records()))
    assert list(made.records(after=100)) == records[100:]
    assert made.truth(START + timedelta(days=1))["sensor_faults"][0]["kind"] == "dropout"


def test_a_clock_that_is_wrong_does_not_hold_the_others_up(line: LineModel, tmp_path: Path) -> None:
    text = FAULT.replace("stuck", "clock_skew") + "size = 7200\n"
    made = plant(line, script(tmp_path, text), hours=4)
    now = START + timedelta(hours=3.5)
    due = [one for one in made.records() if made.due_at(one) <= now]
    outbox = Outbox(made, window=100_000, batch=100_000, due_at=made.due_at)
    batch = outbox.take(now)
    assert batch is not None
    assert list(batch.records) == due
    assert max(map(record_time, due)) > now
