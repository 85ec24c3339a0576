"""The line file: every key read, every rule broken once, with the message a person gets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from process_models.errors import InputError
from twin.distributions import Deterministic, Empirical, Exponential, Lognormal
from twin.line import Calendar, Failure, Operators, People, Rework, read_line
from twin.settings import data_folder

FULL = """
[line]
name = "demo"
sheets_per_lot = 20
strips_per_roll = 4
[arrivals]
kind = "renewal"
interarrival_s = {distribution = "exponential", mean = 300}
[[crew]]
name = "fitters"
size = 2
[[pool]]
name = "shift"
size = 3
[[station]]
name = "roll"
servers = 2
buffer = 3
service_s = {distribution = "lognormal", mean = 240, cv = 0.3}
transfer_s = 5
batch = 4
scrap_probability = 0.02
rework = {probability = 0.1, to = "roll"}
failure.clock = "operation"
failure.time_to_failure_s = {distribution = "exponential", mean = 900}
failure.time_to_repair_s = 60
down_windows_s = [[200, 230], [100, 130]]
calendar = {on_s = 57600, off_s = 28800, start_s = 0}
repair_crew = "fitters"
operators = {pool = "shift", needed = 2}
[[station]]
name = "cell_test"
service_s = 3600
sample_every = 25
first_sample = 3
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "line.toml"


def test_every_key_of_the_schema_is_read(path: Path) -> None:
    path.write_text(FULL)
    line = read_line(path)
    roll, test = line.stations
    assert (line.name, line.sheets_per_lot, line.strips_per_roll) == ("demo", 20, 4)
    assert line.arrivals.interarrival_s == Exponential(300)
    assert line.people == (People("fitters", 2), People("shift", 3))
    assert (roll.servers, roll.buffer, roll.batch, roll.transfer_s) == (2, 3, 4, 5)
    assert roll.service_s == Lognormal(240, 0.3)
    assert (roll.scrap_probability, roll.rework) == (0.02, Rework(0.1, "roll"))
    assert roll.failure == Failure("operation", Exponential(900), Deterministic(60))
    assert roll.down_windows_s == ((100, 130), (200, 230))
    assert roll.calendar == Calendar(57600, 28800, 0)
    assert (roll.repair_crew, roll.operators) == ("fitters", Operators("shift", 2))
    assert (test.buffer, test.sample_every, test.first_sample) == (None, 25, 3)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("mean = 240", "mean = -240", "station 'roll': service_s: mean must be above 0, got -240"),
        ("cv = 0.3", "cv = -1", "station 'roll': service_s: cv must be at least 0, got -1"),
        ("cv = 0.3", "cw = 0.3", "station 'roll': service_s: cv is missing"),
        ("cv = 0.3", "cv = 0.3, low = 1", "service_s: unknown key 'low', got 1"),
        ('"lognormal"', '"log-normal"', "did you mean 'lognormal'?), got 'log-normal'"),
        ("buffer = 3", "buffer = -3", "station 'roll': buffer must be at least 0, got -3"),
        ("buffer = 3", "buffer = 2.5", "buffer must be a whole number, got 2.5"),
        ("buffer = 3", "bufer = 3", "unknown key 'bufer' (did you mean 'buffer'?), got 3"),
        ("buffer = 3", 'next = "press"', "station 'roll': unknown key 'next', got 'press'"),
        ("servers = 2", "servers = 0", "servers must be at least 1, got 0"),
        ("servers = 2", "servers = true", "servers must be a whole number, got True"),
        ("transfer_s = 5", "transfer_s = -5", "transfer_s must be at least 0, got -5"),
        ("transfer_s = 5", "transfer_s = inf", "transfer_s must be finite, got inf"),
        ("= 0.02", "= 1.02", "scrap_probability must be from 0 to 1, got 1.02"),
        ('to = "roll"', 'to = "rol"', "rework.to must be this or an earlier station (roll)"),
        ("probability = 0.1,", "probability = 1,", "rework.probability must be below 1"),
        ('clock = "operation"', 'clock = "op"', "clock must be one of operation, time"),
        ("[100, 130]", "[130, 100]", "down_windows_s needs 0 <= start < end, got [130, 100]"),
        ("[100, 130]", "100", "down_windows_s must be a list of [start, end], got 100"),
        ("on_s = 57600", "on_s = 0", "calendar: on_s must be above 0, got 0"),
        ('repair_crew = "fitters"', 'repair_crew = "f"', "repair_crew must be a [[crew]]"),
        ('pool = "shift"', 'pool = "night"', "operators.pool must be a [[pool]]"),
        ("needed = 2", "needed = 4", "operators.needed must be at most the 3 of pool 'shift'"),
        ('name = "cell_test"', 'name = "roll"', "station names must differ, got 'roll' twice"),
        ("first_sample = 3", "buffer = 3", "buffer must be left out where coupons are tested"),
        ("sample_every = 25", "sample_every = 0", "sample_every must be at least 1, got 0"),
        ('kind = "renewal"', 'kind = "poisson"', "arrivals: kind must be one of"),
        ("[arrivals]", "[arivals]", "unknown key 'arivals' (did you mean 'arrivals'?)"),
        ("mean = 300", "mean = 0", "interarrival_s: mean must be above 0, got 0"),
        ("[line]", "[line", "is not TOML: Expected ']' at the end of a table declaration (at line"),
        ('name = "demo"', "name = 3", "line: name must be text, got 3"),
    ],
)
def test_a_broken_rule_is_one_line_that_says_where(
    path: Path, old: str, new: str, words: str
) -> None:
    path.write_text(FULL.replace(old, new, 1))
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        read_line(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(InputError, match=r"line\.toml: cannot be read: No such file"):
        read_line(path)


def test_a_line_without_stations_is_refused(path: Path) -> None:
    path.write_text('[line]\nname = "empty"\n')
    with pytest.raises(InputError, match=r"needs at least one \[\[station\]\] for lots"):
        read_line(path)


def test_fewer_lots_than_a_batch_can_never_start(path: Path) -> None:
    conwip = FULL.replace('kind = "renewal"', 'kind = "conwip"\nwip = 3')
    path.write_text(re.sub("interarrival_s.*\n", "", conwip))
    with pytest.raises(InputError, match="wip must be at least the batch of 4, got 3"):
        read_line(path)


def test_files_beside_the_line_are_read(path: Path) -> None:
    (path.parent / "times.csv").write_text("value\n3\n5\n")
    (path.parent / "plan.csv").write_text("arrive_s,order\n20,b\n10,a\n")
    text = re.sub("interarrival_s.*\n", 'file = "plan.csv"\n', FULL)
    text = text.replace('kind = "renewal"', 'kind = "schedule"')
    path.write_text(
        text.replace(
            'service_s = {distribution = "lognormal", mean = 240, cv = 0.3}',
            'service_s = {distribution = "empirical", file = "times.csv"}',
        )
    )
    line = read_line(path)
    assert line.arrivals.times_s == (10, 20)
    assert line.stations[0].service_s == Empirical((3, 5))


def test_the_line_that_comes_with_the_product() -> None:
    line = read_line(data_folder() / "line.toml")
    assert [station.name for station in line.stations] == [
        "unwind", "polish", "sublimation", "cool", "wind", "roll", "inspect", "cell_test",
    ]  # fmt: skip
    assert line.stations[-1].samples
