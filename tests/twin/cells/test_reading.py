"""Reading in a child process, with limits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from process_models.errors import InputError
from twin.cells.reading import Limits, read_trace


def test_a_file_becomes_a_trace_with_its_hash(ccd_file: Callable[..., Path]) -> None:
    path = ccd_file()
    found = read_trace(path)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (found.format, len(found.trace.voltage_v)) == ("table", 960)
    assert found.trace.cycle is not None
    assert found.trace.cycle[-1] == 8


def test_rules_of_the_trace_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    path.write_text("test_time_s,current_ma,voltage_v\n5,1,1\n4,1,1\n")
    with pytest.raises(InputError, match=r"cell.csv: row 2: test_time_s must not fall, got 4.0"):
        read_trace(path)


@pytest.mark.parametrize("name", ["cell.nda", "cell.ndax", "cell.csv", "cell.parquet"])
def test_noise_is_refused_in_one_line(tmp_path: Path, name: str, noise_bytes: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(noise_bytes)
    with pytest.raises(InputError, match=name) as caught:
        read_trace(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(file_bytes=100), "must be at most 100 bytes, got "),
        (Limits(seconds=0.01), r"reading must take at most 0.01 s, it took longer"),
        (Limits(memory_bytes=40 << 20), "reading must take at most 40 MiB of memory"),
    ],
)
def test_limits_end_it(ccd_file: Callable[..., Path], limits: Limits, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_trace(ccd_file(), limits=limits)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_trace(tmp_path / "none.nda")
