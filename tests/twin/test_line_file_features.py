"""Line files with recipes, people, care of stations and limits on waiting: read, and refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from process_models.errors import InputError
from twin.distributions import Deterministic, Exponential
from twin.line import (
    Alarm,
    Calendar,
    Change,
    Condition,
    Group,
    Hold,
    Maintenance,
    MaxWait,
    Operators,
    People,
    Setup,
    read_line,
)
from twin.simulation import LineSimulation

OWN = """
[recipe]
name = "own"
process = "lacss"
foil_thickness_um = 100
sublimation_time_s = 50
chamber_temperature_c = 178
vapour_g_l = 3.6
thickness_um = 60
"""

FULL = """
[line]
name = "demo"
[arrivals]
kind = "saturated"
[mix]
kind = "campaigns"
recipes = [{recipe = "LACSS 40 s", lots = 2}, {recipe = "own.toml", lots = 1}]
[[crew]]
name = "fitters"
size = 2
calendar = {on_s = 57600, off_s = 28800, start_s = 0}
off_size = 1
[[pool]]
name = "shift"
groups = [{size = 2, skills = ["polish", "roll"]}, {size = 1, skills = ["polish"]}]
[[station]]
name = "polish"
buffer = 3
service_s = 100
hold = {probability = 0.05, duration_s = {distribution = "exponential", mean = 600}}
[[station]]
name = "roll"
buffer = 3
service_s = 240
batch = 2
batch_timeout_s = 900
exposure_s = 40
operators = {pool = "shift", needed = 2, skill = "roll"}
max_wait = {limit_s = 1800, action = "rework", to = "polish", since = "finish"}
setup = {default_s = 60, changes = [{from = "own", to = "LACSS 40 s", duration_s = 300}]}
condition = {name = "gap_um", per_lot = 0.5, per_h = 0.01, start = 1}
[[station.maintenance]]
name = "clean"
duration_s = 120
every_lots = 20
restores = false
[[station.maintenance]]
name = "refill"
duration_s = 60
every_work_s = 3600
[[station.maintenance]]
name = "service"
duration_s = {distribution = "exponential", mean = 600}
every_s = 86400
first_s = 3600
crew = "fitters"
[[station.maintenance]]
name = "regrind"
duration_s = 900
above = 8
[station.alarm]
chart = "ewma"
lambda = 0.3
width = 2.7
centre = 1
sigma = 2
gauge_bias = -0.5
gauge_sd = 1.5
stop_s = 300
crew = "fitters"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "own.toml").write_text(OWN)
    return tmp_path / "line.toml"


def test_every_key_is_read(path: Path) -> None:
    path.write_text(FULL)
    line = read_line(path)
    polish, roll = line.stations
    assert line.mix is not None
    assert line.mix.names == ("LACSS 40 s", "own")
    assert line.mix.order == (0, 0, 1)
    assert line.people == (
        People("fitters", 2, (Group(2, (), Calendar(57600, 28800, 0), 1),)),
        People("shift", 3, (Group(2, ("polish", "roll")), Group(1, ("polish",)))),
    )
    assert polish.hold == Hold(0.05, Exponential(600))
    assert (roll.batch, roll.batch_timeout_s) == (2, 900)
    assert roll.operators == Operators("shift", 2, "roll")
    assert roll.max_wait == MaxWait(1800, "rework", "polish", "finish")
    change = Change("own", "LACSS 40 s", Deterministic(300))
    assert roll.setup == Setup(Deterministic(60), (change,))
    assert roll.condition == Condition("gap_um", Deterministic(0.5), 0.01, 1)
    assert roll.maintenance == (
        Maintenance("clean", Deterministic(120), every_lots=20, restores=False),
        Maintenance("refill", Deterministic(60), every_work_s=3600),
        Maintenance("service", Exponential(600), every_s=86400, first_s=3600, crew="fitters"),
        Maintenance("regrind", Deterministic(900), above=8),
    )
    assert roll.alarm == Alarm(
        "ewma", Deterministic(300), centre=1, sigma=2, lam=0.3, width=2.7,
        gauge_bias=-0.5, gauge_sd=1.5, crew="fitters",
    )  # fmt: skip


def test_what_was_read_runs(path: Path) -> None:
    path.write_text(FULL)
    simulation = LineSimulation(read_line(path), seed=1)
    simulation.run(lots=60)
    assert simulation.finished + simulation.scrapped == 60


CONDITION = 'condition = {name = "gap_um", per_lot = 0.5, per_h = 0.01, start = 1}\n'


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"campaigns"', '"lottery"', "mix: kind must be one of campaigns, sequence, shares"),
        ("lots = 2}", "lots = 0}", "mix: recipes 1: lots must be at least 1, got 0"),
        ("lots = 2}", "lot = 2}", "mix: recipes 1: lots is missing (did you mean it by 'lot'?)"),
        ('"LACSS 40 s", lots', '"LACSS", lots', "mix: recipe must be a file *.toml or one of"),
        ("own.toml", "none.toml", "none.toml: cannot be read"),
        ('skill = "roll"', 'skill = "wind"', "operators.skill must be one of polish, roll of pool"),
        ("needed = 2", "needed = 3", "operators.needed must be at most the 2 of pool 'shift' with"),
        ("{size = 1, skills", "{size = 0, skills", "groups 2: size must be at least 1, got 0"),
        (
            'skills = ["polish"]',
            'skills = "polish"',
            "skills must be a list of words, got 'polish'",
        ),
        (
            "off_size = 1",
            "off_size = 3",
            "crew 'fitters': off_size must be from 0 to size 2, got 3",
        ),
        (
            "calendar = {on_s = 57600, off_s = 28800, start_s = 0}\n",
            "",
            "off_size needs a calendar",
        ),
        (
            "probability = 0.05",
            "probability = 1.5",
            "hold: probability must be from 0 to 1, got 1.5",
        ),
        ("batch = 2\n", "", "station 'roll': batch_timeout_s needs a batch above 1, got 900"),
        ("batch_timeout_s = 900", "batch_timeout_s = -1", "batch_timeout_s must be at least 0"),
        ("limit_s = 1800", "limit_s = 0", "max_wait: limit_s must be above 0, got 0.0"),
        ('to = "polish", ', "", "max_wait: to goes with action rework only, got rework and ''"),
        (
            'to = "polish"',
            'to = "roll"',
            "max_wait.to must be an earlier station (polish), got 'roll'",
        ),
        ('action = "rework"', 'action = "burn"', "action must be one of flag, rework, scrap"),
        ('from = "own"', 'from = "other"', "setup.changes.from must be a recipe of the mix"),
        ('from = "own"', 'from = "LACSS 40 s"', "to must differ from `from`, got 'LACSS 40 s'"),
        ("per_h = 0.01", "per_h = -1", "condition: per_h must be at least 0, got -1"),
        (CONDITION, "", "station 'roll': alarm needs a condition that it watches, got none"),
        ("every_lots = 20\n", "", "maintenance 'clean' needs exactly one of every_lots,"),
        ("every_lots = 20\n", "every_lots = 20\nabove = 3\n", "got every_lots and above"),
        ("every_lots = 20", "every_lots = 0", "every_lots must be at least 1, got 0"),
        ("every_work_s = 3600", "every_work_s = 0", "every_work_s must be above 0, got 0.0"),
        (
            "every_s = 86400",
            "every_s = 600",
            "must be longer than it takes on average (600), got 600",
        ),
        (
            "duration_s = 900",
            "duration_s = 0",
            "maintenance 'regrind': duration_s must not always be",
        ),
        ("above = 8", "above = 1", "above must be above the start of the condition (1), got 1"),
        ("above = 8", "above = 8\nrestores = false", "above needs restores = true"),
        ("above = 8", "above = 8\nfirst_s = 8", "first_s goes with every_s, got 8"),
        ("restores = false", "restores = 0", "restores must be true or false, got 0"),
        ('name = "refill"', 'name = "clean"', "maintenance names must differ, got 'clean'"),
        ("600}\nevery_s", '600}\ncrew = "x"\nevery_s', "is not TOML"),
        ('chart = "ewma"', 'chart = "zone"', "chart must be one of cusum, ewma, shewhart"),
        ("lambda = 0.3", "lambda = 0", "alarm: lambda must be above 0 and at most 1, got 0"),
        ("sigma = 2", "sigma = 0", "alarm: sigma must be above 0, got 0"),
        ("gauge_sd = 1.5", "gauge_sd = -1", "alarm: gauge_sd must be at least 0, got -1"),
        ("stop_s = 300\n", "", "alarm: stop_s is missing"),
        ("width = 2.7", "nsigma = 2.7", "alarm: unknown key 'nsigma'"),
        ('"ewma"\nlambda = 0.3', '"cusum"\nk = 1', "alarm: unknown key 'width', got 2.7"),
        (
            'crew = "fitters"\n[[station.m',
            'crew = "f"\n[[station.m',
            "maintenance 'service': crew must",
        ),
        (
            'stop_s = 300\ncrew = "fitters"',
            'stop_s = 300\ncrew = "f"',
            "alarm: crew must be a [[crew]]",
        ),
    ],
)
def test_a_broken_rule_is_one_line_that_says_where(
    path: Path, old: str, new: str, words: str
) -> None:
    assert old in FULL
    path.write_text(FULL.replace(old, new, 1))
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        read_line(path)
    message = str(caught.value)
    assert message.startswith(str(path.parent))
    assert "\n" not in message


def mixed(path: Path, mix: str) -> Path:
    head, tail = FULL.split("[mix]")
    path.write_text(f"{head}[mix]\n{mix}\n[[crew]]{tail.split('[[crew]]')[1]}")
    return path


def test_a_sequence_of_recipes(path: Path) -> None:
    text = 'kind = "sequence"\nrecipes = ["own.toml", "lacss_40s", "LACSS 40 s"]'
    mix = read_line(mixed(path, text)).mix
    assert mix is not None
    assert (mix.names, mix.order) == (("own", "LACSS 40 s"), (0, 1, 1))


def test_shares_of_recipes(path: Path) -> None:
    text = 'kind = "shares"\nrecipes = [{recipe = "own.toml", share = 0.25},'
    mix = read_line(mixed(path, text + ' {recipe = "LACSS 40 s", share = 0.75}]')).mix
    assert mix is not None
    assert (mix.names, mix.shares) == (("own", "LACSS 40 s"), (0.25, 0.75))
    with pytest.raises(InputError, match=r"mix: shares must add up to 1, got 1\.05"):
        read_line(mixed(path, text + ' {recipe = "LACSS 40 s", share = 0.8}]'))
    with pytest.raises(InputError, match="recipes of a mix must differ, got 'own' twice"):
        read_line(mixed(path, text + ' {recipe = "own.toml", share = 0.75}]'))


@pytest.mark.parametrize("recipes", ["[]", "3", "[1]"])
def test_a_mix_of_nothing(path: Path, recipes: str) -> None:
    with pytest.raises(InputError, match="mix: recipes must"):
        read_line(mixed(path, f'kind = "sequence"\nrecipes = {recipes}'))


def test_a_set_up_without_recipes_is_refused(path: Path) -> None:
    head, tail = FULL.split("[mix]")
    path.write_text(f"{head}[[crew]]{tail.split('[[crew]]')[1]}")
    with pytest.raises(InputError, match=r"station 'roll': setup needs a \[mix\] of recipes"):
        read_line(path)


def test_a_recipe_that_skips_the_last_station_is_refused(path: Path) -> None:
    text = FULL.replace("own.toml", "drac_li").replace('"own"', '"DRAC-Li"')
    path.write_text(text.replace("exposure_s = 40", 'exposure_s = 40\nskipped_by = ["drac"]'))
    with pytest.raises(
        InputError, match="station 'roll': skipped_by must not name 'drac' of recipe"
    ):
        read_line(path)


RING = """
[line]
name = "ring"
[arrivals]
kind = "saturated"
[[station]]
name = "a"
service_s = 5
[[station]]
name = "b"
buffer = 0
service_s = 5
[[station]]
name = "c"
buffer = 0
service_s = 5
rework = {probability = 0.1, to = "b"}
"""


def test_a_ring_without_a_place_is_refused(path: Path) -> None:
    path.write_text(RING)
    words = r"station 'c': rework.to 'b' makes a ring without a waiting place \(b, c\)"
    with pytest.raises(InputError, match=words):
        read_line(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "b"\nbuffer = 0', 'name = "b"\nbuffer = 1'),
        ('name = "c"\nbuffer = 0', 'name = "c"'),
        ("probability = 0.1", "probability = 0"),
        ('to = "b"', 'to = "c"'),
        ('kind = "saturated"', 'kind = "conwip"\nwip = 1'),
        ('kind = "saturated"', 'kind = "all_at_start"\nlots = 1'),
    ],
)
def test_a_ring_that_need_not_lock_is_read(path: Path, old: str, new: str) -> None:
    assert old in RING
    path.write_text(RING.replace(old, new, 1))
    assert len(read_line(path).stations) == 3


def test_operators_who_would_have_to_repair_their_own_server_are_refused(path: Path) -> None:
    path.write_text("""
[line]
name = "x"
[[pool]]
name = "p"
size = 1
[[station]]
name = "a"
service_s = 5
operators = {pool = "p", needed = 1}
repair_crew = "p"
failure = {clock = "operation", time_to_failure_s = 9, time_to_repair_s = 1}
""")
    with pytest.raises(InputError, match="station 'a': repair_crew must have somebody"):
        read_line(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("hold", "{probability = 0.1, duration_s = 1}"), ("max_wait", "{limit_s = 1}")],
)
def test_a_laboratory_neither_holds_nor_refuses(path: Path, key: str, value: str) -> None:
    path.write_text(
        '[line]\nname = "x"\n[[station]]\nname = "a"\nservice_s = 1\n'
        f'[[station]]\nname = "t"\nservice_s = 1\nsample_every = 2\n{key} = {value}\n'
    )
    with pytest.raises(InputError, match=f"station 't': {key} must be left out where coupons"):
        read_line(path)
