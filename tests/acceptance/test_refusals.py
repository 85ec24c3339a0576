"""Bad input: one clear line that names what and where, exit code 1, nothing stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LINE = """
[line]
name = "two"
[arrivals]
kind = "renewal"
interarrival_s = {distribution = "exponential", mean = 300}
[[station]]
name = "a"
service_s = {distribution = "deterministic", value = 100}
[[station]]
name = "b"
buffer = 2
service_s = {distribution = "deterministic", value = 100}
"""
RECIPE = """
[recipe]
name = "LACSS 40 s"
process = "lacss"
foil_thickness_um = 100
sublimation_time_s = 40
chamber_temperature_c = 178
vapour_g_l = 3.6
winding_turns = 10
rolling_pressure_mpa = 36
thickness_um = 60
"""
HEAD = "measured_at,lot_id,station,characteristic,value,unit\n"
GOOD = "2026-03-02T06:00:00Z,L1,roll,thickness_um,60.1,um\n"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("value = 100", "value = -100", ("a", "service_s")),
        ("buffer = 2", 'buffer = 2\nnext = "nowhere"', ("b", "nowhere")),
        ("buffer = 2", 'rework = {probability = 0.1, to = "nowhere"}', ("b", "nowhere")),
        ("buffer = 2", "buffer = -1", ("b", "buffer", "-1")),
        ("buffer = 2", "bufer = 2", ("b", "bufer")),
        ("buffer = 2", "scrap_probability = 1.5", ("b", "scrap_probability", "1.5")),
        ('"exponential"', '"exponentail"', ("exponentail",)),
        ('name = "b"', 'name = "a"', ("a",)),
        ("[line]", "[line", ("line.toml",)),
    ],
)
def test_bad_lines(
    lacss: Callable[..., Any], tmp_path: Path, old: str, new: str, words: tuple[str, ...]
) -> None:
    path = tmp_path / "line.toml"
    path.write_text(LINE.replace(old, new))
    answer = lacss("simulate", path, "--lots", "10", "--json")
    assert answer.refused(*words), answer


def test_the_good_line_runs(lacss: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "line.toml"
    path.write_text(LINE)
    assert lacss("simulate", path, "--lots", "10", "--json").code == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("sublimation_time_s = 40", "sublimation_time_s = -40", ("sublimation_time_s", "-40")),
        ('process = "lacss"', 'process = "magic"', ("process", "magic")),
        ("thickness_um = 60", "thickness_um = 0", ("thickness_um",)),
        ("winding_turns = 10", 'winding_turns = "ten"', ("winding_turns", "ten")),
    ],
)
def test_bad_recipes(
    lacss: Callable[..., Any], tmp_path: Path, old: str, new: str, words: tuple[str, ...]
) -> None:
    line, recipe = tmp_path / "line.toml", tmp_path / "recipe.toml"
    line.write_text(LINE)
    recipe.write_text(RECIPE.replace(old, new))
    answer = lacss("simulate", line, "--recipe", recipe, "--lots", "10", "--json")
    assert answer.refused(*words), answer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + GOOD.replace("60.1", "thick"), ("value",)),
        (HEAD + GOOD.replace(",um\n", ",\n"), ("unit",)),
        (HEAD + GOOD.replace("Z", ""), ("measured_at",)),
        (HEAD, ()),
        ("", ()),
        ("\x00\x01\x02", ()),
        ("lot_id,value\nL1,2\n", ("column",)),
    ],
)
def test_a_file_without_one_good_row_stores_nothing(
    lacss: Callable[..., Any], tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    answer = lacss("import", path, "--json")
    assert answer.refused("bad.csv", *words), answer
    good = tmp_path / "good.csv"
    good.write_text(HEAD + GOOD)
    assert lacss("import", good, "--json").json["stored_total"] == 1


def test_bad_rows_are_quarantined_and_good_ones_stored(
    lacss: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "mixed.csv"
    path.write_text(HEAD + GOOD + GOOD.replace("60.1", "thick") + GOOD.replace("06:00", "07:00"))
    report = lacss("import", path, "--json").json
    assert (report["accepted"], report["quarantined"]) == (2, 1)
    assert report["quarantine"][0]["row"] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--chart", "sorcery", "--value", "x"), ("sorcery",)),
        (("--chart", "i_mr", "--value", "y"), ("y",)),
        (("--chart", "i_mr", "--value", "x", "--rules", "nelson_9"), ("nelson_9",)),
        (("--chart", "i_mr", "--value", "x", "--phase1", "99"), ("99",)),
        (("--chart", "i_mr", "--value", "x", "--exclude", "77"), ("77",)),
    ],
)
def test_bad_chart_requests(
    lacss: Callable[..., Any], tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("x\n" + "\n".join(str(50 + i % 7) for i in range(20)) + "\n")
    answer = lacss("chart", path, *arguments, "--json")
    assert answer.refused(*words), answer


@pytest.mark.parametrize("bad", ["", "NA", "nan", "inf", "twelve"])
def test_a_bad_number_names_its_row(lacss: Callable[..., Any], tmp_path: Path, bad: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text("lot,x\n" + "".join(f"L{i},{50 + i % 7}\n" for i in range(10)) + f"L10,{bad}\n")
    answer = lacss("chart", path, "--chart", "i_mr", "--value", "x", "--json")
    assert answer.refused("x.csv", "11", "x"), answer


def test_reversed_specification_limits(lacss: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("x\n" + "\n".join(str(50 + i % 7) for i in range(20)) + "\n")
    answer = lacss("capability", path, "--value", "x", "--lsl", "60", "--usl", "40", "--json")
    assert answer.refused("60", "40"), answer


def test_impossible_process_inputs(lacss: Callable[..., Any]) -> None:
    answer = lacss("quality", "predict", "--sublimation-time-s", "-1", "--rolling-pressure-mpa",
                   "36", "--thickness-um", "60", "--json")  # fmt: skip
    assert answer.refused("sublimation_time_s", "-1") or answer.refused("sublimation-time-s", "-1")


@pytest.mark.parametrize(
    "arguments",
    [("chart", "absent.csv", "--chart", "i_mr", "--value", "x"), ("import", "absent.csv"),
     ("simulate", "absent.toml", "--lots", "5")],
)  # fmt: skip
def test_a_file_that_is_not_there(lacss: Callable[..., Any], arguments: tuple[str, ...]) -> None:
    answer = lacss(*arguments)
    assert answer.refused("absent"), answer
