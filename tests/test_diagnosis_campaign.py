"""The campaign of diagnoses: its table by hand, one plant truly run, and going on after a break."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.diagnosis_campaign import judge_plant, main, one_plant, table, wilson

RANKED = [["hot_chamber", 0.9], ["roll_wear", 0.06], ["none_of_these", 0.04], ["foil_lot", 0.0]]


def plant(seed: int, cause: str, *kinds: str) -> dict[str, Any]:
    return {"seed": seed, "cause": cause} | {kind: {"ranking": RANKED} for kind in kinds}


PLANTS = [
    plant(1, "hot_chamber", "first", "settled"),
    plant(2, "roll_wear", "first"),
    plant(3, "foil_lot", "first", "settled"),
    plant(4, "none_of_these", "first"),
    plant(5, "gauge_drift"),
]


def test_the_table_by_hand() -> None:
    told = table(PLANTS).splitlines()
    assert told[0] == "5 plants, 1 without such an alert"
    assert told[1].startswith("catalogued: first 1 of 3, 33.3 %")
    assert "among three 2 of 3" in told[1]
    assert "gauge_drift: first none; among three none" in told
    assert any(
        line.startswith("none_of_these: mean probability 0.040, truly 1 of 4, 25.0 %")
        and line.endswith("Brier score 0.232")
        for line in told
    )
    assert told[-1].startswith("said with 0.80 to 0.95, 0.900 on average: right 1 of 4")


def test_a_cause_said_to_be_impossible_is_not_among_three() -> None:
    ranked = [["hot_chamber", 1.0], ["foil_lot", 0.0]]
    told = table([{"cause": "foil_lot", "first": {"ranking": ranked}}])
    assert "foil_lot: first 0 of 1, 0.0 % (0.0 to 79.3); among three 0 of 1" in told


def test_by_settled_alerts() -> None:
    assert table(PLANTS, "settled").startswith("5 plants, 3 without such an alert")


def test_without_a_plant_there_is_nothing_to_tell() -> None:
    assert table([]).splitlines()[1] == "catalogued: first none; among three none"


def test_wilson_against_published_figures() -> None:
    """81 of 263: 0.2553 to 0.3662 (Newcombe 1998, table I, method 3)."""
    assert wilson(81, 263) == "81 of 263, 30.8 % (25.5 to 36.6)"
    assert wilson(15, 148) == "15 of 148, 10.1 % (6.2 to 16.0)"
    assert wilson(0, 20) == "0 of 20, 0.0 % (0.0 to 16.1)"


def test_a_plant_that_is_there_is_not_judged_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judged: list[int] = []

    def judge(seed: int) -> dict[str, Any]:
        judged.append(seed)
        return plant(seed, "hot_chamber", "first")

    for seed in (1, 2, 1):
        assert one_plant(seed, tmp_path, judge)["seed"] == seed
    assert judged == [1, 2]
    (tmp_path / "plant-3.part").write_text("broken off")
    main([str(tmp_path), "--plants", "2", "--seed", "1", "--processes", "1"])
    told = capsys.readouterr().out
    assert "2 plants, 0 without such an alert" in told
    assert "hot_chamber: first 2 of 2" in told


def test_one_plant_truly_run() -> None:
    found = judge_plant(101)
    assert found["cause"] == "hot_chamber"
    assert found["first"]["alert"][0] in found["moved"]
    assert found["first"]["ranking"][0][0] == "hot_chamber"
    assert found["settled"]["alert"][3] >= 2
    assert sum(p for _, p in found["first"]["ranking"]) == pytest.approx(1.0, abs=0.005)
    assert json.loads(json.dumps(found))["seed"] == 101
