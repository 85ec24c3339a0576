"""Which engine runs a line and why; both end in the same figures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from process_models.errors import InputError, NotSupported
from twin.distributions import Exponential
from twin.experiment import replicate
from twin.experiments import engine
from twin.experiments.engine import Engine, choose_engine
from twin.line import Arrivals, LineModel, Rework, StationModel
from twin.replication import Plan, run_block

LINE = LineModel("random", Arrivals("saturated"), (StationModel("a", Exponential(40)),))
PLAN = Plan(hours=2, replications=3)


def shadow(missing: str | None) -> Any:
    """A recursion that can express everything, or not `missing`; it runs SimPy."""
    return SimpleNamespace(unsupported=lambda line, *, hours, lots: missing, run_block=run_block)


def test_simpy_when_asked_for() -> None:
    assert choose_engine(LINE, PLAN, "simpy") == Engine("simpy", "asked for")


def test_the_recursion_where_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_recursion", lambda: shadow(None))
    assert choose_engine(LINE, PLAN, "recursion") == Engine("recursion", "asked for")
    chosen = choose_engine(LINE, PLAN, "auto")
    assert chosen.name == "recursion"
    assert chosen.reason == "the line has nothing that the recursion cannot express"


def test_simpy_where_the_recursion_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = "station 'roll': rework"
    monkeypatch.setattr(engine, "_recursion", lambda: shadow(missing))
    chosen = choose_engine(LINE, PLAN, "auto")
    assert (chosen.name, chosen.reason) == ("simpy", f"the recursion cannot express {missing}")
    with pytest.raises(NotSupported, match="cannot express line 'random': station 'roll': rework"):
        replicate(LINE, hours=2, engine="recursion")


def test_an_engine_that_is_none() -> None:
    with pytest.raises(InputError, match="engine must be one of auto, simpy, recursion, got 'x'"):
        choose_engine(LINE, PLAN, "x")


def test_either_engine_gives_the_same_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What gathers the replications adds nothing of its own: the same blocks, the same result."""
    monkeypatch.setattr(engine, "_recursion", lambda: shadow(None))
    arguments: dict[str, Any] = {"hours": 2, "replications": 70, "seed": 5}
    found = [
        replicate(LINE, engine=name, **arguments, workers=workers).to_dict()
        for name in ("simpy", "recursion")
        for workers in (1, 2)
    ]
    for one in found:
        del one["engine"], one["engine_reason"]
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize("run", [{"hours": 48.0}, {"lots": 60}], ids=["hours", "lots"])
def test_the_recursion_and_simpy_agree_on_the_reference_line(
    reference_line: LineModel, run: dict[str, Any]
) -> None:
    """Counts to the bit, means to rounding; threads and processes change nothing at all."""
    arguments: dict[str, Any] = {**run, "replications": 24, "seed": 5}
    by_simpy = replicate(reference_line, engine="simpy", **arguments)
    found = [
        replicate(reference_line, engine="recursion", workers=workers, **arguments)
        for workers in (1, 2)
    ]
    assert found[0].to_dict() == found[1].to_dict()
    assert found[0].finished == by_simpy.finished
    assert found[0].bottleneck == by_simpy.bottleneck
    assert found[0].estimates.keys() == by_simpy.estimates.keys()
    for key, one in by_simpy.estimates.items():
        for name, value in one.to_dict().items():
            other = found[0].estimates[key].to_dict()[name]
            assert other == (value if value is None else pytest.approx(value, rel=1e-9, abs=1e-9))


def test_auto_takes_the_recursion_for_the_reference_line(reference_line: LineModel) -> None:
    chosen = choose_engine(reference_line, Plan(hours=168), "auto")
    assert chosen.name == "recursion"


def test_a_feature_that_the_recursion_lacks_is_named_with_its_station() -> None:
    rework = StationModel("roll", Exponential(40), rework=Rework(0.1, "roll"))
    line = LineModel("again", Arrivals("saturated"), (rework,))
    chosen = choose_engine(line, PLAN, "auto")
    assert chosen.name == "simpy"
    assert "roll" in chosen.reason
    assert "rework" in chosen.reason
    with pytest.raises(NotSupported, match=r"line 'again': .*roll.*rework"):
        replicate(line, hours=1, engine="recursion")
