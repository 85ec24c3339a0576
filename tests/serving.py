"""The dashboards as `lacss serve` starts them, for tests that drive a browser."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twin.running.dashboards import command, wait_until_up

__all__ = ["free_port", "served"]


def free_port() -> int:
    """A port on the loopback address on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(home: Path, port: int = 0) -> Iterator[str]:
    """Serve the pages of `home` until the block ends; gives their address."""
    chosen = port or free_port()
    environment = {k: v for k, v in os.environ.items() if k != "LACSS_DATABASE"}
    with (
        (home / "served.log").open("ab") as log,
        subprocess.Popen(
            command("127.0.0.1", chosen), env={**environment, "LACSS_HOME": str(home)}, cwd=home,
            stdout=log, stderr=subprocess.STDOUT,
        ) as server,
    ):  # fmt: skip
        try:
            assert wait_until_up("127.0.0.1", chosen, 60, lambda: server.poll() is not None)
            yield f"http://127.0.0.1:{chosen}"
        finally:
            server.terminate()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()
