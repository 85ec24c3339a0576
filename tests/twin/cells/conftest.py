"""Files of simulated cell tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

HEADER = "test_time_s,current_ma,voltage_v,cycle"


def stepped_rows(steps: int, shorted_from: int | None) -> list[str]:
    """Steps of 0.1 mA for 60 minutes each way over 50 ohm; shorted from a row on (from 0)."""
    rows = []
    for row in range(steps * 120):
        cycle, minute = divmod(row, 120)
        current = 0.1 * (cycle + 1) * (1 if minute < 60 else -1)
        voltage = 0.05 * current * (0.1 if shorted_from is not None and row >= shorted_from else 1)
        rows.append(f"{60 * row},{current:.6g},{voltage:.6g},{cycle + 1}")
    return rows


@pytest.fixture
def ccd_file(tmp_path: Path) -> Callable[..., Path]:
    """A CCD test of 8 steps that shorts in step 0.5 at 9.5 h unless told otherwise."""

    def write(
        name: str = "cell.csv", *, header: str = HEADER, shorted_from: int | None = 570
    ) -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *stepped_rows(8, shorted_from)]) + "\n")
        return path

    return write


@pytest.fixture
def noise_bytes() -> bytes:
    """What is in no way a file of a cycler."""
    return np.random.default_rng(3).bytes(4000)
