"""`python -m twin.running.launcher PARENT COMMAND ...`: become COMMAND, and end with PARENT.

On Linux the kernel sends SIGTERM when the parent dies, however it dies; elsewhere the command just
runs. The request is made here, in a fresh process, because a forked one must not run Python.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress

__all__ = ["launch"]

_PR_SET_PDEATHSIG = 1


def launch(parent: int, command: list[str]) -> None:
    """Become `command`; return only when `parent` is already gone."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:
        os.execv(command[0], command)


if __name__ == "__main__":
    launch(int(sys.argv[1]), sys.argv[2:])
