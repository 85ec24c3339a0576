"""`lacss run` as a user runs it: started, heard, and ended by a signal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
import urllib.request
from pathlib import Path
from queue import Empty, Queue

import pytest

from process_models.quality import QualityModel
from twin import quality_artifact
from twin.running.children import lacss
from twin.running.dashboards import free_port
from twin.settings import Settings
from twin.store import Store


def descendants(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue
        if parent == pid:
            found.append(int(entry.parent.name))
    return [*found, *(below for child in found for below in descendants(child))]


class Run:
    """A running `lacss run` and what it has said."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            lacss("run", *options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.said: list[str] = []
        self._lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self._lines.put(line.rstrip())

    def until(self, pattern: str, seconds: float = 120.0) -> re.Match[str]:
        end = time.monotonic() + seconds
        while time.monotonic() < end and (self.process.poll() is None or not self._lines.empty()):
            try:
                line = self._lines.get(timeout=0.2)
            except Empty:
                continue
            self.said.append(line)
            found = re.search(pattern, line)
            if found:
                return found
        raise AssertionError(f"{pattern!r} was not said, but: {self.said}")

    def end(self, number: int) -> int:
        os.kill(self.process.pid, number)
        code = self.process.wait(20)
        assert self.process.stdout is not None
        self._reader.join(5)
        self.process.stdout.close()
        return code


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for orphans in /proc")
def test_all_runs_until_a_signal_and_goes_on_where_it_was(
    settings: Settings, prior_model: QualityModel
) -> None:
    quality_artifact.save(settings.home, prior_model)
    port = free_port("127.0.0.1", 8731)
    run = Run("--port", str(port), "--speed", "600", "--seed", "2")
    url = run.until(r"dashboards: (http://127\.0\.0\.1:\d+)")[1]
    with urllib.request.urlopen(f"{url}/_stcore/health", timeout=10) as answer:
        assert answer.status == 200
    run.until(r"^forecast from ")
    children = descendants(run.process.pid)
    parts = {part: pid for pid in children for part in ("plant", "collect", "watch")
             if f"\0{part}\0".encode() in Path(f"/proc/{pid}/cmdline").read_bytes()}  # fmt: skip
    assert set(parts) == {"plant", "collect", "watch"}
    os.kill(parts["collect"], signal.SIGKILL)
    run.until(r"^collector ended with code -9; started again")
    began = time.monotonic()
    assert run.end(signal.SIGINT) == 0
    assert time.monotonic() - began < 12
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert not any("Traceback" in line for line in run.said)
    assert list((settings.home / "forecasts").glob("*.json"))
    with Store.open(settings) as store:
        before = store.counts()
    assert before["measurements"] > 10_000

    again = Run("--port", str(port), "--seed", "2")
    again.until(r"^collected: ")
    assert again.end(signal.SIGTERM) == 0
    with Store.open(settings) as store:
        after = store.counts()
        events = store.events()
    assert after["measurements"] >= before["measurements"]
    assert after["conflicts"] == 0
    assert events["sequence"].is_unique
