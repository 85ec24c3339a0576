"""What surrounds the recursion: figures of windows, guesses of how much to draw, kept memory."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from twin.distributions import Deterministic, Exponential, Lognormal
from twin.line import Arrivals, Failure, LineModel, People, StationModel
from twin.recursion import engine as engine_module
from twin.recursion import layout as layout_module
from twin.recursion import run_block
from twin.recursion.compiled import STAMP, compiled
from twin.recursion.extent import Extent, extent_of
from twin.recursion.figures import figures_of_sums
from twin.recursion.workspace import room
from twin.replication import Plan
from twin.replication import run_block as simpy_block

FAILURE = Failure("operation", Exponential(900), Lognormal(200, 1))
TANDEM = LineModel(
    "tandem",
    Arrivals("renewal", interarrival_s=Exponential(70)),
    tuple(StationModel(f"s{n}", Lognormal(60, 0.4), buffer=1) for n in range(3)),
)
FAILING = replace(
    TANDEM, stations=tuple(replace(one, failure=FAILURE, servers=2) for one in TANDEM.stations)
)


@pytest.mark.parametrize("line", [TANDEM, FAILING], ids=["tandem", "failing"])
@pytest.mark.parametrize("plan", [Plan(hours=4), Plan(hours=3, warm_up_h=1), Plan(lots=150),
                                  Plan(lots=150, warm_up_h=1)])  # fmt: skip
def test_figures_of_any_window_are_those_of_the_records(line: LineModel, plan: Plan) -> None:
    found, expected = (run(line, plan, range(3)) for run in (run_block, simpy_block))
    assert found.keys == expected.keys
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-9, atol=1e-10)
    assert found.finished.tolist() == expected.finished.tolist()


def test_shares_of_a_station_add_up_to_one() -> None:
    block = run_block(FAILING, Plan(hours=4), range(4))
    column = {key: place for place, key in enumerate(block.keys)}
    for station in FAILING.stations:
        names = ("utilisation", "blocked", "starved", "down")
        shares = [block.values[:, column["stations", station.name, name]] for name in names]
        np.testing.assert_allclose(np.sum(shares, axis=0), 1, atol=1e-12)


def test_a_guess_that_is_too_small_is_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run_block(FAILING, Plan(hours=4), range(5)).values
    asked: list[int] = []

    def few(line: LineModel, plan: Plan, times: int) -> Extent:
        asked.append(times)
        return Extent(5 * times, extent_of(line, plan, 1).seconds)

    monkeypatch.setattr(engine_module, "extent_of", few)
    np.testing.assert_array_equal(run_block(FAILING, Plan(hours=4), range(5)).values, whole)
    assert asked[:3] == [1, 2, 4]


def test_extents() -> None:
    assert extent_of(TANDEM, Plan(lots=40), 1).lots == 40
    hours = extent_of(TANDEM, Plan(hours=7), 1)
    assert hours.seconds == 7 * 3600
    assert 360 < hours.lots < 450  # one arrival in 70 s
    assert extent_of(TANDEM, Plan(hours=7), 2).lots == 2 * hours.lots
    slow = StationModel("slow", Deterministic(600), buffer=0)
    saturated = LineModel("s", Arrivals("saturated"), (TANDEM.stations[0], slow))
    assert 42 < extent_of(saturated, Plan(hours=7), 1).lots < 90


def test_threads_do_not_disturb_each_other() -> None:
    plan = Plan(hours=4)
    expected = [run_block(FAILING, plan, range(n, n + 6)).values for n in range(4)]
    found: dict[int, np.ndarray] = {}

    def work(number: int) -> None:
        found[number] = run_block(FAILING, plan, range(number, number + 6)).values

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, values in enumerate(expected):
        np.testing.assert_array_equal(found[number], values)


def test_nothing_happened() -> None:
    keys, values = figures_of_sums(TANDEM, 0.0, np.zeros((1, 7)), np.zeros((1, 3, 9)))
    assert len(set(keys)) == len(keys) == values.shape[1]
    assert np.isnan(values).all()


def test_memory_is_taken_back_and_never_shared_between_names() -> None:
    one, again, other = room("a", (3, 4)), room("a", (2, 2)), room("b", (3, 4))
    assert np.shares_memory(one, again)
    assert not np.shares_memory(one, other)
    assert room("a", (5_000_000,)).base is None  # too large to be kept


def test_a_kept_compilation_expires_with_any_source_of_the_package() -> None:
    def plain(value: float) -> float:
        return value + 1

    dispatcher: object = compiled(plain)
    assert dispatcher._cache._cache_file._source_stamp == STAMP  # type: ignore[attr-defined]


@pytest.mark.parametrize("every", [1, 2, 7, 10_000])
def test_a_pass_that_is_repeated_may_begin_at_any_checkpoint(
    every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout_module, "CHECKPOINT_LOTS", every)
    plain, pool, last = (replace(one, repair_crew="fitters") for one in FAILING.stations)
    single = replace(plain, servers=1)
    scrapping = replace(single, name="s2", scrap_probability=0.2)
    whole = replace(FAILING, arrivals=Arrivals("saturated"), people=(People("fitters", 1),))
    for stations in (
        (plain, pool, last),
        (single, replace(pool, servers=3, buffer=0), scrapping),
        (replace(plain, batch=3), replace(pool, servers=1, scrap_probability=0.1), last),
    ):
        line = replace(whole, stations=stations)
        one, other = (run(line, Plan(hours=6), range(4)) for run in (run_block, simpy_block))
        assert one.by_simpy == ()
        np.testing.assert_allclose(one.values, other.values, rtol=1e-9, atol=1e-10)


def test_a_crew_that_is_always_busy() -> None:
    often = Failure("operation", Exponential(3600), Exponential(900))
    stations = tuple(
        StationModel(f"s{n}", Lognormal(60, 0.3), failure=often, repair_crew="c") for n in range(7)
    )
    line = LineModel("busy", Arrivals("saturated"), stations, (People("c", 1),))
    one, other = (run(line, Plan(hours=60), range(1)) for run in (run_block, simpy_block))
    assert one.by_simpy == ()
    np.testing.assert_allclose(one.values, other.values, rtol=1e-9, atol=1e-10)
