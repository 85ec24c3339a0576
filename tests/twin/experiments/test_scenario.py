"""Scenarios: what a key changes, and what is refused in whose name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from process_models.errors import InputError
from twin.distributions import Exponential, Lognormal
from twin.experiments.scenario import LineSource, Scenario
from twin.experiments.scenario_text import parse_scenario, parse_value, read_scenarios
from twin.line import LineModel
from twin.settings import data_folder

LINE = """
[line]
name = "two"
[[crew]]
name = "fitters"
size = 1
[[station]]
name = "a"
service_s = {distribution = "exponential", mean = 100}
[[station]]
name = "roll.er"
buffer = 2
service_s = 90
[[station.maintenance]]
name = "care"
every_lots = 50
duration_s = 600
"""


@pytest.fixture
def source(tmp_path: Path) -> LineSource:
    path = tmp_path / "line.toml"
    path.write_text(LINE)
    return LineSource.read(path)


def changed(source: LineSource, text: str) -> LineModel:
    return source.line(parse_scenario(text))


def test_no_change_is_the_line_of_the_file(source: LineSource) -> None:
    line = source.line(Scenario("as it is"))
    assert (line.name, line.stations[0].servers, line.stations[1].buffer) == ("two", 1, 2)


def test_each_kind_of_change(source: LineSource) -> None:
    line = changed(source, 'a.servers=2, "roll.er".buffer=none, fitters.size = 3')
    assert (line.stations[0].servers, line.stations[1].buffer, line.people[0].size) == (2, None, 3)
    assert changed(source, "a.service_s.mean = 40").stations[0].service_s == Exponential(40)
    other = changed(source, 'a.service_s = {distribution = "lognormal", mean = 9, cv = 1}')
    assert other.stations[0].service_s == Lognormal(9, 1)
    assert changed(source, "arrivals.kind = conwip, arrivals.wip=4").arrivals.wip == 4
    assert changed(source, "a.service_factor = 0.5").stations[0].service_s.mean_s == 50


def test_maintenance_by_name(source: LineSource) -> None:
    more = changed(source, '"roll.er".maintenance.care.every_lots = 20')
    assert more.stations[1].maintenance[0].every_lots == 20
    none = changed(source, '"roll.er".maintenance.care = none')
    assert none.stations[1].maintenance == ()
    new = changed(source, "a.maintenance.clean = {every_lots = 9, duration_s = 60}")
    assert new.stations[0].maintenance[0].name == "clean"


def test_a_scenario_leaves_the_source_as_it_was(source: LineSource) -> None:
    before = source.line(Scenario("as it is"))
    changed(source, 'a.servers=2, "roll.er".maintenance.care.every_lots = 20')
    assert source.line(Scenario("as it is")) == before


def test_another_recipe_skips_stations() -> None:
    source = LineSource.read(data_folder() / "line.toml")
    bare = source.line(Scenario("bare", {"recipe": "Bare Li"}))
    assert "sublimation" not in [station.name for station in bare.stations]


def test_a_name_may_be_left_out() -> None:
    assert parse_scenario("a.servers=2") == Scenario("a.servers=2", {"a.servers": 2})
    text = 'a.service_s = {distribution = "exponential", mean = 3}, b.buffer = 2'
    assert list(parse_scenario(text).changes) == ["a.service_s", "b.buffer"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x: a.servers=0", r"line.toml: scenario 'x': station 'a': servers must be at least 1"),
        ("x: b.servers=2", "scenario 'x': b.servers: must begin with one of fitters, a, roll.er"),
        ("x: a.server=2", r"scenario 'x': station 'a': unknown key 'server' .did you mean 'serv"),
        ("x: a.service_factor=0", "scenario 'x': a.service_factor must be a number above 0, got 0"),
        ("x: q.service_factor=2", "scenario 'x': station must be one of a, roll.er, got 'q'"),
        ("x: recipe=gold", "scenario 'x': recipe must be a file or one of .*, got 'gold'"),
        ("x: a=2", "scenario 'x': a: a key must go on to a value, such as a.servers"),
        ("x: a.servers.b=2", "scenario 'x': station 'a': servers must be a whole number"),
        ("x: a.name.b=2", "scenario 'x': a.name.b: name must be a table to have keys, got 'a'"),
        ("x: a.servers=2, a.servers=3", "must be changed once, got 'a.servers' twice"),
        ("x: a.servers", "a change must be KEY=VALUE as in roll.servers=2, got 'a.servers'"),
        ("x: a..b=1", "a key must be like roll.servers, got 'a..b'"),
        ("x: a b=1", "a key must be like roll.servers, got 'a b'"),
        ("x:", "a scenario needs KEY=VALUE"),
        ("", "a scenario needs KEY=VALUE"),
        ("a.servers=[", "a value must be as in TOML, or a word"),
    ],
)
def test_scenarios_that_cannot_be(source: LineSource, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        changed(source, text)


@pytest.mark.parametrize("text", ["1\nb = 2", "\x00", "'", "}{"])
def test_values_that_are_none(text: str) -> None:
    with pytest.raises(InputError, match="a value must be"):
        parse_value(text)


def scenarios_of(tmp_path: Path, text: str) -> list[Scenario]:
    path = tmp_path / "scenarios.toml"
    path.write_text(text)
    return read_scenarios(path)


def test_a_file_of_scenarios(tmp_path: Path, source: LineSource) -> None:
    found = scenarios_of(
        tmp_path,
        """
        [[scenario]]
        name = "one"
        set = {"a.servers" = 2, "a.buffer" = "none"}
        [[scenario]]
        name = "two"
        [scenario.set]
        a.servers = 3
        a.service_s.mean = 50
        """,
    )
    expected: list[Any] = [
        {"a.servers": 2, "a.buffer": None},
        {"a.servers": 3, "a.service_s.mean": 50},
    ]
    assert [one.changes for one in found] == expected
    assert source.line(found[1]).stations[0].service_s == Exponential(50)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs at least one"),
        ("[[scenario]]\nset = {a = 1}", "scenario 1: name is missing"),
        ("[[scenario]]\nname = 'x'", "scenario 'x': set is missing"),
        ("[[scenario]]\nname = 'x'\nset = {}", "scenario 'x': set must change at least one key"),
        ("[[scenario]]\nname = 'x'\nsets = {a = 1}", "scenario 'x': set is missing .did you mean"),
        ("[[scenari]]\nname = 'x'", "unknown key 'scenari'"),
    ],
)
def test_files_that_cannot_be(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        scenarios_of(tmp_path, text)
