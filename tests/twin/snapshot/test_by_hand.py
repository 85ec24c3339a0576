"""Lines without chance, cut in the middle of each feature: what comes after is known by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from twin.distributions import Deterministic
from twin.line import (
    Alarm,
    Arrivals,
    Condition,
    Failure,
    Hold,
    LineModel,
    Maintenance,
    MaxWait,
    Mix,
    Operators,
    People,
    Setup,
    StationModel,
)
from twin.recipe import Recipe
from twin.records import visits
from twin.simulation import LineSimulation
from twin.snapshot import restored, state_of

Row = tuple[str, str, float, float, float]
NAN = float("nan")
PEOPLE = (People("fitters", 1), People("shift", 1))
MIX = Mix((Recipe(name="A"), Recipe(name="B")), order=(0, 1))
FIVE, TEN = Deterministic(5), Deterministic(10)
BREAKS = Failure("operation", Deterministic(6), Deterministic(20))
CARE = Maintenance("wash", FIVE, every_lots=1, crew="fitters")
WORN = {"condition": Condition("um", Deterministic(2)), "alarm": Alarm("shewhart", FIVE, nsigma=1)}


def after(
    cut_s: float, lots: int, *stations: tuple[str, Deterministic, dict[str, Any]]
) -> list[Row]:
    """Visits that end after a cut, of a run that went through JSON there."""
    models = tuple(StationModel(name, service, **more) for name, service, more in stations)
    mix = MIX if any("setup" in more for *_, more in stations) else None
    line = LineModel("test", Arrivals("all_at_start", lots=lots), models, PEOPLE, mix=mix)
    simulation = LineSimulation(line, seed=1)
    simulation.run(until_s=cut_s)
    again = restored(line, json.loads(json.dumps(state_of(simulation))))
    assert again.now_s == again.start_s == cut_s
    again.run(until_s=1000)
    wanted = visits(again.records)[["lot", "station", "start_s", "finish_s", "depart_s"]]
    return list(wanted.itertuples(index=False, name=None))


CASES = {
    "in service": (4, 1, [("a", TEN, {})], [("L00001", "a", 0, 10, 10)]),
    "between events": (10, 1, [("a", TEN, {}), ("b", FIVE, {})], [("L00001", "b", 10, 15, 15)]),
    "blocked": (
        17, 2, [("a", FIVE, {}), ("b", TEN, {"buffer": 0})],
        [("L00002", "b", 15, 25, 25)],
    ),
    "blocked before": (
        12, 2, [("a", FIVE, {}), ("b", TEN, {"buffer": 0})],
        [("L00001", "b", 5, 15, 15), ("L00002", "a", 5, 10, 15), ("L00002", "b", 15, 25, 25)],
    ),
    "in transfer": (
        12, 1, [("a", TEN, {"transfer_s": 7}), ("b", FIVE, {"buffer": 0})],
        [("L00001", "b", 17, 22, 22)],
    ),
    "in repair": (9, 1, [("a", TEN, {"failure": BREAKS})], [("L00001", "a", 0, 30, 30)]),
    "waits for the crew": (
        15, 2, [("a", TEN, {"failure": BREAKS, "servers": 2, "repair_crew": "fitters"})],
        [("L00001", "a", 0, 30, 30), ("L00002", "a", 0, 50, 50)],
    ),
    "planned stop": (
        8, 1, [("a", TEN, {"down_windows_s": ((5, 20),)})], [("L00001", "a", 0, 25, 25)],
    ),
    "operators at work": (
        3, 2, [("a", TEN, {"servers": 2, "operators": Operators("shift")})],
        [("L00001", "a", 0, 10, 10), ("L00002", "a", 10, 20, 20)],
    ),
    "a batch that gathers": (
        7, 2, [("a", FIVE, {}), ("b", TEN, {"batch": 2})],
        [("L00002", "a", 5, 10, 10), ("L00001", "b", 10, 20, 20), ("L00002", "b", 10, 20, 20)],
    ),
    "a batch that waits for its time": (
        4, 1, [("a", FIVE, {"batch": 2, "batch_timeout_s": 8})], [("L00001", "a", 8, 13, 13)],
    ),
    "set-up": (
        12, 2, [("a", TEN, {"setup": Setup(FIVE)})], [("L00002", "a", 15, 25, 25)],
    ),
    "set up for the last recipe": (
        7, 2, [("a", TEN, {"setup": Setup(FIVE)})],
        [("L00001", "a", 0, 10, 10), ("L00002", "a", 15, 25, 25)],
    ),
    "maintenance": (
        12, 2, [("a", TEN, {"maintenance": (CARE,)})], [("L00002", "a", 15, 25, 25)],
    ),
    "use since the last maintenance": (
        7, 2, [("a", TEN, {"maintenance": (CARE,)})],
        [("L00001", "a", 0, 10, 10), ("L00002", "a", 15, 25, 25)],
    ),
    "an alarm by wear": (
        14, 3, [("a", TEN, WORN)],
        [("L00002", "a", 10, 20, 20), ("L00003", "a", 25, 35, 35)],
    ),
    "on hold": (
        12, 1, [("a", TEN, {"hold": Hold(1, FIVE)}), ("b", FIVE, {})],
        [("L00001", "b", 15, 20, 20)],
    ),
    "a wait with a limit": (
        6, 2, [("a", TEN, {"max_wait": MaxWait(8, "flag")})],
        [("L00001", "a", 0, 10, 10), ("L00002", "a", 10, 20, 20)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_comes_after_the_cut(name: str) -> None:
    cut_s, lots, stations, expected = CASES[name]
    assert after(cut_s, lots, *stations) == expected
