"""A chart in memory that is fed piece by piece gives what the whole gives at once."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.spc import FrozenLimits
from twin.monitoring import track
from twin.monitoring.findings import Finding, chart_findings, specification_findings
from twin.monitoring.limits import LimitsVersion
from twin.monitoring.planned import PlannedCharacteristic
from twin.monitoring.track import Track
from twin.monitoring.track_points import Row, as_points, gathered

AT = datetime(2026, 1, 5, tzinfo=UTC)
RULES = {"beyond_limits": "major", "nelson_2": "minor", "nelson_3": "minor", "nelson_5": "info"}
CHARTS = [
    ("i_mr", 1, {"centre": 60.0, "sigma": 1.0}),
    ("ewma", 1, {"centre": 60.0, "sigma": 1.0}),
    ("cusum", 1, {"centre": 60.0, "sigma": 1.0}),
    ("xbar_r", 3, {"centre": 60.0, "sigma": 1.0}),
    ("i_mr_rs", 3, {"centre": 60.0, "sigma": 0.8, "within": 1.0}),
]


def planned(kind: str, size: int, **changes: Any) -> PlannedCharacteristic:
    rules = RULES if kind in ("i_mr", "xbar_r") else {"beyond_limits": "major"}
    return PlannedCharacteristic(
        "x", "roll", "um", chart=kind, subgroup=size, lsl=56.0, usl=64.0, rules=rules, **changes
    )


def limits(kind: str, parameters: dict[str, Any]) -> LimitsVersion:
    before = AT - timedelta(days=1)
    return LimitsVersion(
        "x", "roll", 1, kind, before, "lacss", "test", before, before, 20,
        FrozenLimits(kind, 20, (), parameters),
    )  # fmt: skip


def rows(n: int, size: int, seed: int) -> list[Row]:
    draw = random.Random(seed)
    first = int(AT.timestamp() * 1e6)
    return [
        Row(first + i * 60_000_000 + p, i, p, f"L{i}", "s", "", round(draw.gauss(60.4, 1.6), 3),
            first, "measured")
        for i in range(n)
        for p in range(size)
    ]  # fmt: skip


def at_once(one: PlannedCharacteristic, version: LimitsVersion, given_: list[Row]) -> list[Finding]:
    points = as_points(gathered(sorted(given_), one.subgroup), one.subgroup)
    return [
        *specification_findings(one, points, -(2**62)),
        *chart_findings(one, version, points, -(2**62)),
    ]


def told(findings: list[Finding]) -> set[tuple[Any, ...]]:
    return {
        (f.panel, f.rule, f.index, f.at_us, f.since_us, f.lot_id, f.value, f.direction)
        for f in findings
    }


def in_force(chart: Track, pieces: list[list[Row]]) -> set[tuple[Any, ...]]:
    """Every finding that stands after all pieces, as the alerts would be."""
    standing: dict[int, list[Finding]] = {}
    for piece in pieces:
        assert chart.takes(piece)
        judged = chart.add(piece)
        if judged.late_from_us is not None:
            standing = {at: f for at, f in standing.items() if at < judged.covers_from_us}
        for finding in judged.findings:
            if judged.late_from_us is None or finding.at_us >= judged.covers_from_us:
                standing.setdefault(finding.at_us, []).append(finding)
    return told([finding for found in standing.values() for finding in found])


@pytest.mark.parametrize(("kind", "size", "parameters"), CHARTS[:4])
@pytest.mark.parametrize("keep", [4, 256])
def test_in_pieces_is_the_same_as_at_once(
    monkeypatch: pytest.MonkeyPatch, kind: str, size: int, parameters: dict[str, Any], keep: int
) -> None:
    monkeypatch.setattr(track, "KEEP", keep)
    one, version = planned(kind, size), limits(kind, parameters)
    given_ = rows(80, size, seed=8)
    expected = told(at_once(one, version, given_))
    assert len(expected) > 5
    for step in (1, 7, 50):
        pieces = [given_[i : i + step] for i in range(0, len(given_), step)]
        assert in_force(Track(one, version), pieces) == expected


@given(order=st.permutations(range(24)), size=st.sampled_from([1, 3]))
def test_any_order_since_the_checkpoint_is_the_same(order: list[int], size: int) -> None:
    kind = "i_mr" if size == 1 else "xbar_r"
    one, version = planned(kind, size), limits(kind, {"centre": 60.0, "sigma": 1.0})
    given_ = rows(24 // size, size, seed=3)
    chart = Track(one, version)
    pieces = [[given_[i]] for i in order]
    assert in_force(chart, pieces) == told(at_once(one, version, given_))


def test_the_same_reading_twice_changes_nothing() -> None:
    chart = Track(planned("i_mr", 1), limits("i_mr", {"centre": 60.0, "sigma": 1.0}))
    given_ = rows(20, 1, seed=1)
    chart.add(given_)
    again = chart.add(given_[5:9])
    assert (again.findings, again.late_from_us, len(chart.points)) == ((), None, 20)


def test_what_is_older_than_the_checkpoint_is_for_the_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(track, "KEEP", 4)
    given_ = rows(40, 3, seed=2)
    chart = Track(planned("xbar_r", 3), limits("xbar_r", {"centre": 60.0, "sigma": 1.0}))
    for row in given_:
        chart.add([row])
    assert not chart.takes(given_[:1])
    late = given_[0]._replace(at_us=given_[-1].at_us + 5)
    assert not chart.takes([late]), "its subgroup began before the checkpoint"
    assert chart.takes(given_[-1:])
    assert len(chart.points) <= 2 * 4 + 1, "memory stays what it is"


def test_an_open_subgroup_waits_for_its_other_readings() -> None:
    chart = Track(planned("xbar_r", 3), limits("xbar_r", {"centre": 60.0, "sigma": 1.0}))
    given_ = [row._replace(value=70.0) for row in rows(2, 3, seed=2)]
    assert chart.add(given_[:2]).findings == ()
    assert {f.rule for f in chart.add(given_[2:4]).findings} == {
        "beyond_limits", "outside_specification",
    }  # fmt: skip
    assert len(chart.points) == 1


@pytest.mark.parametrize("keep", [2, 256])
def test_a_run_of_the_same_reading_reaches_behind_the_checkpoint(
    monkeypatch: pytest.MonkeyPatch, keep: int
) -> None:
    monkeypatch.setattr(track, "KEEP", keep)
    chart = Track(planned("i_mr", 1), limits("i_mr", {"centre": 60.0, "sigma": 1.0}))
    assert chart.run() is None
    given_ = [row._replace(value=60.0 if i < 5 else 61.0) for i, row in enumerate(rows(20, 1, 1))]
    for row in given_:
        chart.add([row])
    run = chart.run()
    assert run is not None
    assert (run.value, run.length, run.since_us) == (61.0, 15, given_[5].at_us)
