"""A whole simulated week: another process, the real wire, the store, charts, alerts, forecasts."""

from __future__ import annotations

import pytest

from process_models.quality import QualityModel
from twin.line import LineModel
from twin.monitoring.plan import reference_plan
from twin.recipe import Recipe
from twin.running.once import simulated_week
from twin.running.summary import WeekSummary
from twin.settings import Settings
from twin.store import Store


@pytest.mark.slow
def test_a_week_passes_and_is_summed_up_and_passing_again_adds_nothing(
    settings: Settings, reference_line: LineModel, prior_model: QualityModel
) -> None:
    said: list[str] = []

    def week() -> WeekSummary:
        with Store.open(settings) as store:
            return simulated_week(
                settings, store, reference_line, Recipe(name="LACSS 40 s"), reference_plan(),
                prior_model, seed=3, replications=10, say=said.append,
            )

    first = week()
    assert first.measurements > 10_000
    assert first.events > 15_000
    assert first.records == first.measurements + first.events
    assert first.lots["finished"] > 600
    assert first.mean_yield is not None
    assert 0.7 < first.mean_yield < 1.0
    assert first.limits_frozen >= 10
    assert sum(first.alerts.values()) > 5
    assert len(first.causes) >= 3
    assert sum(one.alerts > 0 for one in first.causes) >= 2
    assert first.forecast.finish.share is not None
    assert first.forecast.finish.share > 0.6
    assert any(line.startswith("reference plant: plant-3 since") for line in said)

    again = week()
    assert again.records == 0
    assert (again.measurements, again.events) == (first.measurements, first.events)
    assert again.lots == first.lots
    assert again.alerts == first.alerts
