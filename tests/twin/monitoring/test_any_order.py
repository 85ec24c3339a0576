"""Any order of arrival gives the same limits and the same alerts, whoever watches and restarts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from twin.measurement import Event, Measurement
from twin.monitoring import charts_in_memory, track
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.frozen import Frozen
from twin.monitoring.plan import Cause, ControlPlan, PlannedCharacteristic
from twin.monitoring.watch import watch_once
from twin.monitoring.watcher import Watcher
from twin.settings import Settings
from twin.store import Store, schema

START = datetime(2026, 1, 5, tzinfo=UTC)
SEED = 411
_APART = ("alert_id", "raised_at", "limits_version")
RULES = {"beyond_limits": "major", "nelson_2": "minor", "nelson_5": "info"}


def planned(name: str, **changes: Any) -> PlannedCharacteristic:
    usual: dict[str, Any] = {
        "name": name, "station": "roll", "unit": "um", "lsl": 50.0, "usl": 70.0, "chart": "i_mr",
        "phase1": 20, "rules": RULES, "causes": ("wear",),
    }  # fmt: skip
    return PlannedCharacteristic(**{**usual, **changes})


PLAN = ControlPlan(
    name="orders",
    characteristics=(
        planned("single_um"),
        planned("smooth_um", chart="ewma", rules={"beyond_limits": "major"}),
        planned("summed_um", chart="cusum", rules={"beyond_limits": "major"}),
        planned("sheet_um", chart="xbar_r", subgroup=3, phase1=12),
    ),
    causes=(
        Cause("wear", "", {"single_um": ("high", 0.9), "smooth_um": ("high", 0.5)}),
        Cause("none_of_these"),
    ),
    rearm_points=6,
)


def readings(seed: int, n: int = 70) -> list[Measurement]:
    """Quiet with steps and outliers, four characteristics, three readings a sheet on one."""
    draw = random.Random(seed)
    rows = []
    for one in PLAN.characteristics:
        level = 60.0
        for i in range(n):
            if draw.random() < 0.04:
                level = 60.0 + draw.choice([-4.0, 0.0, 0.0, 3.0])
            for position in range(one.subgroup):
                spike = draw.choice([9.0, -11.0]) if draw.random() < 0.02 else 0.0
                rows.append(
                    Measurement(
                        measured_at=START + timedelta(minutes=i, seconds=position),
                        lot_id=f"L{i:04d}", station="roll", characteristic=one.name, unit="um",
                        value=round(draw.gauss(level, 0.8) + spike, 3), position=position,
                        sequence=i, source="line", provenance="simulated",
                    )
                )  # fmt: skip
    return rows


def stops() -> list[Event]:
    """The station is down now and then, twice while something signals."""
    return [
        Event(
            occurred_at=START + timedelta(minutes=minutes), station="roll", event=kind,
            source="plc", sequence=i, provenance="simulated",
        )
        for i, (minutes, kind) in enumerate(
            [(24, "down"), (27, "up"), (33, "down"), (46, "up"), (55, "setup_start"),
             (61, "setup_end")]
        )
    ]  # fmt: skip


def batches(rows: list[Any], draw: random.Random, wildness: float) -> list[list[Any]]:
    """The rows nearly in order or in none, cut into batches, some of them twice."""
    order = sorted(rows, key=lambda row: _time(row).timestamp() + draw.uniform(0, wildness))
    cut: list[list[Any]] = []
    while order:
        size = draw.randint(1, 60)
        cut.append(order[:size])
        order = order[size:]
        if draw.random() < 0.3:
            cut.append(list(draw.choice(cut)))
    return cut


def _time(row: Measurement | Event) -> datetime:
    return row.measured_at if isinstance(row, Measurement) else row.occurred_at


def alerts_of(store: Store) -> list[dict[str, Any]]:
    """All columns of the alerts of charts that stand, but numbers and when they were raised."""
    table = schema.alerts
    query = sa.select(table).where(table.c.withdrawn == "", table.c.category == "process")
    with store.database.reading() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    plain = [{k: v for k, v in row.items() if k not in _APART} for row in rows]
    return sorted(plain, key=lambda row: (row["fingerprint"], row["first_point_at"]))


def limits_of(store: Store) -> dict[str, Any]:
    frozen = Frozen(store)
    frozen.refresh()
    found = {}
    for one in PLAN.characteristics:
        version = frozen.get((one.name, one.station))
        found[one.name] = version and (version.phase1_from, version.phase1_to,
                                       version.limits.to_dict())  # fmt: skip
    return found


@dataclass
class Watchers:
    """Several at once, of which one or another looks, dies and is begun anew."""

    store: Store
    draw: random.Random
    alive: list[Watcher] = field(default_factory=list)

    def look(self) -> None:
        if not self.alive or (len(self.alive) < 3 and self.draw.random() < 0.2):
            self.alive.append(Watcher(self.store, PLAN))
        if self.draw.random() < 0.15:
            self.alive.remove(self.draw.choice(self.alive))
        for watcher in self.alive:
            if self.draw.random() < 0.7:
                watcher.look(sweep=self.draw.random() < 0.3)

    def finish(self) -> None:
        for watcher in self.alive:
            watcher.look()
        watch_once(self.store, PLAN)


def store_in(folder: Path) -> Store:
    folder.mkdir(parents=True)
    return Store.open(Settings(folder, f"sqlite:///{folder / 'lacss.db'}"))


def arrived(
    folder: Path, rows: list[Measurement], seed: int, wildness: float
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    draw = random.Random(seed)
    with store_in(folder) as store:
        watchers = Watchers(store, draw)
        for batch in batches([*rows, *stops()], draw, wildness):
            store.add_measurements([row for row in batch if isinstance(row, Measurement)])
            store.add_events([row for row in batch if isinstance(row, Event)])
            watchers.look()
        watchers.finish()
        return alerts_of(store), limits_of(store)


def at_once(folder: Path, rows: list[Measurement]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    with store_in(folder) as store:
        store.add_measurements(rows)
        store.add_events(stops())
        watch_once(store, PLAN)
        return alerts_of(store), limits_of(store)


@pytest.mark.soak
@pytest.mark.parametrize("wildness", [0.0, 300.0, 1e9], ids=["in order", "late", "any order"])
def test_any_order_gives_the_same_alerts(
    tmp_path: Path, rounds: Callable[[int, int], int], wildness: float
) -> None:
    signalled = 0
    for round_ in range(rounds(1, 300)):
        rows = readings(SEED + round_)
        expected = at_once(tmp_path / f"once{round_}", rows)
        came = arrived(tmp_path / f"bits{round_}", rows, SEED + round_, wildness)
        assert came[1] == expected[1]
        assert came[0] == expected[0]
        signalled += len(expected[0])
    assert signalled > 3


@pytest.mark.parametrize("wildness", [0.0, 300.0, 1e9], ids=["in order", "late", "any order"])
def test_the_checkpoint_of_a_chart_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wildness: float
) -> None:
    monkeypatch.setattr(track, "KEEP", 8)
    rows = readings(SEED + 900)
    expected = at_once(tmp_path / "once", rows)
    assert arrived(tmp_path / "bits", rows, 5, wildness) == expected


def test_the_control_a_watch_that_never_looks_back_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = readings(SEED)
    expected = at_once(tmp_path / "once", rows)
    add = track.Track.add

    def forgetful(self: Any, fresh: Any) -> Any:
        return replace(add(self, fresh), late_from_us=None)

    monkeypatch.setattr(track.Track, "add", forgetful)
    monkeypatch.setattr(charts_in_memory, "_first_changed", lambda *_: 2**62)
    assert arrived(tmp_path / "bits", rows, SEED, 1e9)[0] != expected[0]


def test_what_late_data_take_back_is_marked_and_may_return(tmp_path: Path) -> None:
    rows = [row for row in readings(SEED, 60) if row.characteristic == "single_um"]
    quiet = [replace(row, value=60.0 + (-1) ** i * 0.5) for i, row in enumerate(rows)]
    run = [replace(row, value=61.1) if 30 <= i < 39 else row for i, row in enumerate(quiet)]
    between = replace(run[34], measured_at=run[34].measured_at + timedelta(seconds=9), value=59.0)
    with store_in(tmp_path / "home") as store:
        store.add_measurements(run)
        (alert,) = watch_once(store, PLAN)
        assert (alert.rule, alert.state, alert.withdrawn) == ("nelson_2", "open", "")
        store.add_measurements([between])
        assert watch_once(store, PLAN) == []
        desk = AlertDesk(store, PLAN)
        marked = desk.get(alert.id)
        assert (marked.state, marked.withdrawn) == (
            "closed", "data that came late bear it out no longer",
        )  # fmt: skip
        assert [e.action for e in desk.history(alert.id)] == ["raise", "withdraw"]


def test_what_somebody_works_on_stays_with_the_mark(tmp_path: Path) -> None:
    rows = [row for row in readings(SEED, 60) if row.characteristic == "single_um"]
    quiet = [replace(row, value=60.0 + (-1) ** i * 0.5) for i, row in enumerate(rows)]
    run = [replace(row, value=61.1) if 30 <= i < 39 else row for i, row in enumerate(quiet)]
    between = replace(run[34], measured_at=run[34].measured_at + timedelta(seconds=9), value=59.0)
    with store_in(tmp_path / "home") as store:
        store.add_measurements(run)
        (alert,) = watch_once(store, PLAN)
        desk = AlertDesk(store, PLAN)
        desk.acknowledge(alert.id, "ana")
        store.add_measurements([between])
        watch_once(store, PLAN)
        assert desk.get(alert.id).state == "acknowledged"
        assert desk.get(alert.id).withdrawn != ""


def test_a_late_point_that_joins_two_runs_leaves_one(tmp_path: Path) -> None:
    rows = [row for row in readings(SEED, 60) if row.characteristic == "single_um"]
    special = {30: 68.0, 38: 68.0}
    quiet = [60.0 + (-1) ** i * 0.5 for i in range(len(rows))]
    made = [replace(row, value=special.get(i, quiet[i])) for i, row in enumerate(rows)]
    late = replace(made[34], measured_at=made[34].measured_at + timedelta(seconds=9), value=68.0)
    with store_in(tmp_path / "home") as store:
        store.add_measurements(made)
        first, second = (a for a in watch_once(store, PLAN) if a.rule == "beyond_limits")
        store.add_measurements([late])
        watch_once(store, PLAN)
        desk = AlertDesk(store, PLAN)
        assert (desk.get(first.id).count, desk.get(first.id).withdrawn) == (3, "")
        assert desk.get(second.id).withdrawn == (
            f"data that came late make it part of alert {first.id}"
        )


def test_late_readings_of_phase1_give_limits_of_the_true_phase1(tmp_path: Path) -> None:
    rows = [row for row in readings(SEED, 40) if row.characteristic == "single_um"]
    with store_in(tmp_path / "home") as store:
        store.add_measurements(rows[10:])
        watch_once(store, PLAN)
        store.add_measurements(rows[:10])
        watch_once(store, PLAN)
        frozen = Frozen(store)
        frozen.refresh()
        version = frozen.get(("single_um", "roll"))
        assert version is not None
        assert (version.version, version.phase1_from) == (2, rows[0].measured_at)
        assert version.reason.startswith("readings that came late are in Phase I: first 20 points")
