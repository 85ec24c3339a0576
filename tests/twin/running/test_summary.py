from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from twin.forecasting.scoring import score
from twin.monitoring.lots import Lot
from twin.running.summary import cause_outcomes, summarised

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
END = START + timedelta(days=7)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def cause(name: str, start_h: float, end_h: float) -> dict[str, Any]:
    return {
        "cause": name, "start": at(start_h).isoformat(), "end": at(end_h).isoformat(), "size": 2.0
    }


def alert(number: int, hours: float, characteristic: str, *causes: str) -> Any:
    """As much of an alert as a summary looks at; the first cause is the likeliest."""
    diagnosis = tuple(
        SimpleNamespace(cause=name, probability=1.0 / (place + 2))
        for place, name in enumerate(causes)
    )
    return SimpleNamespace(
        id=number, opened_at=at(hours), characteristic=characteristic, severity="major",
        diagnosis=diagnosis,
    )


def test_an_alert_belongs_to_the_cause_that_moves_what_it_is_on() -> None:
    alerts = [
        alert(1, 51, "chamber_temperature_c", "hot_chamber", "foil_lot"),
        alert(2, 52, "winding_tension_n", "winding_tension"),
        alert(3, 61.5, "foil_temperature_c", "foil_lot", "roll_wear", "hot_chamber"),
        alert(4, 70, "chamber_temperature_c", "hot_chamber"),
    ]
    (one,), others = cause_outcomes([cause("hot_chamber", 50, 60)], alerts, END)
    assert (one.alerts, one.first_after_h, one.named_first) == (2, 1.0, True)
    assert others == 2


def test_a_cause_may_be_among_three_without_being_first() -> None:
    alerts = [alert(1, 51, "thickness_um", "gauge_drift", "foil_lot", "roll_wear")]
    (one,), _ = cause_outcomes([cause("roll_wear", 50, 60)], alerts, END)
    assert (one.named_first, one.named_among_three) == (False, True)


def test_a_cause_that_nobody_saw() -> None:
    (one,), others = cause_outcomes([cause("roll_wear", 50, 60)], [], END)
    assert (one.alerts, one.first_after_h, one.named_among_three, others) == (0, None, False, 0)


def test_causes_of_later_weeks_are_left_out() -> None:
    assert cause_outcomes([cause("roll_wear", 200, 210)], [], END) == ((), 0)


def lot(state: str, share: float | None) -> Lot:
    conforming = None if share is None else share >= 0.9
    return Lot("L", state, "inspect", START, None, share, conforming, "")  # type: ignore[arg-type]


def test_the_weeks_figures() -> None:
    week = summarised(
        start=START, end=END, seconds=12.0, records=10, counts={"measurements": 6, "events": 4},
        lots=[lot("finished", 1.0), lot("finished", 0.5), lot("in_process", None)],
        alerts=[alert(1, 51, "o2_ppm")], truth=[], charts=17, limits_frozen=16,
        forecast=score([], [], END),
    )
    payload = json.loads(json.dumps(week.to_dict()))
    assert payload["lots"] == {"finished": 2, "scrapped": 0, "in_process": 1}
    assert payload["yield"] == pytest.approx(0.75)
    assert payload["conforming_share"] == 0.5
    assert payload["alerts"]["by_severity"] == {"major": 1}
    assert payload["alerts"]["without_a_cause"] == 1
    assert payload["charts"] == {"planned": 17, "limits_frozen": 16}
