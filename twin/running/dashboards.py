"""The dashboards' Streamlit server as a process: settings, port, refusals."""

from __future__ import annotations

import importlib.util
import ipaddress
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from process_models.errors import InputError, StoreError

__all__ = ["app_path", "checked_address", "command", "free_port", "require_free", "wait_until_up"]

_NEAR = 20


def app_path() -> Path:
    """Where the dashboards' entry page is.

    Raises
    ------
    StoreError
        When the dashboards are not installed.
    """
    found = importlib.util.find_spec("dashboards")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "app.py"
        if path.is_file():
            return path
    raise StoreError("the dashboards are not installed: dashboards/app.py cannot be found")


def checked_address(address: str) -> str:
    """`address` when it is loopback.

    Raises
    ------
    InputError
        Otherwise: other machines may look only after they have logged in.

    Examples
    --------
    >>> checked_address("localhost")
    'localhost'
    """
    if address == "localhost":
        return address
    try:
        near = ipaddress.ip_address(address).is_loopback
    except ValueError as error:
        raise InputError(f"address must be an IP address or localhost, got {address!r}") from error
    if not near:
        raise InputError(
            f"address {address} can be reached from other machines, which needs login, and login "
            "is not built yet: use 127.0.0.1"
        )
    return address


def require_free(address: str, port: int) -> int:
    """`port` when nothing listens there.

    Raises
    ------
    InputError
        When it is taken or no port.
    """
    if not 1 <= port <= 65535:
        raise InputError(f"port must lie in 1 to 65535, got {port}")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise InputError(f"port {port} on {address} is taken: {error.strerror}") from error
    return port


def free_port(address: str, wish: int) -> int:
    """`wish`, or the next free port after it."""
    for port in range(wish, min(wish + _NEAR, 65536)):
        with suppress(InputError):
            return require_free(address, port)
    raise InputError(f"no port from {wish} to {wish + _NEAR - 1} on {address} is free")


def command(address: str, port: int) -> list[str]:
    """How Streamlit is started: closed, quiet, and telling nobody."""
    options = {
        "server.address": address,
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.runOnSave": "false",
        "browser.gatherUsageStats": "false",
        "browser.serverAddress": address,
        "client.showErrorDetails": "none",
        "client.toolbarMode": "viewer",
        "logger.level": "warning",
    }
    settings = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [sys.executable, "-m", "streamlit", "run", str(app_path()), *settings]


def wait_until_up(
    address: str, port: int, timeout_s: float, gone: Callable[[], bool] = lambda: False
) -> bool:
    """Whether something answers there before `timeout_s` is over or the process is gone."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until and not gone():
        with suppress(OSError), socket.create_connection((address, port), timeout=0.5):
            return True
        time.sleep(0.1)
    return False
