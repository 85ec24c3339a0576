"""Open Python packages with run rules, against ours in the same run.

They are installed, by name, into a virtual environment of their own under `bench-results/`, which
nothing else uses; one that does not install, or does not run, is named with the reason. Each does
what it can: statprocon three rules, pycontrolcharts five, NelsonCheck eight, manufacturing seven
without limits. Their time grows with the number of points, so `_POINTS` are enough for all but the
fastest, which is then run on as many as ours.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np

from benchmarks import BenchRow
from benchmarks.spc import NELSON, POINTS, best
from process_models.spc import ChartData, chart

__all__ = ["rows"]

_FOLDER = Path(__file__).resolve().parent.parent / "bench-results" / "spc-peers"
_POINTS = 20_000
_PATIENCE_S = 240
_PEERS = {
    "statprocon": "2.0.0",
    "pycontrolcharts": "0.1.2",
    "NelsonCheck": "0.4",
    "manufacturing": "1.6.0",
}
_WORK = """
import json, logging, sys, time
import numpy as np
name, points = sys.argv[1], int(sys.argv[2])
values = np.random.default_rng(1).standard_normal(points)

def statprocon():
    from statprocon import XmR
    made = XmR(values.tolist())
    made.rule_1_x_indices_beyond_limits(), made.rule_1_mr_indices_beyond_limits()
    made.rule_2_runs_about_central_line(), made.rule_3_runs_near_limits()

def pycontrolcharts():
    from pycontrolcharts import calc_xmr
    calc_xmr(values.tolist(), run_tests=True)

def NelsonCheck():
    from NelsonCheck.NelsonCheck import NelsonCheck as check
    check(values)

def manufacturing():
    from manufacturing import analysis
    import pandas
    series = pandas.Series(values)
    for rule in ("beyond_limits", "zone_a", "zone_b", "zone_c", "zone_mixture",
                 "zone_stratification", "zone_overcontrol"):
        getattr(analysis, "control_" + rule)(
            series, upper_control_limit=3.0, lower_control_limit=-3.0
        )

logging.disable(logging.CRITICAL)
work = globals()[name]
values, all_values = values[:200], values
work()
values = all_values
start = time.perf_counter()
work()
print(json.dumps(time.perf_counter() - start))
"""


def rows() -> list[BenchRow]:
    """Ours over the fastest peer, and every peer by itself."""
    data = ChartData(np.random.default_rng(1).standard_normal(POINTS))
    ours = 1e9 * best(lambda: chart("i_mr", data, NELSON)) / POINTS
    told = {name: _measure(name, version) for name, version in _PEERS.items()}
    speeds = {name: speed for name, speed in told.items() if isinstance(speed, float)}
    found = [_peer_row(name, speed, ours) for name, speed in told.items()]
    if not speeds:
        return found
    fastest = min(speeds, key=lambda name: speeds[name])
    whole = _run(fastest, POINTS)
    if isinstance(whole, str):
        return [*found, _peer_row(f"{fastest}, 1,000,000 points", whole, ours)]
    summary = BenchRow(
        "I-MR, 1,000,000 points, eight Nelson rules", ours, "ns a point",
        f"{fastest}, the fastest peer: {whole:,.0f} ns a point", whole / ours, "100 times as fast",
    )  # fmt: skip
    return [summary, *found]


def _peer_row(name: str, speed: float | str, ours: float) -> BenchRow:
    title = f"{name} {_PEERS.get(name, '')}".strip()
    if isinstance(speed, str):
        return BenchRow(title, math.nan, f"skipped: {speed}", "", math.nan, "")
    return BenchRow(title, speed, "ns a point", "ours", speed / ours, "")


def _measure(name: str, version: str) -> float | str:
    reason = _install(name, version)
    return reason or _run(name, _POINTS)


def _install(name: str, version: str) -> str:
    """Empty when it is there, else why not."""
    python = _FOLDER / "bin" / "python"
    mark = _FOLDER / f"{name}-{version}.installed"
    if mark.exists():
        return ""
    try:
        if not python.exists():
            print("benchmarks: making an environment for peers", file=sys.stderr)
            venv.create(_FOLDER, with_pip=True)
        wanted = [f"{name}=={version}", "numpy", "pandas"]
        subprocess.run(
            [python, "-m", "pip", "install", "--disable-pip-version-check", "-qq", *wanted],
            check=True, capture_output=True, text=True, timeout=_PATIENCE_S,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError) as error:
        return _last_line(error)
    mark.touch()
    return ""


def _run(name: str, points: int) -> float | str:
    """Nanoseconds a point, or why there is no answer."""
    command = [_FOLDER / "bin" / "python", "-W", "ignore", "-c", _WORK, name, str(points)]
    try:
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=_PATIENCE_S
        )
    except (subprocess.SubprocessError, OSError) as error:
        return _last_line(error)
    return 1e9 * float(json.loads(done.stdout.strip().splitlines()[-1])) / points


def _last_line(error: Exception) -> str:
    told = getattr(error, "stderr", None) or str(error)
    lines = (told.decode() if isinstance(told, bytes) else told).strip().splitlines()
    return lines[-1][:120] if lines else type(error).__name__
