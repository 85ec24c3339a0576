"""All about one thing: as data, as a sentence, as a tree."""

from __future__ import annotations

import json
from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from process_models.errors import InputError
from twin.genealogy import Edge, Genealogy, Passages
from twin.genealogy.descent import descent
from twin.genealogy.words import sentence, tree_lines

if TYPE_CHECKING:
    from conftest import Run


@pytest.fixture(scope="module")
def tree() -> Genealogy:
    """A cell from L1 of FR1, whose fill is shared with L2 and whose furnace run with L3."""
    edges = [
        Edge("FR1", "L1", "strip", 0.0, "unwind"), Edge("FR1", "L2", "strip", 0.0, "unwind"),
        Edge("L1", "L1-W", "wound_roll", 4000.0, "wind", 1),
        *(Edge("L1-W", f"L1-S0{n}", "sheet", 7200.0, "roll", 2) for n in (1, 2, 3)),
        Edge("L1-S01", "L1-T1", "coupon", 7500.0, "inspect"),
        Edge("L1-T1", "L1-C1", "cell", 8000.0, "cell_test", 5),
    ]  # fmt: skip
    frame = pd.DataFrame(
        [("L1", "sublimation", 1, 3600.0, 3700.0), ("L3", "sublimation", 1, 3600.0, 3700.0),
         ("L2", "sublimation", 1, 3800.0, 3900.0), ("L1", "roll", 2, 7000.0, 7200.0)],
        columns=["lot", "station", "server", "start_s", "finish_s"],
    )  # fmt: skip
    services = pd.DataFrame(
        [("sublimation", 1, "precursor refill", 100.0)],
        columns=["station", "server", "name", "time_s"],
    )
    return Genealogy.of(edges, Passages(frame, services))


def test_a_cell_in_a_sentence(tree: Genealogy) -> None:
    assert sentence(descent(tree, "L1-C1")) == (
        "Cell L1-C1 comes from foil roll FR1 through lot L1, exposed 1 Jan 07:00 on server 1 with 1"
        " other lot, rolled 1 Jan 07:56 on server 2; 2 other lots share its precursor fill."
    )


def test_a_lot_in_two_sentences(tree: Genealogy) -> None:
    text = sentence(descent(tree, "L1"))
    assert text.startswith("Lot L1 comes from foil roll FR1, exposed 1 Jan 07:00 on server 1")
    assert (
        ". It became wound roll L1-W, sheets L1-S01 and L1-S02 and L1-S03 and cell L1-C1." in text
    )


def test_a_foil_roll_in_a_sentence(tree: Genealogy) -> None:
    assert sentence(descent(tree, "FR1")) == (
        "Foil roll FR1 became lots L1 and L2, wound roll L1-W, sheets L1-S01 and L1-S02 and L1-S03"
        " and cell L1-C1."
    )


def test_a_lot_that_stands_alone_says_so() -> None:
    alone = Genealogy.of([], Passages(pd.DataFrame(
        [("L1", "polish", 1, 0.0, 1.0)],
        columns=["lot", "station", "server", "start_s", "finish_s"]), Passages.none().services,
    ))  # fmt: skip
    assert sentence(descent(alone, "L1")) == "Lot L1 has passed polish."


def test_times_are_those_of_the_reader_and_ids_are_marked(tree: Genealogy) -> None:
    text = sentence(descent(tree, "L1-C1"), timezone(timedelta(hours=2)), lambda one: f"<{one}>")
    assert "Cell <L1-C1> comes from foil roll <FR1> through lot <L1>" in text
    assert "rolled 1 Jan 09:56" in text


def test_the_tree_back(tree: Genealogy) -> None:
    assert list(tree_lines(descent(tree, "L1-C1"), "back")) == [
        "L1-C1  cell",
        "└─ from L1-T1  coupon, 2024-01-01 08:13Z at cell_test server 5",
        "   └─ from L1-S01  sheet, 2024-01-01 08:05Z at inspect",
        "      └─ from L1-W  wound roll, 2024-01-01 08:00Z at roll server 2",
        "         └─ from L1  lot, 2024-01-01 07:06Z at wind server 1",
        "            └─ from FR1  foil roll, 2024-01-01 06:00Z at unwind",
    ]


def test_the_tree_forward_puts_leaves_together(tree: Genealogy) -> None:
    assert list(tree_lines(descent(tree, "FR1"), "forward")) == [
        "FR1  foil roll",
        "├─ to L1  lot, 2024-01-01 06:00Z at unwind",
        "│  └─ to L1-W  wound roll, 2024-01-01 07:06Z at wind server 1",
        "│     ├─ to L1-S01  sheet, 2024-01-01 08:00Z at roll server 2",
        "│     │  └─ to L1-T1  coupon, 2024-01-01 08:05Z at inspect",
        "│     │     └─ to L1-C1  cell, 2024-01-01 08:13Z at cell_test server 5",
        "│     └─ to L1-S02 to L1-S03  2 sheets, 2024-01-01 08:00Z at roll server 2",
        "└─ to L2  lot, 2024-01-01 06:00Z at unwind",
    ]


def test_both_directions_stand_one_above_the_other(tree: Genealogy) -> None:
    lines = list(tree_lines(descent(tree, "L1-W")))
    assert lines.index("") > 0
    assert [line for line in lines if line.startswith("L1-W")] == ["L1-W  wound roll"] * 2


def test_circles_and_shared_parents_are_named_and_not_followed_again() -> None:
    pairs = [("A", "B"), ("A", "C"), ("B", "D"), ("C", "D"), ("D", "E"), ("E", "A")]
    tree = Genealogy.of(Edge(a, b, "split", 0.0, "x") for a, b in pairs)
    lines = list(tree_lines(descent(tree, "A"), "forward"))
    assert sum("to E" in line for line in lines) == 1
    assert len(lines) == 7


def test_as_data_it_is_plain_and_times_have_an_offset(tree: Genealogy) -> None:
    found = descent(tree, "L1-C1").to_dict()
    assert json.loads(json.dumps(found)) == found
    assert found["ancestors"][-1] == {"id": "FR1", "kind": "foil_roll"}
    assert found["edges"]["back"][0] == {
        "parent": "L1-T1", "child": "L1-C1", "kind": "cell", "station": "cell_test", "server": 5,
        "at": "2024-01-01T08:13:20+00:00",
    }  # fmt: skip
    exposed, rolled = found["passages"]
    assert exposed["together"] == ["L1", "L3"]
    assert exposed["campaign"] == {
        "service": "precursor refill", "begun_at": "2024-01-01T06:01:40+00:00", "ended_at": None,
        "lots": 3,
    }  # fmt: skip
    assert rolled["campaign"]["service"] is None


@pytest.mark.parametrize(("direction", "empty", "full"), [
    ("back", "descendants", "ancestors"), ("forward", "ancestors", "descendants"),
])  # fmt: skip
def test_a_direction_leaves_the_other_out(
    tree: Genealogy, direction: str, empty: str, full: str
) -> None:
    found = descent(tree, "L1-W").to_dict(direction)
    assert found[empty] == []
    assert found[full]
    assert bool(found["passages"]) == (direction == "back")


def test_relatives_by_kind(run: Run) -> None:
    found = descent(run.tree, "FR00001")
    assert found.of_kind("lot") == ("L00001", "L00002", "L00003", "L00004")
    assert all(one.endswith("-C1") for one in found.of_kind("cell"))
    with pytest.raises(InputError, match="has the id 'L9'"):
        descent(run.tree, "L9")
