"""A part of the main job is kept running, and ends with it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from process_models.errors import StoreError
from twin.live.sourcing.waits import pause
from twin.running.children import Child
from twin.running.keeping import Kept


def python(code: str) -> list[str]:
    return [sys.executable, "-u", "-c", code]


async def until_said(said: list[str], text: str, times: int = 1) -> None:
    for _ in range(600):
        if sum(text in line for line in said) >= times:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{text!r} was not said {times} times, but: {said}")


SLEEPER = "import os, time; print('pid', os.getpid()); time.sleep(600)"


def test_what_is_killed_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []

    async def go() -> None:
        stop = asyncio.Event()
        kept = Kept(
            "part", python(SLEEPER), tmp_path / "part.log", said.append, said.append, backoff_s=0.01
        )
        running = asyncio.create_task(kept.run(stop))
        await until_said(said, "pid")
        os.kill(int(said[0].split()[1]), signal.SIGKILL)
        await until_said(said, "pid", times=2)
        stop.set()
        await asyncio.wait_for(running, 20)

    asyncio.run(go())
    assert "part ended with code -9; started again in 0.01 s" in said[1]
    second = int(said[2].split()[1])
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_what_cannot_start_is_given_up_and_says_where_to_look(tmp_path: Path) -> None:
    said: list[str] = []
    log = tmp_path / "log" / "part.log"
    code = "import sys; sys.exit('no such line')"
    kept = Kept("part", python(code), log, said.append, backoff_s=0.001)
    with pytest.raises(StoreError, match=r"part ended with code 1 5 times in succession, see .*"):
        asyncio.run(kept.run(asyncio.Event()))
    assert log.read_text().count("no such line") == 5
    assert len(said) == 4


def test_nothing_is_started_once_all_is_to_end(tmp_path: Path) -> None:
    said: list[str] = []

    async def go() -> None:
        stop = asyncio.Event()
        stop.set()
        kept = Kept("part", python("print('on')"), tmp_path / "log", said.append, said.append)
        await kept.run(stop)

    asyncio.run(go())
    assert said == []


def test_a_pause_ends_with_the_job() -> None:
    async def go() -> float:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        began = loop.time()
        loop.call_later(0.02, stop.set)
        await pause(60.0, stop)
        return loop.time() - began

    assert asyncio.run(go()) < 30.0


def test_what_a_child_printed_is_heard_once_and_in_order(tmp_path: Path) -> None:
    code = "print('one'); print('two'); import time; time.sleep(600)"
    with Child("talker", python(code), tmp_path / "log") as child:
        heard = [child.line(20), *child.heard()]
        while len(heard) < 2:
            heard += child.heard()
        assert heard == ["one", "two"]
        assert child.heard() == []
