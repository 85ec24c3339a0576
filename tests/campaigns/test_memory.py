"""A day of readings leaves the memory as it was: its slope, with a 99 % interval, is flat.

The long form is 864,000 readings, ten a second for 24 hours, through the store and the watch by
the clock in the data. Memory is fitted over the second half, when what is meant to be kept is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from scipy import stats

from tests.campaigns.killing import ROOT

WORKLOAD = Path(__file__).with_name("memory_workload.py")


def resident_mb(home: Path, rows: int, how: str) -> list[float]:
    command = [sys.executable, str(WORKLOAD), str(home), str(rows), how]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=7000, cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(home)},
    )  # fmt: skip
    found: list[float] = json.loads(done.stdout)
    return found


def slope_mb(seen: Sequence[float], rows: int) -> tuple[float, float]:
    """Lowest and highest growth per 1,000 readings over the second half, 99 % interval."""
    late = list(seen[len(seen) // 2 :])
    at = [part * rows / len(seen) / 1000 for part in range(len(late))]
    fit = stats.linregress(at, late)
    margin = stats.t.ppf(0.995, len(late) - 2) * fit.stderr
    return fit.slope - margin, fit.slope + margin


@pytest.mark.soak
def test_memory_is_flat(tmp_path: Path, rounds: Callable[[int, int], int]) -> None:
    rows = rounds(4_800, 864_000)
    _, high = slope_mb(resident_mb(tmp_path, rows, "sound"), rows)
    assert high < (0.3 if rows < 100_000 else 0.01), f"grows by {high:.3f} MB per 1,000 readings"


def test_a_process_that_keeps_every_reading_is_caught(tmp_path: Path) -> None:
    """The control."""
    low, _ = slope_mb(resident_mb(tmp_path, 4_800, "leaking"), 4_800)
    assert low > 0.3


def test_the_slope_by_hand() -> None:
    low, high = slope_mb([100, 100, 100, 100, 102, 104, 106, 108], rows=8_000)
    assert low == pytest.approx(2.0)
    assert high == pytest.approx(2.0)
