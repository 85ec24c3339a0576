"""The two flows, end to end, through the command alone."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

START = datetime(2026, 3, 2, tzinfo=UTC)
LOTS = 120
SHIFT_AT = 90  # from this lot on the sheets are 2 um too thick


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def measurements(tmp_path: Path) -> Path:
    draw = random.Random(20260302)
    rows = []
    for lot in range(LOTS):
        shift = 2.0 if lot >= SHIFT_AT else 0.0
        for position in range(1, 6):
            at = START + timedelta(minutes=10 * lot, seconds=position)
            rows.append(
                {
                    "measured_at": at.isoformat(),
                    "lot_id": f"{lot:03d}",
                    "station": "roll",
                    "characteristic": "thickness_um",
                    "value": f"{60 + shift + draw.gauss(0, 0.5):.3f}",
                    "unit": "um",
                    "subgroup": f"{lot:03d}",
                    "position": position,
                }
            )
    return write(tmp_path / "thickness.csv", rows)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Every lot passes `roll` and `inspect`; the last one is still being rolled."""
    rows = []
    for lot in range(LOTS):
        at = START + timedelta(minutes=10 * lot - 5)
        steps = [("roll", "arrive", 0), ("roll", "start", 0), ("roll", "finish", 300),
                 ("roll", "depart", 300), ("inspect", "arrive", 300), ("inspect", "start", 300),
                 ("inspect", "finish", 500), ("inspect", "depart", 500)]  # fmt: skip
        rows += [
            {
                "occurred_at": (at + timedelta(seconds=seconds)).isoformat(),
                "lot_id": f"{lot:03d}",
                "station": station,
                "event": event,
            }
            for station, event, seconds in (steps[:2] if lot == LOTS - 1 else steps)
        ]
    return write(tmp_path / "events.csv", rows)


def test_from_files_to_chart_alert_and_audit(lacss: Callable[..., Any], measurements: Path) -> None:
    first = lacss("import", measurements, "--json")
    assert first.code == 0, first
    assert first.json["accepted"] == first.json["stored_total"] == 5 * LOTS
    again = lacss("import", measurements, "--json")
    assert (again.json["accepted"], again.json["duplicates"]) == (0, 5 * LOTS)

    chart = lacss("chart", "--stored", "thickness_um", "--station", "roll", "--chart", "xbar_r",
                  "--phase1", "50", "--json")  # fmt: skip
    assert chart.code == 0, chart
    signalled = {signal["point"] for signal in chart.json["signals"] if signal["panel"] == "xbar"}
    assert signalled >= set(range(SHIFT_AT + 1, LOTS + 1)) - set(range(SHIFT_AT + 1, SHIFT_AT + 3))
    assert len([point for point in signalled if point <= SHIFT_AT]) <= 2

    raised = lacss("watch", "--once", "--json")
    assert raised.code == 0, raised
    thick = [a for a in raised.json["alerts"] if a["characteristic"] == "thickness_um"]
    assert thick, raised
    assert lacss("watch", "--once", "--json").json["alerts"] == []

    number = str(thick[0]["id"])
    done = lacss("alerts", "ack", number, "--user", "ana")
    assert done.code == 0, done
    listed = {str(a["id"]): a["state"] for a in lacss("alerts", "list", "--json").json["alerts"]}
    assert listed[number] == "acknowledged"
    assert lacss("audit", "verify").code == 0


def test_lots_and_forecast_from_imported_history(
    lacss: Callable[..., Any], measurements: Path, events: Path
) -> None:
    assert lacss("import", measurements, events, "--json").code == 0
    lots = {lot["lot_id"]: lot for lot in lacss("lots", "--json").json["lots"]}
    assert len(lots) == LOTS
    assert lots["000"]["state"] == "finished"
    assert 0 <= lots["000"]["yield"] <= 1
    assert lots[f"{LOTS - 1:03d}"]["state"] == "in_process"

    answer = lacss("forecast", "--replications", "20", "--horizon-h", "24", "--json")
    assert answer.code == 0, answer
    (lot,) = answer.json["lots"]
    assert lot["lot_id"] == f"{LOTS - 1:03d}"
    finish = lot["finish"]
    assert finish["low"] <= finish["mean"] <= finish["high"]
    assert datetime.fromisoformat(finish["low"]) >= START
    assert 0 <= lot["yield"]["low"] <= lot["yield"]["high"] <= 1
    line = answer.json["line"]
    for name in ("good_lots", "good_sheets", "throughput_per_h"):
        assert line[name]["low"] <= line[name]["mean"] <= line[name]["high"]


def test_what_is_not_known_yet_is_not_used(
    lacss: Callable[..., Any], measurements: Path, events: Path
) -> None:
    assert lacss("import", measurements, events).code == 0
    then = (START + timedelta(minutes=301)).isoformat()
    lots = lacss("lots", "--as-of", then, "--json").json["lots"]
    assert {lot["lot_id"] for lot in lots} == {f"{lot:03d}" for lot in range(31)}
