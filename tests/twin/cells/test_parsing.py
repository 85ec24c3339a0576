"""Formats of cyclers as columns; damaged files are one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from process_models.errors import InputError
from twin.cells.parsing import parse


def neware_frame(**change: Any) -> pd.DataFrame:
    """Two steps of three rows: the time restarts, the clock says that 60 s lie between them."""
    frame = pd.DataFrame(
        {
            "Cycle": [1, 1, 1, 1, 1, 1],
            "Step": [1, 1, 1, 2, 2, 2],
            "Time": [0.0, 30.0, 60.0, 0.0, 30.0, 60.0],
            "Voltage": [0.1, 0.1, 0.1, -0.1, -0.1, -0.1],
            "Current(mA)": [1.0, 1.0, 1.0, -1.0, -1.0, -1.0],
            "Timestamp": pd.to_datetime(
                ["2026-01-05 06:00:00", "2026-01-05 06:00:30", "2026-01-05 06:01:00",
                 "2026-01-05 06:02:00", "2026-01-05 06:02:30", "2026-01-05 06:03:00"],
            ),
        }
    )  # fmt: skip
    return frame.assign(**change)


@pytest.fixture
def neware(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Any], Path]:
    """A file that the Neware parser answers with the given frame, or error."""

    def prepare(answer: Any) -> Path:
        def read(path: str, **options: Any) -> pd.DataFrame:
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr("NewareNDA.read", read)
        path = tmp_path / "cell.ndax"
        path.write_bytes(b"PK")
        return path

    return prepare


def test_the_time_of_a_neware_file_runs_on_over_its_steps(neware: Callable[[Any], Path]) -> None:
    kind, columns = parse(neware(neware_frame()), {})
    assert kind == "neware"
    np.testing.assert_allclose(columns["test_time_s"], [0, 30, 60, 120, 150, 180])
    np.testing.assert_allclose(columns["current_ma"], [1, 1, 1, -1, -1, -1])


def test_a_clock_that_was_set_back_does_not_turn_time_back(neware: Callable[[Any], Path]) -> None:
    clock = neware_frame()["Timestamp"].where(np.arange(6) < 3, pd.Timestamp("2026-01-05 05:00"))
    _, columns = parse(neware(neware_frame(Timestamp=clock)), {})
    np.testing.assert_allclose(columns["test_time_s"], [0, 30, 60, 60, 90, 120])


def test_a_clock_with_a_zone_counts_alike(neware: Callable[[Any], Path]) -> None:
    clock = neware_frame()["Timestamp"].dt.tz_localize("UTC").astype("datetime64[ns, UTC]")
    _, columns = parse(neware(neware_frame(Timestamp=clock)), {})
    assert columns["test_time_s"][-1] == 180


def test_whatever_the_neware_parser_raises_is_one_line(neware: Callable[[Any], Path]) -> None:
    with pytest.raises(InputError, match=r"cell.ndax: is not a readable Neware file: no magic"):
        parse(neware(ValueError("no\nmagic")), {})
    with pytest.raises(InputError, match="it has no rows"):
        parse(neware(neware_frame().head(0)), {})


def test_a_table_with_our_names(ccd_file: Callable[..., Path]) -> None:
    kind, columns = parse(ccd_file(), {})
    assert kind == "table"
    assert {name: len(part) for name, part in columns.items()} == dict.fromkeys(
        ("test_time_s", "current_ma", "voltage_v", "cycle"), 960
    )


def test_a_table_with_other_names(ccd_file: Callable[..., Path]) -> None:
    path = ccd_file(header="t,I,U,n")
    names = {"test_time_s": "t", "current_ma": "I", "voltage_v": "U", "cycle": "n"}
    assert parse(path, names)[1]["cycle"][-1] == 8
    with pytest.raises(InputError, match="there is no column 'V'; columns are t, I, U, n"):
        parse(path, {**names, "voltage_v": "V"})
    with pytest.raises(InputError, match=r"--map must name columns of .*, got 'volt'"):
        parse(path, {"volt": "U"})


def test_battery_data_format(tmp_path: Path) -> None:
    path = tmp_path / "cell.bdf.csv"
    path.write_text(
        "Test Time / s,Voltage / V,Current / A,Cycle Count / 1\n0,0.1,0.002,1\n60,0.1,0.002,1\n"
    )
    kind, columns = parse(path, {})
    assert kind == "bdf"
    np.testing.assert_allclose(columns["current_ma"], [2, 2])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("a,b\n1,2\n", "needs the columns test_time_s, current_ma, voltage_v"),
        ("test_time_s,current_ma,voltage_v\n0,1,x\n",
         "row 1, column 'voltage_v': must be a finite number, got 'x'"),
        ("test_time_s,current_ma,voltage_v\n0,1,1\n9,,1\n",
         "row 2, column 'current_ma': must not be empty, got nothing"),
        ("test_time_s,current_ma,voltage_v,cycle\n0,1,1,1.5\n9,1,1,2\n",
         "row 1, column 'cycle': must be a whole number, got '1.5'"),
        ("test_time_s,current_ma\n0,1\n", "there is no column 'voltage_v'"),
    ],
)  # fmt: skip
def test_a_bad_table_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "cell.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        parse(path, {})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) <= 400


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        parse(tmp_path / "none.nda", {})
