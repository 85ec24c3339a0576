from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.find_components import COMPONENTS, Component, find

ROOT = Path(__file__).resolve().parent.parent


def program(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "a-server"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_program_is_found_beside_the_path(tmp_path: Path) -> None:
    assert find(Component("a-server", (), f"{tmp_path}/*/bin")) is None
    program(tmp_path / "14" / "bin")
    newest = program(tmp_path / "15" / "bin")
    assert find(Component("a-server", (), f"{tmp_path}/*/bin")) == str(newest)
    plain = program(tmp_path / "sbin")
    assert find(Component("a-server", (), f"{tmp_path}/sbin")) == str(plain)


def test_the_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = program(tmp_path / "first")
    program(tmp_path / "other")
    monkeypatch.setenv("PATH", str(tmp_path / "first"))
    assert find(Component("a-server", (), f"{tmp_path}/other")) == str(first)


def test_every_component_names_its_packages() -> None:
    assert {component.command for component in COMPONENTS} >= {
        "chromium", "gcc", "mosquitto", "openssl", "postgres",
    }  # fmt: skip
    assert all(component.packages for component in COMPONENTS)


SKIPS = """
import pytest
def test_a(): pytest.skip("the broker is absent")
def test_b(): pytest.skip("the broker is absent")
def test_c(): pass
"""


@pytest.mark.parametrize(
    ("chosen", "last"),
    [("test_", "skipped: 2 because the broker is absent"), ("test_c", "skipped: nothing")],
)
def test_the_last_line_says_what_was_skipped(tmp_path: Path, chosen: str, last: str) -> None:
    hooks = (ROOT / "tests" / "skipped_last.py").read_text()
    (tmp_path / "conftest.py").write_text(hooks)
    (tmp_path / "test_skips.py").write_text(SKIPS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == last, done.stdout + done.stderr
