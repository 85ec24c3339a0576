"""Where things stand in the picture of a descent."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.genealogy import Edge, Genealogy, Passages
from twin.genealogy.descent import descent
from twin.genealogy.layout import Layout, layout


def tree_of(*pairs: tuple[str, str, str], stops: tuple[tuple[str, str], ...] = ()) -> Genealogy:
    """Edges of parent, child, kind, one after the other; passages of lot and station."""
    edges = [Edge(a, b, kind, 10.0 * n, "roll", 1) for n, (a, b, kind) in enumerate(pairs, 1)]
    frame = pd.DataFrame(
        [(lot, station, 1, 0.0, 1.0) for lot, station in stops],
        columns=["lot", "station", "server", "start_s", "finish_s"],
    )
    return Genealogy.of(edges, Passages(frame, Passages.none().services))


LINEAGE = (
    ("F", "L", "strip"), ("L", "L-W", "wound_roll"), ("L-W", "S1", "sheet"),
    ("L-W", "S2", "sheet"), ("L-W", "S3", "sheet"), ("S1", "T", "coupon"), ("T", "C", "cell"),
)  # fmt: skip
STOPS = (("L", "sublimation"), ("L", "roll"), ("M", "sublimation"))


def named(drawn: Layout) -> list[tuple[str, int, float]]:
    return [(node.name, node.x, node.y) for node in drawn.nodes]


def links(drawn: Layout) -> set[tuple[str, str]]:
    return {(drawn.nodes[a].name, drawn.nodes[b].name) for a, b in drawn.links}


def test_a_cell_stands_at_the_end_of_its_way_through_furnace_and_roll() -> None:
    drawn = layout(descent(tree_of(*LINEAGE, stops=STOPS), "C"))
    by_x = sorted(drawn.nodes, key=lambda node: node.x)
    assert [node.kind for node in by_x] == [
        "foil_roll", "lot", "furnace_run", "wound_roll", "roll_pass", "sheet", "coupon", "cell",
    ]  # fmt: skip
    assert [node.x for node in by_x] == list(range(8))
    assert {node.y for node in by_x} == {0.0}
    assert [node.note for node in by_x if node.note] == ["with 1 other lots", "alone"]
    assert [node.name for node in by_x if node.asked] == ["C"]


def test_runs_of_a_lot_stand_between_it_and_what_it_became() -> None:
    drawn = layout(descent(tree_of(*LINEAGE, stops=STOPS), "L"))
    kinds = [node.kind for node in sorted(drawn.nodes, key=lambda node: (node.x, node.y))]
    assert kinds == [
        "foil_roll", "lot", "furnace_run", "wound_roll", "roll_pass", "sheet", "sheet", "coupon",
        "cell",
    ]  # fmt: skip


def test_leaves_of_one_parent_are_one_node_and_parents_stand_amid_their_children() -> None:
    drawn = layout(descent(tree_of(*LINEAGE), "F"))
    assert ("2 sheets", 3, 1.0) in named(drawn)
    assert ("S1", 3, 0.0) in named(drawn)
    assert ("L-W", 2, 0.5) in named(drawn)
    assert ("L-W", "2 sheets") in links(drawn)
    assert (drawn.rows, drawn.hidden) == (2, 0)


def test_the_thing_that_was_asked_about_is_never_put_together_with_others() -> None:
    tree = tree_of(*[("W", f"S{n}", "sheet") for n in range(4)])
    assert [node.name for node in layout(descent(tree, "S2")).nodes] == ["W", "S2"]


def test_joined_strips_meet_in_one_node() -> None:
    drawn = layout(descent(tree_of(("A", "W", "wound_roll"), ("B", "W", "wound_roll")), "W"))
    assert links(drawn) == {("A", "W"), ("B", "W")}
    assert len(drawn.nodes) == 3


def test_what_has_no_room_is_counted_and_the_longest_branch_is_kept() -> None:
    lots = [("F", f"L{n}", "strip") for n in range(60)]
    wound = [(f"L{n}", f"L{n}-W", "wound_roll") for n in range(60)]
    cell = [("L55-W", "S", "sheet"), ("S", "T", "coupon"), ("T", "C", "cell")]
    drawn = layout(descent(tree_of(*lots, *wound, *cell), "F"), rows=10)
    assert (drawn.rows, drawn.hidden) == (10, 50)
    assert "C" in {node.name for node in drawn.nodes}
    assert len({node.y for node in drawn.nodes if node.kind == "wound_roll"}) == 10


def test_a_thing_alone_is_one_node() -> None:
    alone = tree_of(stops=(("L", "polish"),))
    assert named(layout(descent(alone, "L"))) == [("L", 0, 0.0)]


PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20)


@given(PAIRS, st.integers(1, 30))
def test_children_stand_right_of_their_parents_and_leaves_in_rows_of_their_own(
    pairs: list[tuple[int, int]], rows: int
) -> None:
    """Laws of every picture without circles."""
    edges = {(f"n{min(p)}", f"n{max(p)}", "split") for p in pairs if p[0] != p[1]}
    if not edges:
        return
    tree = tree_of(*sorted(edges))
    for thing in tree.things():
        drawn = layout(descent(tree, thing), rows=rows)
        for a, b in drawn.links:
            assert drawn.nodes[a].x < drawn.nodes[b].x
        parents = {a for a, _ in drawn.links}
        leaves = [node.y for place, node in enumerate(drawn.nodes) if place not in parents]
        assert len(leaves) == len(set(leaves))
        assert all(0 <= node.y < rows for node in drawn.nodes)


@pytest.mark.parametrize("thing", ["A", "B", "C"])
def test_a_circle_in_foreign_data_is_drawn(thing: str) -> None:
    tree = tree_of(("A", "B", "split"), ("B", "C", "split"), ("C", "A", "split"))
    drawn = layout(descent(tree, thing))
    assert len(drawn.nodes) <= 3
