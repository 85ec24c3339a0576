"""Runs and campaigns: who was worked on together, and between which services."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.genealogy.index import Grouped
from twin.genealogy.passages import Passage, Passages


def passages(
    rows: list[tuple[str, str, int, float, float]],
    services: list[tuple[str, int, str, float]] = [],  # noqa: B006 - never changed
) -> Passages:
    return Passages(
        pd.DataFrame(rows, columns=["lot", "station", "server", "start_s", "finish_s"]),
        pd.DataFrame(services, columns=["station", "server", "name", "time_s"]).astype(
            {"station": "str", "name": "str"}
        ),
    )


FURNACE = [
    ("A", "sublimation", 1, 0.0, 10.0), ("B", "sublimation", 1, 0.0, 10.0),
    ("C", "sublimation", 2, 0.0, 10.0), ("D", "sublimation", 1, 20.0, math.nan),
    ("A", "roll", 1, 20.0, 25.0),
]  # fmt: skip


def test_lots_of_one_furnace_run_were_taken_up_together() -> None:
    known = passages(FURNACE)
    (first, rolled) = known.of("A")
    assert (first.station, rolled.station) == ("sublimation", "roll")
    assert known.together(first) == ("A", "B")
    assert known.together(known.of("C")[0]) == ("C",)
    assert known.of("A")[0].run == known.of("B")[0].run != known.of("C")[0].run


def test_a_run_is_named_by_station_server_and_moment() -> None:
    assert Passage("A", "roll", 2, 0.25, 1.0).run == "roll-2@2024-01-01T06:00:00.250Z"


def test_what_goes_on_has_no_finish() -> None:
    assert math.isnan(passages(FURNACE).of("D")[0].finish_s)


def test_a_campaign_lies_between_two_services_of_the_same_server() -> None:
    rows = [(f"L{n}", "roll", 1, 10.0 * n, 10.0 * n + 5) for n in range(10)]
    rows.append(("X", "roll", 2, 45.0, 50.0))
    services = [("roll", 1, "regrind", 25.0), ("roll", 0, "regrind", 60.0),
                ("roll", 2, "regrind", 48.0), ("wind", 1, "clean", 33.0)]  # fmt: skip
    known = passages(rows, services)
    first, second, third = (known.campaign(known.of(f"L{n}")[0]) for n in (2, 3, 6))
    assert first.lots == ("L0", "L1", "L2")
    assert (first.service, first.begun_s, first.ended_s) == ("", -math.inf, 25.0)
    assert second.lots == ("L3", "L4", "L5")
    assert (second.service, second.begun_s, second.ended_s) == ("regrind", 25.0, 60.0)
    assert third.lots == ("L6", "L7", "L8", "L9")
    assert third.ended_s == math.inf


def test_only_services_that_bear_the_word_begin_a_campaign_where_there_are_any() -> None:
    rows = [(f"L{n}", "sublimation", 1, 10.0 * n, 10.0 * n + 5) for n in range(6)]
    services = [("sublimation", 1, "Refill", 15.0), ("sublimation", 1, "cleaning", 35.0)]
    known = passages(rows, services)
    passage = known.of("L4")[0]
    assert known.campaign(passage, "fill").lots == ("L2", "L3", "L4", "L5")
    assert known.campaign(passage).lots == ("L4", "L5")
    assert known.campaign(passage, "polish").lots == ("L4", "L5")


def test_a_lot_that_came_back_counts_once_in_a_campaign() -> None:
    known = passages([("A", "roll", 1, 0.0, 5.0), ("A", "roll", 1, 9.0, 12.0)])
    assert known.campaign(known.of("A")[0]).lots == ("A",)
    assert len(known.of("A")) == 2


def test_nothing_passed() -> None:
    nothing = Passages.none()
    assert "A" not in nothing
    assert nothing.of("A") == nothing.things() == nothing.every() == ()


@given(st.lists(st.integers(0, 9), max_size=40))
def test_rows_by_key_are_all_rows_once_in_their_order(keys: list[int]) -> None:
    grouped = Grouped(pd.Series(keys, dtype="int64").to_numpy(), 10)
    for key in range(-1, 11):
        assert grouped.rows(key).tolist() == [row for row, own in enumerate(keys) if own == key]


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 50)), min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50)), max_size=8),
)
def test_campaigns_of_a_server_part_its_lots(
    starts: list[tuple[int, int]], services: list[tuple[int, int]]
) -> None:
    """A law: whoever shares a campaign with me has me in theirs, and nobody is in two."""
    rows = [
        (f"L{n}", "roll", server, float(start), start + 0.5)
        for n, (server, start) in enumerate(starts)
    ]
    known = passages(rows, [("roll", server, "grind", float(at)) for server, at in services])
    campaigns = {lot: set(known.campaign(known.of(lot)[0]).lots) for lot in known.things()}
    for lot, mates in campaigns.items():
        assert lot in mates
        assert all(campaigns[mate] == mates for mate in mates)


@pytest.mark.parametrize("server", [1, 2])
def test_the_order_of_the_rows_does_not_matter(server: int) -> None:
    forward, backward = passages(FURNACE), passages(FURNACE[::-1])
    mine = [one for one in forward.every() if one.server == server]
    assert [(p.lot, p.run) for p in sorted(mine, key=str)] == [
        (p.lot, p.run) for p in sorted((q for q in backward.every() if q.server == server), key=str)
    ]
