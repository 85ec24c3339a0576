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
from twin.settings import Settings

__all__ = [
    "UPLOAD_MB",
    "app_path",
    "checked_address",
    "command",
    "free_port",
    "is_near",
    "require_free",
    "wait_until_up",
]

UPLOAD_MB = 64
_NEAR = 20


def app_path() -> Path:
    """Where what serves the dashboards is.

    Raises
    ------
    StoreError
        When the dashboards are not installed.
    """
    found = importlib.util.find_spec("dashboards")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "serving.py"
        if path.is_file():
            return path
    raise StoreError("the dashboards are not installed: dashboards/serving.py cannot be found")


def checked_address(address: str, settings: Settings | None = None) -> str:
    """`address` when it is loopback, or somebody could log in there.

    Parameters
    ----------
    settings : Settings, optional
        Where the accounts are; without, loopback only.

    Raises
    ------
    InputError
        Otherwise: other machines may look only after they have logged in.

    Examples
    --------
    >>> checked_address("localhost")
    'localhost'
    """
    if is_near(address):
        return address
    if settings is None:
        raise InputError(f"address must be loopback here, as 127.0.0.1, got {address}")
    from twin.access.login import require_login_set_up
    from twin.store import Store

    with Store.open(settings) as store:
        require_login_set_up(store, address)
    return address


def is_near(address: str) -> bool:
    """Whether only this machine reaches `address`.

    Raises
    ------
    InputError
        When it is no address.
    """
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError as error:
        raise InputError(f"address must be an IP address or localhost, got {address!r}") from error


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


def command(
    address: str, port: int, *, certificate: Path | None = None, key: Path | None = None
) -> list[str]:
    """How Streamlit is started: closed, quiet, and telling nobody.

    Parameters
    ----------
    certificate, key : Path, optional
        For HTTPS, both in PEM.
    """
    options = {
        "server.address": address,
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.runOnSave": "false",
        "browser.gatherUsageStats": "false",
        "browser.serverAddress": address,
        "server.enableXsrfProtection": "true",
        "server.enableCORS": "true",
        "server.enableStaticServing": "false",
        "server.maxUploadSize": str(UPLOAD_MB),
        "server.trustedUserHeaders": "{}",
        "client.showErrorDetails": "none",
        "client.toolbarMode": "viewer",
        "logger.level": "warning",
    }
    if certificate is not None:
        options |= {"server.sslCertFile": str(certificate), "server.sslKeyFile": str(key)}
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
