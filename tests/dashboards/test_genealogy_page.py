"""Genealogy: from a cell back and from a foil roll forward; the URL, the box, what is unknown."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.figures.genealogy import KIND_SYMBOLS, family_tree
from dashboards.theme import LIGHT
from twin.genealogy import Edge, Genealogy
from twin.genealogy.descent import descent
from twin.genealogy.layout import layout
from twin.measurement import Event, Measurement
from twin.settings import Settings
from twin.store import Store

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
STEPS = (
    ("unwind", "split", "L1", "FR1", ""), ("unwind", "split", "L2", "FR1", ""),
    ("sublimation", "maintenance_end", "", "", "server 1; precursor refill"),
    ("sublimation", "start", "L1", "", "server 1"), ("sublimation", "finish", "L1", "", "server 1"),
    ("sublimation", "start", "L2", "", "server 1"), ("sublimation", "finish", "L2", "", "server 1"),
    ("wind", "start", "L1", "", "server 1"), ("wind", "finish", "L1", "", "server 1"),
    ("roll", "start", "L1", "", "server 1"), ("roll", "finish", "L1", "", "server 1"),
    ("inspect", "split", "L1-T1", "L1", ""),
    ("cell_test", "arrive", "L1-T1", "", ""), ("cell_test", "start", "L1-T1", "", "server 4"),
)  # fmt: skip


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with one foil roll, two lots, a cell; its thickness lies outside."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("LACSS_HOME", str(home))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    events = [
        Event(occurred_at=START + timedelta(minutes=10 * n), station=station, event=event,
              lot_id=lot, parent_lot_id=parent, detail=detail, sequence=n, provenance="simulated")
        for n, (station, event, lot, parent, detail) in enumerate(STEPS)
    ]  # fmt: skip
    thick = Measurement(
        measured_at=START + timedelta(minutes=100), lot_id="L1", station="roll",
        characteristic="thickness_um", value=75.0, unit="um", provenance="simulated",
    )  # fmt: skip
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        store.add_events(events)
        store.add_measurements([thick])
    return home


def opened(app: AppTest, thing: str = "") -> AppTest:
    if thing:
        app.query_params["thing"] = thing
    app.run()
    page = app.switch_page("views/genealogy.py").run()
    if thing and not page.text_input(key="thing").value:
        page.text_input(key="thing").set_value(thing).run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    return "\n".join(str(one.value) for one in page.markdown)


@pytest.mark.usefixtures("family")
def test_a_cell_goes_back_to_its_foil_roll_furnace_run_and_roll_pass(app: AppTest) -> None:
    page = opened(app, "L1-C1")
    text = said(page).replace("\\", "")
    assert "Cell **L1-C1** comes from foil roll **FR1** through lot **L1**" in text
    assert "rolled 5 Jan 07:30 on server 1" in text
    assert "1 other lot shares its precursor fill" in text
    assert "simulated" in text
    assert "1 values, 1 outside its specification" in text
    (picture,) = page.get("plotly_chart")
    assert picture.proto.alt == "Where L1-C1 came from and went, simulated data"


@pytest.mark.usefixtures("family")
def test_tables_show_values_stations_and_steps(app: AppTest) -> None:
    page = opened(app, "L1-C1")
    along, stops, steps = (one.value for one in page.dataframe)
    assert along["Specification"].tolist() == ["✗ outside"]
    assert stops["Last service before"].tolist()[0] == "precursor refill"
    assert stops["Lots between services"].tolist()[0] == 2
    assert steps["Made"].tolist()[-1] == "L1-C1"


@pytest.mark.usefixtures("family")
def test_a_foil_roll_goes_forward_to_its_cells(app: AppTest) -> None:
    text = said(opened(app, "FR1")).replace("\\", "")
    assert "Foil roll **FR1** became lots **L1** and **L2**" in text
    assert "cell **L1-C1**" in text


@pytest.mark.usefixtures("family")
def test_the_newest_ids_are_offered_and_one_click_fills_the_box(app: AppTest) -> None:
    page = opened(app)
    assert [one.key for one in page.button][:2] == ["example-L1-C1", "example-L2"]
    page.button(key="example-L1-C1").click().run()
    assert page.text_input(key="thing").value == "L1-C1"
    assert "Cell" in said(page)


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize("thing", ["L9", "<b>x</b>", "'; DROP TABLE events; --"])
def test_an_unknown_id_is_one_line(app: AppTest, thing: str) -> None:
    page = opened(app, thing)
    (error,) = page.error
    assert "has the id" in error.value
    assert "<b>" not in error.value


@pytest.mark.usefixtures("empty")
def test_without_events_the_next_step_is_a_button(app: AppTest) -> None:
    page = opened(app)
    assert "No event of the line is stored yet" in said(page)
    assert [one.key for one in page.button] == ["go-data"]


@pytest.mark.usefixtures("family")
def test_the_export_is_ocel_of_the_relatives() -> None:
    from dashboards.genealogy_data import ocel_bytes

    log = json.loads(ocel_bytes("L1-C1"))
    made = {one["id"] for one in log["objects"]}
    assert {"FR1", "L1", "L1-C1"} <= made
    assert "L2" not in made


EVIL = "<script>alert(1)</script>&"


def test_every_kind_has_a_form_of_its_own() -> None:
    assert len(set(KIND_SYMBOLS.values())) == len(KIND_SYMBOLS)


def test_the_figure_marks_what_was_asked_by_size_and_weight_too() -> None:
    tree = Genealogy.of([Edge("A", EVIL, "wound_roll", 0.0, "wind")])
    figure = family_tree(layout(descent(tree, EVIL)), EVIL, LIGHT)
    asked = next(trace for trace in figure.data if trace.name == "Wound roll")
    other = next(trace for trace in figure.data if trace.name == "Lot")
    assert asked.marker.size[0] > other.marker.size[0]
    assert asked.text[0].startswith("<b>")
    assert "<script" not in figure.to_json()


def test_rows_without_room_are_told_in_the_title() -> None:
    pairs = [Edge("F", f"L{n}", "strip", 0.0, "unwind") for n in range(60)]
    wound = [Edge(f"L{n}", f"L{n}-W", "wound_roll", 1.0, "wind") for n in range(60)]
    drawn = layout(descent(Genealogy.of([*pairs, *wound]), "F"))
    title = family_tree(drawn, "F", LIGHT, simulated=True).layout.title.text
    assert title == "Where F came from and went (20 more rows are in the table), simulated data"


def test_an_id_that_came_after_the_graph_was_read_is_found(family: Path, app: AppTest) -> None:
    page = opened(app, "FR1")
    late = Event(occurred_at=START + timedelta(hours=9), station="unwind", event="split",
                 lot_id="L3", parent_lot_id="FR1", sequence=99, provenance="simulated")  # fmt: skip
    with Store.open(Settings(family, f"sqlite:///{family / 'lacss.db'}")) as store:
        store.add_events([late])
    page.text_input(key="thing").set_value("L3").run()
    assert not page.exception
    assert [one.value for one in page.error] == []
    assert "Lot **L3** comes from foil roll **FR1**" in said(page).replace("\\", "")


@pytest.mark.usefixtures("family")
def test_blanks_around_an_id_do_not_matter(app: AppTest) -> None:
    assert "Cell" in said(opened(app, "  L1-C1 "))


@pytest.mark.usefixtures("family")
def test_a_lot_that_was_only_cut_says_where_it_comes_from(app: AppTest) -> None:
    text = said(opened(app, "L2")).replace("\\", "")
    assert "Lot **L2** comes from foil roll **FR1**, exposed" in text
    assert "0 values, none outside" in text


@pytest.mark.usefixtures("full")
def test_a_store_without_splits_still_tells_what_a_lot_passed(app: AppTest) -> None:
    text = said(opened(app, "L00010")).replace("\\", "")
    assert "Lot **L00010** exposed" in text
    assert "values" in text


@pytest.mark.usefixtures("family")
def test_times_of_the_tables_are_utc_and_unknown_servers_a_dash() -> None:
    from dashboards.genealogy_data import edges_table, found_of, stops_table

    found = found_of("L1-C1")
    steps, stops = edges_table(found), stops_table(found)
    assert str(steps["At (UTC)"].dtype).endswith("UTC]")
    assert steps["Server"].tolist() == ["–", "1", "1", "–", "4"]
    assert steps["At (UTC)"].is_monotonic_increasing
    assert stops["Together with"].tolist() == ["alone"] * 4
    assert stops["Station"].tolist() == ["Sublimation", "Wind", "Roll", "Cell test"]


def test_a_picture_has_a_trace_for_each_kind_and_one_for_the_links() -> None:
    edges = [Edge("F", "L", "strip", 0.0, "unwind"), Edge("L", "L-W", "wound_roll", 1.0, "wind"),
             *(Edge("L-W", f"S{n}", "sheet", 2.0, "roll") for n in (1, 2, 3))]  # fmt: skip
    figure = family_tree(layout(descent(Genealogy.of(edges), "L")), "L", LIGHT)
    assert [trace.name for trace in figure.data] == [
        "made from", "Foil roll", "Lot", "Wound roll", "Sheet",
    ]  # fmt: skip
    links = figure.data[0]
    assert list(links.x) == [0, 1, None, 1, 2, None, 2, 3, None]
    assert figure.data[-1].text == ("3 sheets",)
    assert figure.data[2].hovertext == ("Lot L",)


def test_a_thing_alone_is_drawn_without_links() -> None:
    tree = Genealogy.of([Edge("A", "B", "split", 0.0, "roll")])
    alone = descent(tree, "A")
    assert len(family_tree(layout(alone), "A", LIGHT).data) == 2
