"""The command as a stranger meets it: help, version, one-line errors, exit codes."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

LACSS = Path(sys.executable).with_name("lacss")
HEAVY = ("pandas", "scipy", "statsmodels", "sklearn", "jax", "numpyro", "streamlit", "sqlalchemy",
         "asyncua", "numba", "pyarrow")  # fmt: skip


def lacss(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LACSS, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_help_lists_the_commands() -> None:
    done = lacss("--help")
    assert done.returncode == 0
    for command in ("alerts", "capability", "chart", "forecast", "import", "quality", "run",
                    "serve", "simulate", "watch"):  # fmt: skip
        assert f"  {command} " in done.stdout


def test_version_is_the_distribution_s() -> None:
    assert lacss("--version").stdout.strip() == f"lacss {metadata.version('lacss-twin')}"


@pytest.mark.parametrize("arguments", [(), ("nonsense",), ("chart", "--nonsense")])
def test_usage_errors_end_with_2_and_no_traceback(arguments: tuple[str, ...]) -> None:
    done = lacss(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_help_imports_nothing_heavy() -> None:
    """The deterministic twin of the half-second limit, which `make bench` measures."""
    script = (
        "import sys; from twin.cli import build; build();"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
