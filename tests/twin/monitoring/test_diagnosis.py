from __future__ import annotations

import math

import pytest

from twin.monitoring.diagnosis import diagnose
from twin.monitoring.plan import reference_plan

WATCHED = frozenset({planned.name for planned in reference_plan().characteristics})


def likeliest(own: str, signals: dict[str, set[str]]) -> tuple[str, float]:
    plan = reference_plan()
    planned = plan.find(own)
    assert planned is not None
    return diagnose(plan, own, signals, WATCHED, planned.causes)[0]


@pytest.mark.parametrize(
    ("own", "signals", "cause"),
    [
        ("chamber_temperature_c",
         {"chamber_temperature_c": {"high"}, "foil_temperature_c": {"high"}}, "hot_chamber"),
        ("h2o_ppm", {"h2o_ppm": {"high"}, "o2_ppm": {"high"}}, "glovebox_moisture"),
        ("loading_mg_cm2", {"loading_mg_cm2": {"low"}}, "vapour_depletion"),
        ("loading_mg_cm2",
         {"loading_mg_cm2": {"low"}, "h2o_ppm": {"high"}, "o2_ppm": {"high"}},
         "glovebox_moisture"),
        ("thickness_um", {"thickness_um": {"high"}, "foil_thickness_um": {"high"}}, "foil_lot"),
        ("thickness_um", {"thickness_um": {"low"}}, "gauge_drift"),
        ("thickness_um", {"thickness_um": {"high"}, "areal_capacity_mah_cm2": {"high"}},
         "roll_wear"),
        ("thickness_um", {"thickness_um": {"low"}, "roll_temperature_c": {"high"}},
         "roll_temperature"),
        ("winding_tension_n", {"winding_tension_n": {"low"}}, "winding_tension"),
        ("exposure_s", {"exposure_s": {"high"}}, "none_of_these"),
    ],
)  # fmt: skip
def test_the_pattern_tells_the_cause(
    own: str, signals: dict[str, set[str]], cause: str
) -> None:
    name, probability = likeliest(own, signals)
    assert name == cause
    assert probability > 0.4


def test_probabilities_add_up_and_are_ranked() -> None:
    ranked = diagnose(reference_plan(), "thickness_um", {"thickness_um": {"high"}}, WATCHED)
    assert math.isclose(sum(p for _, p in ranked), 1.0)
    assert [p for _, p in ranked] == sorted((p for _, p in ranked), reverse=True)
    assert {name for name, _ in ranked} == set(reference_plan().cause_names())


def test_what_stays_quiet_counts() -> None:
    plan = reference_plan()
    signals = {"chamber_temperature_c": {"high"}}
    alone = dict(diagnose(plan, "chamber_temperature_c", signals, WATCHED))
    unseen = dict(diagnose(plan, "chamber_temperature_c", signals, {"chamber_temperature_c"}))
    assert alone["hot_chamber"] < unseen["hot_chamber"]


def test_the_direction_counts() -> None:
    plan = reference_plan()
    high = dict(diagnose(plan, "thickness_um", {"thickness_um": {"high"}}, WATCHED))
    low = dict(diagnose(plan, "thickness_um", {"thickness_um": {"low"}}, WATCHED))
    assert low["roll_wear"] < high["roll_wear"]


def test_a_cause_has_to_explain_the_alert_itself() -> None:
    elsewhere = {"exposure_s": {"high"}, "h2o_ppm": {"high"}, "o2_ppm": {"high"}}
    name, _ = likeliest("exposure_s", elsewhere)
    assert name == "none_of_these"
