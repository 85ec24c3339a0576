"""Descent in any graph: by hand, and as laws over random ones."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from twin.genealogy import Edge, Genealogy, Passages


def edge(parent: str, child: str, kind: str = "split", time_s: float = 0.0) -> Edge:
    return Edge(parent, child, kind, time_s, "wind", 2)


JOINED = [
    edge("FR1", "A", "strip"), edge("FR2", "B", "strip"),
    edge("A", "W", "wound_roll", 5.0), edge("B", "W", "wound_roll", 5.0),
    edge("W", "S1", "sheet", 8.0), edge("W", "S2", "sheet", 8.0),
    edge("S1", "T", "coupon", 9.0), edge("S2", "T", "coupon", 9.0),
    edge("T", "C", "cell", 11.0),
]  # fmt: skip


def test_a_cell_of_two_sheets_of_two_strips_comes_from_two_foil_rolls() -> None:
    tree = Genealogy.of(JOINED)
    assert tree.ancestors("C") == ("T", "S1", "S2", "W", "A", "B", "FR1", "FR2")
    assert tree.parents("T") == ("S1", "S2")
    assert tree.descendants("FR2") == ("B", "W", "S1", "S2", "T", "C")


def test_each_edge_is_told_once_with_when_where_and_server() -> None:
    tree = Genealogy.of(JOINED)
    back = tree.back("C")
    assert len(back) == len(set(back)) == len(JOINED)
    assert back[0] == Edge("T", "C", "cell", 11.0, "wind", 2)
    assert tree.edges_from("W") == (JOINED[4], JOINED[5])
    assert tree.edges() == tuple(JOINED)


@pytest.mark.parametrize(("thing", "kind"), [
    ("FR1", "foil_roll"), ("A", "lot"), ("W", "wound_roll"), ("S2", "sheet"), ("T", "coupon"),
    ("C", "cell"),
])  # fmt: skip
def test_the_kind_is_what_it_was_made_as(thing: str, kind: str) -> None:
    assert Genealogy.of(JOINED).kind(thing) == kind


def test_what_is_unknown_is_refused_and_has_no_relatives() -> None:
    tree = Genealogy.of(JOINED)
    assert "X" not in tree
    assert tree.ancestors("X") == tree.descendants("X") == tree.passed("X") == ()
    with pytest.raises(InputError, match="no lot, roll, sheet, coupon or cell has the id 'X'"):
        tree.kind("X")


def test_an_empty_graph_knows_nothing() -> None:
    tree = Genealogy.of([])
    assert tree.things() == tree.edges() == ()
    assert len(tree.to_frame()) == 0


def test_ids_keep_their_zeros_and_odd_letters() -> None:
    tree = Genealogy.of([edge("007", "7"), edge("NA", "<b>"), edge("", "x y")])
    assert tree.children("007") == ("7",)
    assert tree.parents("<b>") == ("NA",)
    assert tree.parents("x y") == ("",)


def passed(*rows: tuple[str, str, float]) -> Passages:
    frame = pd.DataFrame(
        [(lot, station, 1, start, start + 1) for lot, station, start in rows],
        columns=["lot", "station", "server", "start_s", "finish_s"],
    )
    return Passages(frame, Passages.none().services)


def test_what_befell_a_lot_after_the_coupon_was_cut_did_not_befall_the_coupon() -> None:
    edges = [edge("L", "L-W", "wound_roll", 5.0), edge("L-W", "L-S01", "sheet", 8.0),
             edge("L-S01", "T", "coupon", 10.0), edge("T", "C", "cell", 20.0)]  # fmt: skip
    known = passed(("L", "wind", 4.0), ("L", "roll", 7.0), ("L", "inspect", 9.0),
                   ("L", "roll", 12.0), ("T", "cell_test", 20.0))  # fmt: skip
    tree = Genealogy.of(edges, known)
    assert [one.station for one in tree.passed("C")] == ["wind", "roll", "inspect", "cell_test"]
    assert [one.start_s for one in tree.passed("L-S01")] == [4.0, 7.0, 9.0, 12.0]
    assert [one.start_s for one in tree.passed("L")] == [4.0, 7.0, 9.0, 12.0]


def test_a_lot_that_only_passed_stations_is_known() -> None:
    tree = Genealogy.of([], passed(("L", "polish", 1.0)))
    assert tree.kind("L") == "lot"
    assert tree.things() == ("L",)


EDGES = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=30).map(
    lambda pairs: [edge(f"n{min(a, b)}", f"n{max(a, b)}") for a, b in pairs if a != b]
)


@given(EDGES)
def test_ancestors_and_descendants_are_each_others_mirror(edges: list[Edge]) -> None:
    tree = Genealogy.of(edges)
    for thing in tree.things():
        for ancestor in tree.ancestors(thing):
            assert thing in tree.descendants(ancestor)
        assert thing not in tree.ancestors(thing)


@given(EDGES)
def test_relatives_are_the_transitive_closure(edges: list[Edge]) -> None:
    tree = Genealogy.of(edges)
    for thing in tree.things():
        far = {thing}
        while True:
            more = far | {one.child for one in edges if one.parent in far}
            if more == far:
                break
            far = more
        assert set(tree.descendants(thing)) == far - {thing}


def test_a_circle_in_foreign_data_ends() -> None:
    tree = Genealogy.of([edge("A", "B"), edge("B", "A")])
    assert tree.descendants("A") == ("B", "A")
