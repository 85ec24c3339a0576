"""The reference plan on a reference plant: what it finds, what it blames, how often it is wrong.

One seed of the plant, ten days; the bounds are loose enough for any seed seen (1 to 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from twin.line import read_line
from twin.live.plant import ReferencePlant
from twin.measurement import Measurement
from twin.monitoring.alerts import Alert
from twin.monitoring.plan import reference_plan
from twin.monitoring.watch import watch_once
from twin.recipe import Recipe
from twin.settings import Settings, data_folder
from twin.store import Store

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
DAYS = 10
SHOWS_IN = {
    "vapour_depletion": "loading_mg_cm2", "hot_chamber": "chamber_temperature_c",
    "glovebox_moisture": "h2o_ppm", "foil_lot": "foil_thickness_um", "roll_wear": "thickness_um",
    "roll_temperature": "roll_temperature_c", "gauge_drift": "thickness_um",
    "winding_tension": "winding_tension_n",
}  # fmt: skip
Watched = tuple[list[Alert], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    home = tmp_path_factory.mktemp("plant")
    line = read_line(data_folder() / "line.toml")
    until = START + timedelta(days=DAYS)
    plant = ReferencePlant(line, Recipe(name="LACSS 40 s"), seed=1, started_at=START, until=until)
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        store.add_measurements([r for r in plant.records() if isinstance(r, Measurement)])
        alerts = watch_once(store, reference_plan())
        yield alerts, plant.truth(until - timedelta(hours=8))["special_causes"]


def during(cause: dict[str, Any], alert: Alert) -> bool:
    start, end = (datetime.fromisoformat(cause[name]) for name in ("start", "end"))
    inside = start <= alert.last_point_at and alert.first_point_at <= end + timedelta(hours=2)
    return inside and alert.characteristic == SHOWS_IN[cause["cause"]]


@pytest.mark.slow
def test_every_special_cause_is_found(watched: Watched) -> None:
    alerts, causes = watched
    assert len(causes) >= 5
    for cause in causes:
        assert any(during(cause, alert) for alert in alerts), cause


@pytest.mark.slow
def test_most_are_blamed_on_what_they_are(watched: Watched) -> None:
    alerts, causes = watched
    right = 0
    for cause in causes:
        ranked = [
            [entry.cause for entry in alert.diagnosis[:2]]
            for alert in alerts
            if during(cause, alert) and alert.count >= 3
        ]
        right += any(cause["cause"] in names for names in ranked)
    assert right >= 0.7 * len(causes)


@pytest.mark.slow
def test_false_alerts_are_few(watched: Watched) -> None:
    alerts, causes = watched
    margin = timedelta(hours=12)
    false = [
        alert
        for alert in alerts
        if not any(
            datetime.fromisoformat(cause["start"]) <= alert.last_point_at
            and alert.first_point_at <= datetime.fromisoformat(cause["end"]) + margin
            for cause in causes
        )
    ]
    assert len(false) <= 3 * DAYS
    assert all(alert.provenance == "simulated" for alert in alerts)
