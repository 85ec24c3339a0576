"""Laws of every genealogy: random lines with batches, scrap, rework, failures and maintenance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.distributions import Deterministic, Exponential
from twin.event_table import events as events_of
from twin.genealogy import Genealogy, genealogy, genealogy_of_events
from twin.genealogy.descent import descent
from twin.genealogy.layout import layout
from twin.genealogy.words import sentence, tree_lines
from twin.line import Arrivals, Failure, LineModel, Maintenance, Rework, StationModel
from twin.line_time import line_time
from twin.records import LineRecords, lots
from twin.simulation import LineSimulation


@dataclass(frozen=True)
class Drawn:
    """What is drawn of a line."""

    seed: int
    strips: int
    sheets: int
    batch: int
    servers: int
    sample_every: int
    scrap: float
    rework: float
    wound: bool


LINES = st.builds(
    Drawn,
    seed=st.integers(0, 9999), strips=st.integers(2, 5), sheets=st.integers(1, 4),
    batch=st.integers(1, 3), servers=st.integers(1, 3), sample_every=st.integers(1, 4),
    scrap=st.sampled_from([0.0, 0.2]), rework=st.sampled_from([0.0, 0.2]), wound=st.booleans(),
)  # fmt: skip
LAW = settings(max_examples=8, deadline=None)


def line_of(drawn: Drawn) -> LineModel:
    path = [
        StationModel("unwind", Exponential(10)),
        StationModel(
            "sublimation", Exponential(20), batch=drawn.batch,
            maintenance=(Maintenance("precursor refill", Deterministic(15), every_lots=4),),
        ),
        StationModel("wind", Exponential(10), servers=drawn.servers, scrap_probability=drawn.scrap),
        StationModel(
            "roll", Exponential(10), rework=Rework(drawn.rework, "roll") if drawn.rework else None,
            failure=Failure("time", Exponential(200), Exponential(30)),
        ),
        StationModel("inspect", Exponential(5), scrap_probability=drawn.scrap),
    ]  # fmt: skip
    lab = StationModel(
        "cell_test", Exponential(60), servers=drawn.servers, sample_every=drawn.sample_every
    )
    kept = [station for station in path if drawn.wound or station.name != "wind"]
    return LineModel(
        "law", Arrivals("saturated"), (*kept, lab), sheets_per_lot=drawn.sheets,
        strips_per_roll=drawn.strips,
    )  # fmt: skip


@lru_cache(maxsize=64)
def run(drawn: Drawn) -> tuple[LineModel, LineRecords, Genealogy]:
    line = line_of(drawn)
    simulation = LineSimulation(line, seed=drawn.seed)
    simulation.run(until_s=250.0)
    return line, simulation.records, genealogy(simulation.records, line)


def of_kind(tree: Genealogy, kind: str) -> list[str]:
    return [one for one in tree.things() if tree.kind(one) == kind]


@LAW
@given(LINES)
def test_a_cell_has_one_origin_of_each_kind(drawn: Drawn) -> None:
    _, _, tree = run(drawn)
    wanted = {"coupon": 1, "sheet": 1, "lot": 1, "foil_roll": 1} | (
        {"wound_roll": 1} if drawn.wound else {}
    )
    for cell in of_kind(tree, "cell"):
        kinds = [tree.kind(one) for one in tree.ancestors(cell)]
        assert {kind: kinds.count(kind) for kind in kinds} == wanted


@LAW
@given(LINES)
def test_a_child_is_made_after_its_parent_and_from_one_foil_roll(drawn: Drawn) -> None:
    _, _, tree = run(drawn)
    made = {edge.child: edge.time_s for edge in tree.edges()}
    for edge in tree.edges():
        assert edge.time_s >= made.get(edge.parent, -math.inf)
    for lot in of_kind(tree, "lot"):
        rolls = [one for one in tree.ancestors(lot) if tree.kind(one) == "foil_roll"]
        assert len(rolls) == 1


@LAW
@given(LINES)
def test_a_foil_roll_gives_so_many_strips_and_a_rolled_lot_so_many_sheets(drawn: Drawn) -> None:
    _, _, tree = run(drawn)
    rolls = of_kind(tree, "foil_roll")
    assert all(len(tree.children(roll)) == drawn.strips for roll in rolls[:-1])
    sheets = [sum(tree.kind(one) == "sheet" for one in tree.children(lot))
              for lot in (*of_kind(tree, "wound_roll"), *of_kind(tree, "lot"))]  # fmt: skip
    assert set(sheets) <= {0, drawn.sheets}


@LAW
@given(LINES)
def test_lots_scrapped_before_the_roll_have_no_sheets(drawn: Drawn) -> None:
    _, records, tree = run(drawn)
    table = lots(records)
    scrapped = table.loc[table["outcome"] == "scrapped", "lot"]
    for lot in scrapped:
        rolled = any(one.station == "roll" for one in tree.passages.of(lot))
        assert rolled or not any(tree.kind(one) == "sheet" for one in tree.descendants(lot))


@LAW
@given(LINES)
def test_what_a_cell_passed_came_before_it_and_in_order(drawn: Drawn) -> None:
    _, _, tree = run(drawn)
    for cell in of_kind(tree, "cell"):
        (edge,) = tree.edges_into(cell)
        stops = tree.passed(cell)
        times = [one.start_s for one in stops]
        assert times == sorted(times)
        assert times[-1] == edge.time_s
        assert {one.station for one in stops} >= {"unwind", "sublimation", "roll", "inspect"}


@LAW
@given(LINES)
def test_runs_part_the_passages_and_are_at_most_a_batch(drawn: Drawn) -> None:
    _, _, tree = run(drawn)
    for passage in tree.passages.every():
        mates = tree.passages.together(passage)
        assert passage.lot in mates
        most = drawn.batch if passage.station == "sublimation" else 1
        assert 1 <= len(mates) <= most


@LAW
@given(LINES)
def test_no_campaign_of_the_furnace_is_longer_than_its_maintenance_allows(drawn: Drawn) -> None:
    """Refilled every four lots, when a batch is through: at most three and a batch."""
    _, _, tree = run(drawn)
    for passage in tree.passages.every():
        if passage.station == "sublimation":
            campaign = tree.passages.campaign(passage, "fill")
            assert len(campaign.lots) <= 3 + drawn.batch
            assert campaign.service in ("", "precursor refill")
            assert campaign.begun_s <= passage.start_s < campaign.ended_s


def stored(records: LineRecords) -> pd.DataFrame:
    made = events_of(records)
    parts = zip(made["server"], made["detail"], strict=True)
    detail = ["; ".join(filter(None, (f"server {n}" if n else "", text))) for n, text in parts]
    return pd.DataFrame(
        {
            "occurred_at": pd.to_datetime([line_time(t) for t in made["time_s"]], utc=True),
            "station": made["station"], "event": made["event"], "lot_id": made["lot"],
            "parent_lot_id": made["parent_lot"], "detail": detail, "provenance": "simulated",
        }
    )  # fmt: skip


@LAW
@given(LINES)
def test_stored_events_tell_the_same_as_records_on_any_line(drawn: Drawn) -> None:
    line, records, tree = run(drawn)
    again = genealogy_of_events(stored(records), line)
    assert {(e.parent, e.child, e.kind) for e in again.edges()} == {
        (e.parent, e.child, e.kind) for e in tree.edges()
    }
    ours, theirs = (
        sorted((p.lot, p.station, p.start_s, p.server) for p in one.passages.every())
        for one in (tree, again)
    )
    assert [(a, b, n) for a, b, _, n in ours] == [(a, b, n) for a, b, _, n in theirs]
    assert [t for _, _, t, _ in ours] == pytest.approx([t for _, _, t, _ in theirs], abs=1e-5)
    services = tree.passages.services, again.passages.services
    assert services[0]["name"].tolist() == services[1]["name"].tolist()


@LAW
@given(LINES)
def test_every_thing_can_be_told_and_drawn(drawn: Drawn) -> None:
    _, _, tree = run(drawn)
    for thing in tree.things():
        found = descent(tree, thing)
        text = sentence(found)
        assert thing in text
        assert text.endswith(".")
        assert text.count("..") == 0
        named = "\n".join(tree_lines(found))
        assert all(one in named for one in found.ancestors)
        drawing = layout(found)
        assert sum(node.asked for node in drawing.nodes) == 1
        assert drawing.hidden == 0


@pytest.mark.parametrize("wound", [True, False])
def test_the_twin_of_the_laws_by_hand(wound: bool) -> None:
    """Two lots of one roll, one sample: every edge of the graph, in order."""
    path = [StationModel("wind", Deterministic(10)), StationModel("roll", Deterministic(10))]
    lab = StationModel("cell_test", Deterministic(5), sample_every=2)
    line = LineModel(
        "x", Arrivals("saturated"), (*path[not wound :], lab), sheets_per_lot=2, strips_per_roll=2
    )
    simulation = LineSimulation(line, seed=1)
    simulation.run(lots=2)
    tree = genealogy(simulation.records, line)
    of = "-W" if wound else ""
    edges = {(edge.parent, edge.child) for edge in tree.edges()}
    assert edges == {
        *((("L00001", "L00001-W"), ("L00002", "L00002-W")) if wound else ()),
        ("FR00001", "L00001"), ("FR00001", "L00002"),
        (f"L00001{of}", "L00001-S01"), (f"L00001{of}", "L00001-S02"),
        (f"L00002{of}", "L00002-S01"), (f"L00002{of}", "L00002-S02"),
        ("L00001-S01", "L00001-T1"), ("L00001-T1", "L00001-C1"),
    }  # fmt: skip
