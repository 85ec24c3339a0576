"""Comparisons and sweeps: known answers without chance, common random numbers with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from twin.experiment import replicate
from twin.experiments.comparison import compare
from twin.experiments.factor import Factor, factorial_scenarios, parse_factor
from twin.experiments.scenario import LineSource
from twin.experiments.scenario_text import parse_scenario
from twin.experiments.sweep import sweep

FIXED = """
[line]
name = "fixed"
[[station]]
name = "a"
service_s = 36
[[station]]
name = "b"
service_s = 48
"""
RANDOM = """
[line]
name = "random"
[[station]]
name = "a"
service_s = {distribution = "exponential", mean = 100}
[[station]]
name = "b"
buffer = 2
service_s = {distribution = "exponential", mean = 90}
"""


def source_of(tmp_path: Path, text: str) -> LineSource:
    path = tmp_path / "line.toml"
    path.write_text(text)
    return LineSource.read(path)


@pytest.fixture
def fixed(tmp_path: Path) -> LineSource:
    return source_of(tmp_path, FIXED)


@pytest.fixture
def random(tmp_path: Path) -> LineSource:
    return source_of(tmp_path, RANDOM)


def scenarios(*texts: str) -> list[Any]:
    return [parse_scenario(text) for text in texts]


def test_lines_without_chance(fixed: LineSource) -> None:
    # 75 an hour through b; two servers at b leave a with 100.
    found = compare(
        fixed, scenarios("two: b.servers=2", "slow: a.service_s=72"), hours=10, warm_up_h=1,
        replications=3,
    )  # fmt: skip
    more, fewer = found.differences("throughput_per_h")
    assert (more.mean, more.low, more.high) == (25.0, 25.0, 25.0)
    assert fewer.mean == -25.0
    best = found.best()
    assert (best["scenario"], best["sure"]) == ("two", True)


def test_the_line_as_it_is_has_the_figures_of_an_experiment(random: LineSource) -> None:
    arguments: dict[str, Any] = {"hours": 5, "replications": 10, "seed": 2}
    found = compare(random, scenarios("b.servers=2"), **arguments)
    alone = replicate(random.line(found.scenarios[0]), **arguments)
    assert found.gathered.estimates(0) == alone.estimates
    assert found.gathered.bottleneck(0) == alone.bottleneck


def test_common_random_numbers_reduce_the_variance(random: LineSource) -> None:
    """Seed 5, 60 replications: paired differences against those of independent runs."""
    run: dict[str, Any] = {"hours": 20, "replications": 60}
    found = compare(random, scenarios("x: b.buffer=4"), seed=5, **run)
    (paired,) = found.differences("throughput_per_h")
    assert paired.correlation is not None
    assert paired.correlation > 0.8
    assert paired.variance_reduction is not None
    assert paired.variance_reduction > 4
    assert paired.differs
    changed = found.scenarios[1]
    base, other = (
        np.array(replicate(random.line(one), seed=seed, **run).finished)
        for one, seed in ((found.scenarios[0], 5), (changed, 6))
    )
    apart = float((other - base).var(ddof=1))
    together = np.array(replicate(random.line(changed), seed=5, **run).finished) - base
    assert apart / together.var(ddof=1) > 3


def test_where_the_lines_run_changes_nothing(random: LineSource) -> None:
    asked = scenarios("b.servers=2", "a.service_factor=0.9")
    found = [
        compare(random, asked, hours=2, replications=30, workers=workers).to_dict()
        for workers in (1, 2)
    ]
    assert found[0] == found[1]


def test_lines_that_cannot_be_told_apart_are_named(random: LineSource) -> None:
    asked = scenarios("same: b.servers=1", "hardly: a.service_factor=1.0001")
    best = compare(random, asked, hours=2, replications=5).best()
    assert not best["sure"]
    assert len(best["not_told_apart_from"]) == 2


def test_less_is_better_of_some_figures(random: LineSource) -> None:
    found = compare(
        random, scenarios("b.buffer=20"), hours=20, replications=10, figure="flow_time_s"
    )
    assert found.best() == {
        "scenario": "as it is", "figure": "flow_time_s", "higher_is_better": False,
        "sure": True, "not_told_apart_from": [],
    }  # fmt: skip


def test_simultaneous_intervals_are_wider(random: LineSource) -> None:
    asked = scenarios("b.buffer=3", "b.buffer=4", "b.buffer=5")
    found = compare(random, asked, hours=5, replications=8).to_dict()
    rows = [row for row in found["differences"] if row["figure"] == "throughput_per_h"]
    assert len(rows) == 3
    for row in rows:
        assert row["simultaneous"]["low"] < row["low"] < row["high"] < row["simultaneous"]["high"]
        assert row["p_holm"] >= row["p"]


@pytest.mark.parametrize(
    ("texts", "arguments", "message"),
    [
        ([], {}, "give at least one scenario"),
        (["a.servers=2", "a.servers=2"], {}, "names of scenarios must differ"),
        (["a.servers=2"], {"replications": 1}, "replications must be at least 2 to compare, got 1"),
        (["a.servers=2"], {"figure": "speed"}, "figure must be one of throughput_per_h, .*got 'sp"),
        (["a.servers=2"], {"hours": float("nan")}, "hours must be above 0 and finite, got nan"),
        (["a.servers=2"], {"workers": 0}, "workers must be at least 1, got 0"),
    ],
)
def test_comparisons_that_cannot_be(
    random: LineSource, texts: list[str], arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        compare(random, scenarios(*texts), **{"hours": 1, "replications": 3, **arguments})


def test_a_tornado_without_chance(fixed: LineSource) -> None:
    factors = [parse_factor("a.service_s=24,72"), parse_factor("b.service_s=40,60")]
    found = sweep(fixed, factors, hours=10, warm_up_h=1, replications=2)
    assert found.base == 75
    assert [(one.level, one.mean) for one in found.effects] == [
        ("a.service_s = 24", 0.0),
        ("a.service_s = 72", -25.0),
        ("b.service_s = 40", pytest.approx(15.0)),
        ("b.service_s = 60", -15.0),
    ]
    assert found.cells[0] == ("as it is", 75.0)


def test_a_factorial_without_chance(fixed: LineSource) -> None:
    # 50, 50 with a slow; 75, 100 with a quick: the second server helps only then.
    factors = [parse_factor("a.service_s=72,36"), parse_factor("b.servers=1,2")]
    found = sweep(fixed, factors, design="factorial", hours=10, warm_up_h=1, replications=2)
    assert [mean for _, mean in found.cells] == pytest.approx([50.0, 50.0, 75.0, 100.0])
    quick, second, both = found.effects
    assert (quick.mean, second.mean, both.mean) == pytest.approx((37.5, 12.5, 12.5))
    assert both.factors == ("a.service_s", "b.servers")
    assert quick.level == "a.service_s = 36 instead of 72"
    quantiles = [one.half_normal for one in found.effects]
    assert quantiles[0] == max(q for q in quantiles if q is not None)


def test_a_factorial_as_least_squares_has_it(random: LineSource) -> None:
    """Point estimates are those of the usual analysis; its intervals ignore the pairing."""
    import pandas as pd
    from statsmodels.formula.api import ols

    factors = [parse_factor("b.servers=1,2"), parse_factor("b.buffer=0,4")]
    found = sweep(random, factors, design="factorial", hours=5, replications=6, seed=1)
    cells = pd.DataFrame(
        {"y": [mean for _, mean in found.cells], "s": [-1, -1, 1, 1], "b": [-1, 1, -1, 1]}
    )
    fitted = 2 * ols("y ~ s * b", cells).fit().params[["s", "b", "s:b"]]
    assert [one.mean for one in found.effects] == pytest.approx(fitted.tolist())


def test_three_levels_are_held_against_the_first(random: LineSource) -> None:
    factors = [parse_factor("b.buffer=0,2,none"), parse_factor("b.servers=1,2")]
    found = sweep(random, factors, design="factorial", hours=5, replications=4)
    assert [one.level for one in found.effects] == [
        "b.buffer = 2 instead of 0",
        "b.buffer = none instead of 0",
        "b.servers = 2 instead of 1",
        "b.buffer = none with b.servers = 2",
    ]
    assert all(one.half_normal is None for one in found.effects)


@pytest.mark.parametrize(
    ("factors", "design", "message"),
    [
        ([], "factorial", "needs at least one factor"),
        (["b.servers=1"], "factorial", "needs at least two levels"),
        (["b.servers=1,1"], "factorial", "levels must differ, got 1 twice"),
        (["b.servers="], "one-at-a-time", "needs at least one level"),
        (["b.servers"], "factorial", "a factor must be KEY=VALUE,VALUE"),
        (["b.servers=1,2", "b.servers=2,3"], "factorial", "factors must differ"),
        (["b.servers=1,2"], "magic", "design must be one of one-at-a-time, factorial"),
        (["b.servers=0,2"], "factorial", "scenario 'b.servers = 0': station 'b': servers must be"),
    ],
)
def test_sweeps_that_cannot_be(
    random: LineSource, factors: list[str], design: str, message: str
) -> None:
    def asked() -> None:
        parsed = [parse_factor(text) for text in factors]
        sweep(random, parsed, design=design, hours=1, replications=2)

    with pytest.raises(InputError, match=message):
        asked()


def test_too_many_lines_are_refused_before_any_runs() -> None:
    factors = [Factor(f"a.k{place}", (1, 2)) for place in range(9)]
    with pytest.raises(InputError, match="at most 256 lines, got 512"):
        factorial_scenarios(factors)
