from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from process_models.errors import StoreError
from twin.running.children import Child, lacss
from twin.running.launcher import launch


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def gone(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until and alive(pid):
        time.sleep(0.05)
    return not alive(pid)


def test_a_child_is_heard_and_ended(tmp_path: Path) -> None:
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with Child("sleeper", python(code), tmp_path / "log" / "child.log") as child:
        pid = int(child.line(20))
        assert child.ended is None
        assert alive(pid)
    assert gone(pid, 1)


def test_a_child_that_will_not_go_is_made_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.running.children._GRACE_S", 0.3)
    code = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(os.getpid(), flush=True); time.sleep(600)"
    )
    with Child("deaf", python(code), tmp_path / "child.log") as child:
        pid = int(child.line(20))
    assert gone(pid, 1)


def test_its_answer_is_json(tmp_path: Path) -> None:
    with Child("talker", python("print('{\"url\": \"here\"}')"), tmp_path / "child.log") as child:
        assert child.answer(20) == {"url": "here"}


def test_a_child_that_cannot_start_says_why_in_one_line(tmp_path: Path) -> None:
    code = "import sys; sys.exit('lacss: no such line')"
    with (
        Child("plant", python(code), tmp_path / "child.log") as child,
        pytest.raises(StoreError, match="plant did not start: lacss: no such line"),
    ):
        child.line(20)


def test_a_child_that_says_nothing_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    with (
        Child("mute", python("import time; time.sleep(60)"), tmp_path / "child.log") as child,
        pytest.raises(StoreError, match="mute did not start"),
    ):
        child.line(0.3)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel does it on Linux only")
def test_a_child_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from twin.running.children import Child;"
        "child = Child('c', [sys.executable, '-c', 'import os, time; print(os.getpid(), "
        f"flush=True); time.sleep(600)'], Path({str(tmp_path / 'log')!r}));"
        "child.__enter__(); print(child.line(20), flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        python(code), stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    assert gone(pid, 5)


def test_a_command_whose_parent_is_gone_is_not_started() -> None:
    launch(parent=-1, command=["/nowhere"])


def test_another_lacss_is_of_this_installation() -> None:
    assert lacss("plant", "--json")[0] == sys.executable
    assert lacss("plant", "--json")[-2:] == ["plant", "--json"]
