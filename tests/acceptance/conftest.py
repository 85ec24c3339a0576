"""A stranger's view: the command `lacss` in a home of its own, no import of the product."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LACSS = Path(sys.executable).with_name("lacss")
Command = Callable[..., "Answer"]


class Answer:
    """Exit code, standard output and error of one command, and its JSON."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self) -> Any:
        """The one JSON object on standard output."""
        return json.loads(self.out)

    def refused(self, *words: str) -> bool:
        """One line of at most 400 characters that holds `words`, exit code 1, no traceback."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        return (
            self.code == 1
            and len(lines) == 1
            and len(lines[0]) <= 400
            and all(word in lines[0] for word in words)
        )

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out[-2000:]}\n{self.err[-2000:]}"


@pytest.fixture
def lacss(tmp_path: Path) -> Command:
    """Run `lacss` with a home of its own."""

    def run(*arguments: str | Path, home: Path = tmp_path / "home", timeout: float = 240) -> Answer:
        done = subprocess.run(
            [LACSS, *map(str, arguments)],
            env={**os.environ, "LACSS_HOME": str(home)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
        return Answer(done)

    return run
