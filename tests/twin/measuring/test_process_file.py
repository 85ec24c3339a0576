"""[process] and [[gauge]] of a line file: read, checked, and the reference line's by default."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from process_models.errors import InputError
from twin.line import read_line
from twin.measuring import GAUGES, Gauge, ProcessVariation
from twin.measuring.upkeep import maintained

STATION = '[[station]]\nname = "roll"\nservice_s = 1\n'


def line_of(tmp_path: Path, text: str) -> ProcessVariation:
    path = tmp_path / "line.toml"
    path.write_text(f'[line]\nname = "x"\n{STATION}{text}')
    return read_line(path).process


def test_a_line_without_the_tables_is_as_the_reference_line(tmp_path: Path) -> None:
    assert line_of(tmp_path, "") == ProcessVariation()
    assert line_of(tmp_path, "[process]\n") == ProcessVariation()


def test_keys_that_are_given_replace_the_usual_ones(tmp_path: Path) -> None:
    process = line_of(
        tmp_path,
        "[process]\nexposure_sd_s = 0.5\nroll_regrind_passes = 50\ncell_ccd_sd_ln = 0.1\n"
        "sheet_crown_um = [0, 0.5, 1, 0.5, 0]\n",
    )
    assert process == ProcessVariation(
        exposure_sd_s=0.5, roll_regrind_passes=50, cell_ccd_sd_ln=0.1,
        sheet_crown_um=(0.0, 0.5, 1.0, 0.5, 0.0),
    )  # fmt: skip


def test_a_gauge_keeps_what_is_not_said_of_it(tmp_path: Path) -> None:
    process = line_of(
        tmp_path,
        '[[gauge]]\ncharacteristic = "thickness_um"\nname = "beta-2"\nbias = -1.5\n'
        '[[gauge]]\ncharacteristic = "h2o_ppm"\nnoise = 0.01\nresolution = 0\n',
    )
    assert process.gauge("thickness_um") == Gauge("beta-2", 0.5, 0.15, 0.01, -1.5)
    assert process.gauge("h2o_ppm") == Gauge("hygro-1", 0.01, 0.0, 0.0)
    assert process.gauge("exposure_s") == GAUGES["exposure_s"]


@pytest.mark.parametrize(("text", "says"), [
    ("[process]\nexposure_sd = 1\n", "unknown key 'exposure_sd' (did you mean 'exposure_sd_s'?)"),
    ("[process]\nexposure_sd_s = -1\n", "process: exposure_sd_s must be at least 0, got -1"),
    ('[process]\nexposure_sd_s = "a"\n', "process: exposure_sd_s must be a number, got 'a'"),
    ("[process]\nexposure_sd_s = inf\n", "process: exposure_sd_s must be finite"),
    ("[process]\nvapour_refill_lots = 0\n", "vapour_refill_lots must be above 0, got 0"),
    ("[process]\nvapour_refill_lots = 1.5\n", "vapour_refill_lots must be a whole number"),
    ("[process]\nfoil_thickness_correlation = 1\n", "must be from 0 to below 1, got 1"),
    ("[process]\nroll_warm_up_s = 0\n", "roll_warm_up_s must be above 0, got 0"),
    ("[process]\nsheet_crown_um = [1, 2]\n", "sheet_crown_um must be 5 finite numbers"),
    ('[process]\nsheet_crown_um = ["a"]\n', "sheet_crown_um must be a list of numbers"),
    ("[process]\nsheet_crown_um = [0, 0, nan, 0, 0]\n", "sheet_crown_um must be 5 finite numbers"),
    ('[[gauge]]\ncharacteristic = "ccd"\n', "gauge 1: characteristic must be one of"),
    ('[[gauge]]\ncharacteristic = "h2o_ppm"\nsd = 1\n', "unknown key 'sd'"),
    ('[[gauge]]\ncharacteristic = "h2o_ppm"\nnoise = -1\n', "noise must be at least 0, got -1"),
    ('[[gauge]]\ncharacteristic = "h2o_ppm"\n' * 2, "must have one [[gauge]] only"),
    ("process = 3\n", "process must be a table"),
])  # fmt: skip
def test_what_is_wrong_is_one_line_with_file_table_key_and_value(
    tmp_path: Path, text: str, says: str
) -> None:
    where = tmp_path / "line.toml"
    head = text if text.startswith("process") else ""
    where.write_text(f'{head}[line]\nname = "x"\n{STATION}{"" if head else text}')
    with pytest.raises(InputError) as raised:
        read_line(where)
    assert says in str(raised.value)
    assert str(raised.value).startswith(str(where))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("given", "says"), [
    ({"exposure_sd_s": float("nan")}, "exposure_sd_s must be a finite number, got nan"),
    ({"exposure_sd_s": True}, "exposure_sd_s must be a finite number, got True"),
    ({"capacity_every_lots": 2.0}, "capacity_every_lots must be a whole number, got 2.0"),
    ({"cell_ccd_sd_ln": -0.1}, "cell_ccd_sd_ln must be at least 0, got -0.1"),
    ({"gauges": {"x": GAUGES["h2o_ppm"]}}, "characteristic must be one of"),
])  # fmt: skip
def test_a_variation_made_in_python_is_checked_too(given: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        ProcessVariation(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("given", "says"), [
    (("", 0.1), "name of a gauge must not be empty"),
    (("g", -0.1), "noise of gauge g must be at least 0, got -0.1"),
    (("g", 0.1, 0.0, 0.0, float("inf")), "bias of gauge g must be finite, got inf"),
])  # fmt: skip
def test_a_gauge_that_cannot_be_is_refused(given: tuple[object, ...], says: str) -> None:
    with pytest.raises(InputError, match=says):
        Gauge(*given)  # type: ignore[arg-type]


def test_a_line_can_be_sent_to_another_process_and_hashed(reference_line: object) -> None:
    assert pickle.loads(pickle.dumps(reference_line)) == reference_line
    assert hash(ProcessVariation()) == hash(ProcessVariation())


def test_stations_whose_maintenance_renews_are_known(tmp_path: Path) -> None:
    path = tmp_path / "line.toml"
    work = "duration_s = 9, every_lots = 5"
    path.write_text(
        f'[line]\nname = "x"\n{STATION}maintenance = [{{name = "regrind", {work}}}]\n'
        f'[[station]]\nname = "sublimation"\nservice_s = 1\n'
        f'maintenance = [{{name = "new lamp", {work}}}]\n'
        f'[[station]]\nname = "wind"\nservice_s = 1\nmaintenance = [{{name = "oil", {work}}}]\n'
    )
    assert maintained(read_line(path)) == {"roll"}
