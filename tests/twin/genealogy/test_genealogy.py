"""Genealogy: from foil roll to cell and back."""

from __future__ import annotations

from twin.distributions import Deterministic
from twin.genealogy import Edge, Genealogy, genealogy
from twin.line import Arrivals, LineModel, StationModel
from twin.simulation import LineSimulation


def run(*names: str, lots: int, scrap_at: str = "") -> Genealogy:
    stations = tuple(
        StationModel(name, Deterministic(10), scrap_probability=float(name == scrap_at))
        for name in names
    )
    test = StationModel("cell_test", Deterministic(5), sample_every=2)
    line = LineModel(
        "x", Arrivals("saturated"), (*stations, test), sheets_per_lot=3, strips_per_roll=2
    )
    simulation = LineSimulation(line, seed=1)
    simulation.run(lots=lots)
    return genealogy(simulation.records, line)


def test_a_cell_goes_back_to_its_foil_roll() -> None:
    tree = run("unwind", "wind", "roll", "inspect", lots=3)
    assert tree.ancestors("L00003-C1") == (
        "L00003-T1", "L00003-S01", "L00003-W", "L00003", "FR00002",
    )  # fmt: skip


def test_a_foil_roll_goes_forward_to_all_its_cells() -> None:
    tree = run("unwind", "wind", "roll", "inspect", lots=3)
    found = tree.descendants("FR00001")
    assert {"L00001", "L00002", "L00001-S03", "L00002-S01", "L00001-T1", "L00001-C1"} <= set(found)
    assert not any(name.startswith("L00003") for name in found)


def test_a_line_without_winding_cuts_sheets_from_the_strip() -> None:
    tree = run("roll", "inspect", lots=1)
    assert tree.parents("L00001-S01") == ("L00001",)


def test_a_lot_scrapped_at_rolling_gives_no_sheets() -> None:
    tree = run("wind", "roll", lots=1, scrap_at="roll")
    assert tree.descendants("L00001") == ("L00001-W",)


def test_edges_are_in_order_of_time_and_make_a_table() -> None:
    table = run("unwind", "wind", "roll", "inspect", lots=2).to_frame()
    assert table["time_s"].is_monotonic_increasing
    assert table["kind"].value_counts().to_dict() == {
        "sheet": 6, "strip": 2, "wound_roll": 2, "coupon": 1, "cell": 1,
    }  # fmt: skip


def test_many_to_many() -> None:
    tree = Genealogy.of(
        Edge(parent, child, "merge", 0.0, "wind") for parent in ("A", "B") for child in ("X", "Y")
    )
    assert tree.parents("X") == ("A", "B")
    assert tree.children("A") == ("X", "Y")
    assert tree.ancestors("unknown") == ()
