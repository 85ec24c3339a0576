from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from process_models.errors import InputError
from process_models.spc import CHARTS, ChartOptions
from twin.monitoring.limits import plan_options
from twin.monitoring.plan import (
    Cause,
    ControlPlan,
    PlannedCharacteristic,
    read_plan,
    reference_plan,
    site_plan,
)
from twin.settings import Settings

STANDARD = {
    "unwind": {"foil_thickness_um": "um"},
    "sublimation": {"chamber_temperature_c": "C", "foil_temperature_c": "C", "exposure_s": "s",
                    "loading_mg_cm2": "mg/cm2", "h2o_ppm": "ppm", "o2_ppm": "ppm"},
    "wind": {"h2o_ppm": "ppm", "o2_ppm": "ppm", "winding_tension_n": "N"},
    "roll": {"rolling_pressure_mpa": "MPa", "roll_temperature_c": "C", "thickness_um": "um"},
    "inspect": {"areal_capacity_mah_cm2": "mAh/cm2"},
    "cell_test": {"asr_ohm_cm2": "ohm cm2", "ccd_ma_cm2": "mA/cm2", "life_h": "h"},
}  # fmt: skip
CATALOGUE = (
    "vapour_depletion", "hot_chamber", "glovebox_moisture", "foil_lot", "roll_wear",
    "roll_temperature", "gauge_drift", "winding_tension", "none_of_these",
)  # fmt: skip
ENTRY = '[[characteristic]]\nname = "x"\nstation = "roll"\nunit = "um"\n'


def test_every_standard_characteristic_is_planned() -> None:
    found: dict[str, dict[str, str]] = {}
    for planned in reference_plan().characteristics:
        found.setdefault(planned.station, {})[planned.name] = planned.unit
    assert found == STANDARD


def test_the_catalogue_of_causes() -> None:
    assert reference_plan().cause_names() == CATALOGUE


@pytest.mark.parametrize(
    "planned", reference_plan().characteristics, ids=lambda p: f"{p.station}.{p.name}"
)
def test_every_entry_can_be_charted(planned: PlannedCharacteristic) -> None:
    assert planned.chart in CHARTS
    assert isinstance(plan_options(planned), ChartOptions)
    assert planned.reaction_plan
    assert planned.rules
    low, high = planned.plausible
    for limit in (planned.lsl, planned.usl, planned.target):
        assert limit is None or low <= limit <= high


def test_finding() -> None:
    plan = reference_plan()
    wind = plan.find("h2o_ppm", "wind")
    assert wind is not None
    assert wind.station == "wind"
    assert plan.find("h2o_ppm") is not None
    assert plan.find("h2o_ppm", "roll") is None
    assert plan.unit_of("life_h") == "h"
    assert plan.unit_of("nonsense") is None


def test_conforming_and_plausible() -> None:
    planned = PlannedCharacteristic("x", "s", "um", lsl=1, usl=2, plausible=(0, 9))
    assert [planned.conforms(v) for v in (0.9, 1, 2, 2.1)] == [False, True, True, False]
    assert [planned.is_plausible(v) for v in (-1, 0, 9, 10)] == [False, True, True, False]
    assert PlannedCharacteristic("x", "s", "um").conforms(1e9)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lsl": 3.0, "usl": 2.0}, "lsl must be below usl, got 3.0 and 2.0"),
        ({"plausible": (2.0, 1.0)}, "plausible must be"),
        ({"subgroup": 0}, "subgroup must be at least 1"),
        ({"phase1": 1}, "phase1 at least 2"),
        ({"chart": "xbar_r"}, "chart xbar_r needs subgroup of at least 2, got 1"),
        ({"rules": {"beyond_limits": "awful"}}, "severity must be one of .*got 'awful'"),
        ({"sigma": "guessed"}, "sigma must be within or overall, got 'guessed'"),
    ],
)
def test_an_entry_that_breaks_a_rule(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        PlannedCharacteristic("x", "roll", "um", **changes)


def test_a_plan_that_breaks_a_rule() -> None:
    one = PlannedCharacteristic("x", "roll", "um")
    with pytest.raises(InputError, match="x at roll stands twice"):
        ControlPlan("p", (one, one))
    with pytest.raises(InputError, match="got 'gremlins'"):
        ControlPlan("p", (PlannedCharacteristic("x", "roll", "um", causes=("gremlins",)),))
    with pytest.raises(InputError, match="rearm_points must be at least 1"):
        ControlPlan("p", (one,), rearm_points=0)
    with pytest.raises(InputError, match="conforming_share must be 0 to 1, got 2"):
        ControlPlan("p", (one,), conforming_share=2)
    with pytest.raises(InputError, match="effect on x must be"):
        Cause("c", "", {"x": ("sideways", 0.5)})


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "control_plan.toml"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "is not TOML"),
        ("", r"needs at least one \[\[characteristic\]\]"),
        ('[[characteristic]]\nname = "x"', r"\[\[characteristic\]\] 1 \(x\): station is missing"),
        (ENTRY + "colour = 1", "key 'colour' is unknown"),
        (ENTRY + 'lsl = "low"', "lsl must be a number, got 'low'"),
        (ENTRY + "lsl = nan", "lsl must be a number, got nan"),
        (ENTRY + "phase1 = 2.5", "phase1 must be a whole number, got 2.5"),
        (ENTRY + "chart = 3", "chart must be text, got 3"),
        (ENTRY + "plausible = [1]", r"plausible must be \[low, high\], got \[1\]"),
        (ENTRY + "rules = 3", "rules must be a table, got 3"),
        (ENTRY + '[[cause]]\ntext = "?"', "name is missing"),
        (ENTRY + '[[cause]]\nname = "c"\neffects = { x = 1 }', "effect on x must be"),
        ("[plan]\nspeed = 1\n" + ENTRY, "key 'speed' is unknown"),
        ("[other]\n" + ENTRY, "key 'other' is unknown"),
    ],
)
def test_a_file_that_breaks_a_rule(
    file: Callable[[str], Path], text: str, message: str
) -> None:
    path = file(text)
    with pytest.raises(InputError, match=message) as refused:
        read_plan(path)
    assert str(path) in str(refused.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_plan(tmp_path / "absent.toml")


def test_a_site_has_a_plan_of_its_own(file: Callable[[str], Path], tmp_path: Path) -> None:
    settings = Settings(tmp_path, "")
    assert site_plan(settings) == reference_plan()
    file('[plan]\nname = "ours"\n' + ENTRY)
    assert site_plan(settings).name == "ours"


def test_how_people_are_told_is_part_of_the_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(
        "[alerting]\nflood_letters = 3\nclock_skew_s = 5\n"
        '[[escalation]]\nafter_s = { major = 60 }\nendpoints = ["lead"]\n[servers]\nroll = 2\n'
        '[[characteristic]]\nname = "x"\nstation = "roll"\nunit = "um"\nstuck_after = 9\n'
        "resolution = 0.5\ngauge_range = [0, 9]\nsampling = { interval_s = 60, window = 30 }\n"
        'reaction_plan = "look"\nreaction_plans = { stuck = "knock" }\n'
    )
    plan = read_plan(path)
    alerting, one = plan.alerting, plan.characteristics[0]
    assert (alerting.flood_letters, alerting.clock_skew_s) == (3, 5.0)
    assert alerting.servers == {"roll": 2}
    assert alerting.escalation[0].endpoints == ("lead",)
    assert (one.stuck_after, one.resolution, one.gauge_range) == (9, 0.5, (0.0, 9.0))
    assert one.sampling is not None
    assert (one.sampling.interval_s, one.sampling.window, one.sampling.least_share) == (60, 30, 0.5)
    assert (one.reaction_to("stuck"), one.reaction_to("nelson_2")) == ("knock", "look")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[alerting]\nfloods = 3", "key 'floods' is unknown"),
        ("alerting = 3", "must be a table"),
        ('[alerting]\nclock_skew_s = "long"', "must be a number"),
        ("[[escalation]]\nafter_s = { major = 60 }", "endpoints must name at least one"),
        ('escalation = "me"', "must be an array of tables"),
        ("[[escalation]]\nlevel = 1", "key 'level' is unknown"),
        ("[servers]\nroll = 0", "roll must have at least 1"),
    ],
)
def test_how_people_are_told_has_rules(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(f'{text}\n[[characteristic]]\nname = "x"\nstation = "s"\nunit = "um"\n')
    with pytest.raises(InputError, match=message):
        read_plan(path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("sampling = { window = 5 }", "sampling needs interval_s"),
        ("sampling = { interval_s = 0 }", "interval_s must be above 0"),
        ("stuck_after = 1", "stuck_after must be at least 2"),
        ("resolution = 0", "resolution must be above 0"),
        ("gauge_range = [5, 5]", r"gauge_range must be \[low, high\]"),
        ("gauge_range = 5", r"gauge_range must be \[low, high\]"),
    ],
)
def test_how_a_sensor_is_judged_has_rules(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(f'[[characteristic]]\nname = "x"\nstation = "s"\nunit = "um"\n{line}\n')
    with pytest.raises(InputError, match=message):
        read_plan(path)
