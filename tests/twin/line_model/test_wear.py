"""The condition of a server, and the chart that watches it: against the charts of the library."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest

from process_models.spc import ChartOptions, FrozenLimits, stream
from twin.condition_table import conditions
from twin.distributions import Deterministic, Exponential
from twin.line import Alarm, Arrivals, Condition, Maintenance, People
from twin.line_model.streams import Streams
from twin.line_model.wear import Watch
from twin.simulation import LineSimulation

Ran = Callable[..., LineSimulation]
Spans = Callable[[LineSimulation, str], list[tuple[str, float, float, float]]]
Happened = Callable[..., list[tuple[Any, ...]]]

UP_ONE = Condition("gap_um", Deterministic(1))
NONE = Deterministic(0.0)


def seen(simulation: LineSimulation) -> list[float]:
    return [float(value) for value in simulation.records.condition_rows[:, 4]]


def test_each_lot_sees_what_the_lots_before_have_left(ran: Ran) -> None:
    simulation = ran(("a", 10, {"condition": Condition("w", Deterministic(2), start=5)}), lots=4)
    assert seen(simulation) == [5, 7, 9, 11]


def test_all_lots_of_a_batch_see_the_same(ran: Ran) -> None:
    simulation = ran(("a", 10, {"condition": UP_ONE, "batch": 2}), lots=4)
    assert seen(simulation) == [0, 0, 2, 2]


def test_hours_count_by_the_clock(ran: Ran) -> None:
    drifts = Condition("w", NONE, per_h=3600)
    simulation = ran(("a", 10, {"condition": drifts, "down_windows_s": ((12, 20),)}), lots=2)
    assert seen(simulation) == [10, 28]


def test_hours_count_from_the_end_of_the_maintenance(ran: Ran) -> None:
    drifts = Condition("w", NONE, per_h=3600)
    job = Maintenance("grind", Deterministic(5), every_lots=1)
    assert seen(ran(("a", 10, {"condition": drifts, "maintenance": (job,)}), lots=3)) == [10] * 3


def test_each_server_wears_by_itself(ran: Ran) -> None:
    simulation = ran(("a", 10, {"condition": UP_ONE, "servers": 2}), lots=5)
    rows = simulation.records.condition_rows[:, [2, 4]].tolist()
    assert rows == [[0, 0], [1, 0], [0, 1], [1, 1], [0, 2]]


def test_wear_is_drawn_from_a_stream_of_its_own(ran: Ran) -> None:
    wears = Condition("w", Exponential(1))
    one = seen(ran(("a", 10, {"condition": wears}), lots=50))
    again = seen(ran(("a", 99, {"condition": wears, "scrap_probability": 0.5}), lots=50))
    assert one == again
    assert np.diff(one).min() > 0


def test_the_table_of_conditions_names_everything(ran: Ran) -> None:
    alarm = Alarm("shewhart", Deterministic(7), sigma=0.5, gauge_bias=0.25)
    simulation = ran(("o", 1, {}), ("a", 10, {"condition": UP_ONE, "alarm": alarm}), lots=3)
    table = conditions(simulation.records, simulation.line)
    assert table.to_dict("list") == {
        "time_s": [11, 21, 31],
        "lot": ["L00001", "L00002", "L00003"],
        "station": ["a"] * 3,
        "server": [1] * 3,
        "condition": ["gap_um"] * 3,
        "value": [0, 1, 2],
        "measured": [0.25, 1.25, 2.25],
        "signal": [False, False, True],
    }
    later = conditions(simulation.records, simulation.line, since_s=11, until_s=21)
    assert list(later["lot"]) == ["L00002"]


def test_no_condition_is_an_empty_table(ran: Ran) -> None:
    simulation = ran(("a", 10, {}), lots=2)
    assert conditions(simulation.records, simulation.line).empty


# --- the alarm ---------------------------------------------------------------------------------


def alarmed(chart: Literal["shewhart", "ewma", "cusum"], **more: Any) -> dict[str, Any]:
    return {"condition": UP_ONE, "alarm": Alarm(chart, Deterministic(7), **more)}


def test_a_signal_stops_and_retunes_the_server(ran: Ran, spans: Spans, happened: Happened) -> None:
    simulation = ran(("a", 10, alarmed("shewhart", sigma=0.5)), lots=5)
    # The third lot sees 2, beyond 3 x 0.5: stopped 30-37, then from 0 again.
    assert seen(simulation) == [0, 1, 2, 0, 1]
    assert [row[1] for row in spans(simulation, "a")] == [0, 10, 20, 37, 47]
    assert happened(simulation, "maintenance_start", "maintenance_end") == [
        (30, "maintenance_start", "alarm"), (37, "maintenance_end", "alarm"),
    ]  # fmt: skip


def test_a_chart_below_its_limits_does_nothing(ran: Ran, happened: Happened) -> None:
    simulation = ran(("a", 10, alarmed("shewhart", sigma=9)), lots=20)
    assert not happened(simulation, "maintenance_start")


def test_the_alarm_waits_for_its_crew(ran: Ran, happened: Happened) -> None:
    options = alarmed("shewhart", sigma=0.1, crew="f")
    simulation = ran(("a", 10, {**options, "servers": 2}), people=(People("f", 1),), until_s=50)
    # Both servers signal at their second lot (1 > 0.3), at 20.
    ends = [row[0] for row in happened(simulation, "maintenance_end")]
    assert ends == [27, 34]


def test_a_gauge_that_is_off_gives_false_alarms(ran: Ran, happened: Happened) -> None:
    options = {**alarmed("shewhart", gauge_bias=4.0), "condition": Condition("w", NONE)}
    simulation = ran(("a", 10, options), lots=2)
    assert [row[0] for row in happened(simulation, "maintenance_start")] == [10, 27]


def test_maintenance_that_restores_starts_the_chart_anew(ran: Ran, happened: Happened) -> None:
    job = Maintenance("grind", Deterministic(1), every_lots=2)
    options = {**alarmed("cusum", k=0.5, h=1.2), "maintenance": (job,)}
    simulation = ran(("a", 10, options), lots=8)
    assert {row[2] for row in happened(simulation, "maintenance_start")} == {"grind"}
    alone = ran(("a", 10, alarmed("cusum", k=0.5, h=1.2)), lots=8)
    assert {row[2] for row in happened(alone, "maintenance_start")} == {"alarm"}


CHARTS = {
    "shewhart": ("i_mr", ChartOptions(rules=("beyond_limits",))),
    "ewma": ("ewma", ChartOptions(lam=0.3, width=2.2, rules=("beyond_limits",))),
    "cusum": ("cusum", ChartOptions(k=0.4, h=2.5, rules=("beyond_limits",))),
}


@pytest.mark.parametrize("name", list(CHARTS))
@pytest.mark.parametrize("seed", range(3))
def test_the_watch_signals_where_the_chart_of_the_library_does(name: Any, seed: int) -> None:
    kind, options = CHARTS[name]
    numbers = {"lam": 0.3, "width": 2.2, "k": 0.4, "h": 2.5}
    watch = Watch(
        Alarm(name, NONE, centre=2.0, sigma=1.5, **numbers),
        Streams(1, 0).normal("a", "gauge"),
    )  # fmt: skip
    chart = stream(FrozenLimits(kind, 20, (), {"centre": 2.0, "sigma": 1.5}), options)
    points = np.random.default_rng(seed).normal(2.4, 1.8, 300).tolist()
    first = "individual" if kind == "i_mr" else None
    said = []
    for point in points:
        found = chart.update(point)
        said.append(any(first is None or one.panel == first for one in found.signals))
        if name == "ewma":
            assert found.panels["ewma"].value == watch_value(watch, point)
        else:
            watch.look(point)
    again = Watch(watch.model, watch.errors)
    assert [again.look(point) for point in points] == said
    assert 0 < sum(said) < 300


def watch_value(watch: Watch, point: float) -> float:
    watch.look(point)
    return watch.smoothed


def test_false_alarms_come_as_often_as_the_chart_has_them(ran: Ran, happened: Happened) -> None:
    """A Shewhart chart of 2 sigma signals falsely with p = 0.0455; seed 5, four standard errors."""
    options = {
        "condition": Condition("w", NONE),
        "alarm": Alarm("shewhart", Deterministic(1), nsigma=2, gauge_sd=1.0),
    }  # fmt: skip
    lots, p = 8000, math.erfc(2 / math.sqrt(2))
    simulation = ran(("a", 10, options), lots=lots, seed=5)
    false = len(happened(simulation, "maintenance_start"))
    assert false / lots == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / lots))
    assert false == int(simulation.records.condition_rows[:, 6].sum())


def test_a_drift_is_found_sooner_by_a_narrower_chart(ran: Ran) -> None:
    def worst(width: float) -> float:
        options = {
            "condition": Condition("w", Exponential(0.2)),
            "alarm": Alarm("ewma", Deterministic(1), width=width, gauge_sd=1.0),
        }  # fmt: skip
        return float(np.mean(seen(ran(("a", 10, options), lots=2000, seed=2))))

    assert worst(2.0) < worst(3.0) < worst(6.0)


def test_an_idle_server_keeps_its_condition(ran: Ran) -> None:
    simulation = ran(
        ("a", 10, {"condition": UP_ONE}),
        arrivals=Arrivals("schedule", times_s=(0, 900)),
        until_s=999,
    )
    assert seen(simulation) == [0, 1]
