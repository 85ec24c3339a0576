"""The answer at the top of each page: a sentence with number, interval and age."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from dashboards import (
    capability_words,
    chart_result,
    chart_signals,
    data_sources,
    forecast_result,
    line_now,
)
from dashboards.charts import ShownChart
from dashboards.figures import ChartLabels
from process_models.capability import capability
from process_models.spc import ChartData, ChartOptions, chart
from twin.forecasting.interval import Interval
from twin.forecasting.result import Forecast, LineForecast, LotForecast
from twin.line import read_line
from twin.monitoring.plan import reference_plan
from twin.overview import LineOverview, line_overview
from twin.settings import Settings, data_folder
from twin.store import Store
from twin.store.store import StoredSeries

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
STEADY = np.array([10.0, 10.2, 9.9, 10.1, 9.8, 10.0, 10.1, 9.9, 10.0, 10.1])


def shown(values: np.ndarray, phase1: int | None = None) -> ShownChart:
    times = [NOON + timedelta(minutes=i) for i in range(len(values))]
    result = chart("i_mr", ChartData(values), ChartOptions(phase1=phase1))
    labels = ChartLabels(name="Thickness", times=times, lots=[f"L{i}" for i in range(len(values))])
    return ShownChart(result, labels)


def test_a_chart_without_signal_is_in_control() -> None:
    text = chart_result.sentence(shown(STEADY))
    assert text.startswith("**Thickness is in control**: no signal on 10 points")
    assert "limits from the first 10 points, not frozen" in text


def test_a_chart_that_signals_at_its_end_says_since_when() -> None:
    text = chart_result.sentence(shown(np.append(STEADY, [14.0, 14.0]), phase1=10))
    assert "is out of control since 4 Mar" in text
    assert "12:10 (point 11)" in text


def test_a_chart_that_came_back_says_when_it_signalled_last() -> None:
    values = np.append(STEADY, [14.0, 10.0, 10.0, 10.1])
    text = chart_result.sentence(shown(values, phase1=10))
    assert "signalled lately** and is quiet for 2 points" in text
    assert "the last signal was at point 12" in text
    longer = np.append(values, np.resize(STEADY, 30))
    assert "is in control now" in chart_result.sentence(shown(longer, phase1=10))


def test_signals_are_listed_newest_first_with_all_their_rules() -> None:
    values = np.append(STEADY, [14.0, 14.1])
    result = chart("i_mr", ChartData(values), ChartOptions(phase1=10, rules=("nelson",)))
    table = chart_signals.signals_table(replace(shown(values, 10), result=result))
    assert table["Point"].iloc[0] == 12
    assert "N1" in table["Rules"].iloc[0]
    assert table["Lot"].iloc[0] == "L11"


def test_the_points_table_bears_limits_beside_every_point() -> None:
    table = chart_result.points_table(shown(STEADY))
    assert len(table) == 10
    assert table["Single values LCL"].iloc[0] < 10 < table["Single values UCL"].iloc[0]


@pytest.mark.parametrize(
    ("lsl", "usl", "words"),
    [(5.0, 15.0, "is capable"), (9.7, 10.3, "is not capable"), (9.4, 10.6, "may be capable")],
)
def test_capability_is_judged_by_its_interval(lsl: float, usl: float, words: str) -> None:
    result = capability(np.tile(STEADY, 3), lsl=lsl, usl=usl)
    assert words in capability_words.sentence(result, "Thickness")


def test_capability_of_what_was_not_in_control_is_not_promised() -> None:
    result = capability(np.append(np.tile(STEADY, 3), 14.0), lsl=9.0, usl=11.0)
    text = capability_words.sentence(result, "Thickness")
    assert "was not in control" in text
    assert "Ppk was" in text


@pytest.fixture(scope="module")
def line(full_home: Path) -> LineOverview:
    settings = Settings(full_home, f"sqlite:///{full_home / 'lacss.db'}")
    model = read_line(data_folder() / "line.toml")
    with Store.open(settings) as store:
        return line_overview(store, model, reference_plan())


def test_the_line_says_what_works_and_how_the_day_goes(line: LineOverview) -> None:
    text, stale = line_now.sentence(line, line.newest_at + timedelta(seconds=30), UTC)
    assert stale == ""
    assert "finished lots" in text
    assert "30 s ago" in text


def test_a_silent_line_is_not_said_to_be_running(line: LineOverview) -> None:
    text, stale = line_now.sentence(line, line.newest_at + timedelta(hours=9), UTC)
    assert text.startswith("**Nothing is known of the line now.**")
    assert "running" not in text
    assert stale.startswith("Stale since")
    assert "9 h" in stale


def test_cards_and_shares_cover_the_line(line: LineOverview) -> None:
    names = [card.name for card in line_now.day_cards(line)]
    assert names == ["Good lots", "Lot yield", "Throughput", "In process", "Flow time", "OEE"]
    for states in line_now.shares(line).values():
        assert 0 <= sum(states.values()) <= 1.001
    assert len(line_now.lots_in_process(line)) == len(line.lots)


def test_data_say_how_old_they_are() -> None:
    series = StoredSeries("thickness_um", "roll", "um", 10, NOON)
    counts = {"quarantine": 3}
    text, stale = data_sources.sentence([series], counts, NOON + timedelta(minutes=5))
    assert "5 min old" in text
    assert "3 rows were refused" in text
    assert stale == ""
    _, stale = data_sources.sentence([series], counts, NOON + timedelta(hours=5))
    assert "No measurement for 5 h" in stale
    assert "Nothing is stored" in data_sources.sentence([], {}, NOON)[0]


def forecast_of(*chances: float | None) -> Forecast:
    lots = tuple(
        LotForecast(f"L{i}", "roll", "queued", None, None, p, 0.0, None, ())
        for i, p in enumerate(chances)
    )
    some = Interval(100.0, 90.0, 110.0, 0.9)
    return Forecast(
        as_of=NOON, horizon_h=168.0, level=0.9, replications=10, seed=0, lots=lots,
        line=LineForecast(some, some, some, some), messages=(), provenance="simulated",
        service_factors={},
    )  # fmt: skip


def test_a_forecast_names_the_lots_at_risk() -> None:
    text = forecast_result.sentence(forecast_of(0.9, 0.2))
    assert "**100 (90 to 110) good sheets** are expected in the next 7 days" in text
    assert "**1 is at risk**: L1" in text
    many = forecast_result.sentence(forecast_of(0.1, 0.1, 0.1, 0.1, 0.1))
    assert "**5 are at risk**: L0, L1, L2 and 2 more" in many
    assert "all 2 lots" in forecast_result.sentence(forecast_of(0.9, 0.9))
    assert "no lot is in process" in forecast_result.sentence(forecast_of())


def test_the_table_of_a_forecast_has_a_row_a_lot() -> None:
    table = forecast_result.lots_table(forecast_of(0.9, None))
    assert list(table["Lot"]) == ["L0", "L1"]
    assert list(table["Conforming"]) == ["90.0 %", "–"]
    assert forecast_result.drawn_lots(forecast_of(0.9)) == []
