"""A disk that is full or fails: one line, nothing acknowledged lost, at work again within 10 s.

Errors are injected between the store and its disk, at any of its writes, syncs and truncations.
Seed 23; the long form takes 500 positions.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns.disk import build_shim, shimmed
from tests.campaigns.test_power_loss import Lost, check

WORKLOAD = Path(__file__).with_name("error_workload.py")
ROOT = Path(__file__).resolve().parents[2]
RECOVERY_S = 10.0


def run(folder: Path, rounds: int, how: str) -> list[dict[str, Any]]:
    shim = build_shim(folder)
    home, control = folder / "home", folder / "control"
    home.mkdir()
    control.write_bytes(bytes(16))
    env = {**shimmed(shim, home, control=control), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _AS_MODULE, str(home), str(control), str(rounds), how]
    done = subprocess.run(
        command, env=env, timeout=1800, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


_AS_MODULE = f"""
import runpy, sys, types
tests = types.ModuleType("tests")
tests.__path__ = [{str(ROOT / "tests")!r}]
sys.modules["tests"] = tests
runpy.run_path({str(WORKLOAD)!r}, run_name="__main__")
"""


def acknowledged(home: Path) -> list[int]:
    return [int(line) for line in (home / "acknowledged").read_text().split()]


@pytest.mark.soak
def test_nothing_is_lost_and_work_goes_on(
    tmp_path: Path, rounds: Callable[[int, int], int]
) -> None:
    told = run(tmp_path, rounds(30, 500), "careful")
    said = [one for one in told if one["said"]]
    assert len(said) > 0.9 * len(told), "almost every position hits a write"
    assert {one["error"] for one in said} == {"ENOSPC", "EIO"}
    for one in said:
        assert "\n" not in one["said"]
        assert len(one["said"]) < 400
        assert one["said"].startswith(("store cannot be", "archive "))
    assert max(one["recovered_s"] for one in told) < RECOVERY_S
    batches = acknowledged(tmp_path / "home")
    assert len(batches) >= len(told) * 0.9
    check(tmp_path / "home", batches)


def test_one_that_acknowledges_before_the_commit_is_caught(tmp_path: Path) -> None:
    """The control."""
    run(tmp_path, 5, "careless")
    with pytest.raises(Lost, match="acknowledged"):
        check(tmp_path / "home", acknowledged(tmp_path / "home"))
