"""OCEL 2.0: the log obeys the published JSON schema and the rules beyond it.

The schema asks at the top for objectTypes, eventTypes, objects and events; of a type its name and
attributes with name and type; of an event id, type and time; of an object id and type; of a
relationship objectId and qualifier; of an event's attribute name and value, of an object's also
the time. Types of attributes are string, time, integer, float, boolean. Readers (pm4py among
them) moreover need unique ids, relationships that resolve, and a time for every event.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.errors import InputError
from twin.distributions import Deterministic, Exponential
from twin.genealogy import Edge, Genealogy, genealogy
from twin.line import Arrivals, LineModel, Rework, StationModel
from twin.ocel import EVENT_TYPES, OBJECT_TYPES, ocel_log, write_ocel
from twin.simulation import LineSimulation

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
VALUES = {"string": str, "integer": int, "float": float, "boolean": bool, "time": str}


def complaints(log: Any) -> list[str]:
    """What is wrong with a log, after the schema and the rules beyond it."""
    found: list[str] = []

    def need(condition: bool, what: str) -> None:
        if not condition:
            found.append(what)

    need(set(log) == {"objectTypes", "eventTypes", "objects", "events"}, "top level")
    kinds: dict[str, dict[str, dict[str, str]]] = {}
    for group in ("objectTypes", "eventTypes"):
        names = [one["name"] for one in log[group]]
        need(len(names) == len(set(names)), f"{group} twice")
        kinds[group] = {
            one["name"]: {own["name"]: own["type"] for own in one["attributes"]}
            for one in log[group]
        }
        need(all(t in VALUES for own in kinds[group].values() for t in own.values()), group)
    objects = [one["id"] for one in log["objects"]]
    need(len(objects) == len(set(objects)), "object id twice")
    need(len({one["id"] for one in log["events"]}) == len(log["events"]), "event id twice")
    known = set(objects)
    for group, types, timed in (("objects", "objectTypes", True), ("events", "eventTypes", False)):
        for one in log[group]:
            wanted = {"id", "type", "attributes", "relationships"} | (set() if timed else {"time"})
            need(set(one) == wanted, f"{one['id']}: keys {sorted(one)}")
            need(isinstance(one["id"], str) and one["type"] in kinds[types], f"{one['id']}: type")
            need(timed or TIME.fullmatch(one["time"]) is not None, f"{one['id']}: time")
            for own in one["attributes"]:
                kind = kinds[types].get(one["type"], {}).get(own["name"], "")
                need(type(own["value"]) is VALUES.get(kind), f"{one['id']}: {own}")
                need(set(own) == {"name", "value"} | ({"time"} if timed else set()), "attribute")
                need(not timed or TIME.fullmatch(own["time"]) is not None, "attribute time")
            for other in one["relationships"]:
                need(set(other) == {"objectId", "qualifier"}, f"{one['id']}: relationship")
                need(other["objectId"] in known, f"{one['id']}: {other['objectId']} is no object")
                need(other["objectId"] != one["id"], f"{one['id']}: related to itself")
            pairs = [tuple(other.values()) for other in one["relationships"]]
            need(len(pairs) == len(set(pairs)), f"{one['id']}: related twice")
    return found


@pytest.fixture(scope="module")
def tree() -> Genealogy:
    """A line with furnace runs of three lots, stopped while lots are in service."""
    line = LineModel(
        "x", Arrivals("saturated"),
        (
            StationModel("unwind", Exponential(10)),
            StationModel("sublimation", Exponential(30), batch=3),
            StationModel("wind", Exponential(10), scrap_probability=0.1),
            StationModel("roll", Exponential(9), servers=2),
            StationModel("inspect", Exponential(5)),
            StationModel("cell_test", Deterministic(50), sample_every=4, servers=3),
        ),
        sheets_per_lot=3, strips_per_roll=4,
    )  # fmt: skip
    simulation = LineSimulation(line, seed=11)
    simulation.run(until_s=600.0)
    return genealogy(simulation.records, line)


@pytest.fixture(scope="module")
def log(tree: Genealogy) -> dict[str, Any]:
    return ocel_log(tree)


def test_a_whole_run_obeys_the_standard(log: dict[str, Any]) -> None:
    assert complaints(json.loads(json.dumps(log))) == []


def test_the_checker_sees_what_is_wrong(log: dict[str, Any]) -> None:
    """Each damage is noticed, so that an empty list above means something."""

    def damaged(change: Any) -> list[str]:
        copy = json.loads(json.dumps(log))
        change(copy)
        return complaints(copy)

    assert damaged(lambda one: one["objects"].pop())
    assert damaged(lambda one: one["events"].append(one["events"][0]))
    assert damaged(lambda one: one["events"][0].update(time="2026-01-05T06:00:00"))
    assert damaged(lambda one: one["events"][0].update(type="dance"))
    assert damaged(lambda one: one["objects"][-1]["attributes"][0].update(value=1.5))
    assert damaged(lambda one: one["eventTypes"].pop())
    assert damaged(lambda one: one.update(more=[]))


def test_every_thing_and_every_run_is_an_object(tree: Genealogy, log: dict[str, Any]) -> None:
    kinds = {one["id"]: one["type"] for one in log["objects"]}
    assert {thing: tree.kind(thing) for thing in tree.things()}.items() <= kinds.items()
    furnace = {one.run for one in tree.passages.every() if one.station == "sublimation"}
    assert {one for one, kind in kinds.items() if kind == "furnace_run"} == furnace


def test_a_furnace_run_starts_with_all_its_lots(log: dict[str, Any]) -> None:
    first = next(one for one in log["objects"] if one["type"] == "furnace_run")["id"]
    starts = [
        event for event in log["events"]
        if event["type"] == "start service"
        and {"objectId": first, "qualifier": "run"} in event["relationships"]
    ]  # fmt: skip
    (event,) = starts
    assert [one["objectId"] for one in event["relationships"]] == [
        first, "L00001", "L00002", "L00003",
    ]  # fmt: skip


def test_relationships_of_objects_are_the_edges(tree: Genealogy, log: dict[str, Any]) -> None:
    pairs = {
        (other["objectId"], one["id"]) for one in log["objects"] for other in one["relationships"]
    }
    assert pairs == {(edge.parent, edge.child) for edge in tree.edges()}


def test_sheets_of_a_lot_are_cut_in_one_event_and_joined_strips_wound_in_one() -> None:
    edges = [
        *(Edge("W", f"S{n}", "sheet", 5.0, "roll", 1) for n in (1, 2)),
        *(Edge(lot, "W", "wound_roll", 2.0, "wind", 1) for lot in ("A", "B")),
    ]
    wound, cut = ocel_log(Genealogy.of(edges))["events"]
    assert wound["type"] == "wind"
    assert {(o["objectId"], o["qualifier"]) for o in wound["relationships"]} == {
        ("A", "from"), ("B", "from"), ("W", "made"),
    }  # fmt: skip
    assert cut["type"] == "cut sheets"
    assert [o["objectId"] for o in cut["relationships"]] == ["W", "S1", "S2"]


def test_events_are_in_order_of_time(log: dict[str, Any]) -> None:
    times = [event["time"] for event in log["events"]]
    assert times == sorted(times)
    assert [event["id"] for event in log["events"][:2]] == ["e1", "e2"]


def test_a_log_of_one_thing_holds_its_relatives_and_obeys_too(tree: Genealogy) -> None:
    cell = next(one for one in tree.things() if tree.kind(one) == "cell")
    small = ocel_log(tree, cell)
    assert complaints(small) == []
    made = {one["id"] for one in small["objects"] if not one["type"].endswith(("run", "pass"))}
    assert made == {cell, *tree.ancestors(cell)}
    with pytest.raises(InputError, match="has the id 'L9'"):
        ocel_log(tree, "L9")


def test_an_empty_graph_is_a_log_with_types_only() -> None:
    empty = ocel_log(Genealogy.of([]))
    assert complaints(empty) == []
    assert empty["objects"] == empty["events"] == []
    assert [one["name"] for one in empty["objectTypes"]] == list(OBJECT_TYPES)
    assert [one["name"] for one in empty["eventTypes"]] == list(EVENT_TYPES)


def test_it_is_written_as_utf_8_and_a_place_that_cannot_be_written_is_named(
    tmp_path: Path,
) -> None:
    log = ocel_log(Genealogy.of([Edge("Rolle ä", "批7", "strip", 0.0, "unwind")]))
    write_ocel(log, tmp_path / "new" / "log.json")
    assert json.loads((tmp_path / "new" / "log.json").read_text(encoding="utf-8")) == log
    with pytest.raises(InputError, match="cannot be written"):
        write_ocel(log, tmp_path)


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 9999), batch=st.integers(1, 3), sheets=st.integers(1, 4),
    scrap=st.sampled_from([0.0, 0.3]), until_s=st.floats(1.0, 300.0),
)  # fmt: skip
def test_any_line_stopped_at_any_time_obeys_the_standard(
    seed: int, batch: int, sheets: int, scrap: float, until_s: float
) -> None:
    line = LineModel(
        "law", Arrivals("saturated"),
        (
            StationModel("sublimation", Exponential(10), batch=batch, scrap_probability=scrap),
            StationModel("roll", Exponential(10), servers=2, rework=Rework(0.2, "sublimation")),
            StationModel("cell_test", Exponential(30), sample_every=2, servers=3),
        ),
        sheets_per_lot=sheets, strips_per_roll=3,
    )  # fmt: skip
    simulation = LineSimulation(line, seed=seed)
    simulation.run(until_s=until_s)
    made = genealogy(simulation.records, line)
    log = ocel_log(made)
    assert complaints(log) == []
    started = sum(event["type"] == "start service" for event in log["events"])
    finished = sum(event["type"] == "finish service" for event in log["events"])
    runs = {one.run for one in made.passages.every()}
    assert finished <= started == len(runs)
    for thing in made.things()[:5]:
        assert complaints(ocel_log(made, thing)) == []


def test_foreign_ids_and_a_thing_made_twice_from_one_parent_obey_too() -> None:
    edges = [
        Edge('é "quoted"', "L-1", "strip", 0.0, "unwind"),
        Edge("L-1", "K", "coupon", 1.0, "roll"),
        Edge("L-1", "K", "split", 2.0, "inspect"),
        Edge("", "L-1", "merge", 3.0, "wind"),
    ]
    log = ocel_log(Genealogy.of(edges))
    assert complaints(json.loads(json.dumps(log))) == []
    coupon = next(one for one in log["objects"] if one["id"] == "K")
    assert coupon["type"] == "coupon"
    assert coupon["relationships"] == [{"objectId": "L-1", "qualifier": "made from"}]
