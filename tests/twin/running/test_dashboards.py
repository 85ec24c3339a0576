from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from process_models.errors import InputError
from twin.access.accounts import Accounts
from twin.running.dashboards import (
    app_path,
    checked_address,
    command,
    free_port,
    require_free,
    wait_until_up,
)
from twin.settings import Settings
from twin.store import Store

HERE = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((HERE, 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_loopback_is_served(address: str) -> None:
    assert checked_address(address) == address


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.4", "8.8.8.8"])
def test_other_machines_are_not_before_somebody_can_log_in(address: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="address must be loopback here"):
        checked_address(address)
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")
    with pytest.raises(InputError, match="which needs login: add an administrator"):
        checked_address(address, settings)
    with Store.open(settings) as store:
        Accounts(store).add("ana", "admin", password="correct horse battery", user="root")
    assert checked_address(address, settings) == address


def test_a_name_is_no_address() -> None:
    with pytest.raises(InputError, match="address must be an IP address or localhost, got 'plant'"):
        checked_address("plant")


def test_a_taken_port_is_refused_and_passed_over(taken: int) -> None:
    with pytest.raises(InputError, match=f"port {taken} on 127.0.0.1 is taken"):
        require_free(HERE, taken)
    assert free_port(HERE, taken) > taken


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_is_a_port(port: int) -> None:
    with pytest.raises(InputError, match="port must lie in 1 to 65535"):
        require_free(HERE, port)


def test_the_dashboards_are_found_without_being_imported() -> None:
    assert app_path().name == "serving.py"


def test_streamlit_is_started_closed_and_quiet() -> None:
    words = command(HERE, 8765)
    options = dict(zip(words[5::2], words[6::2], strict=True))
    assert options["--server.address"] == HERE
    assert options["--server.port"] == "8765"
    assert options["--browser.gatherUsageStats"] == "false"
    assert options["--client.showErrorDetails"] == "none"
    assert options["--server.enableXsrfProtection"] == "true"
    assert int(options["--server.maxUploadSize"]) <= 64
    assert options["--server.headless"] == "true"
    assert options["--server.fileWatcherType"] == "none"


def test_waiting_ends_when_somebody_answers_or_nobody_can(taken: int) -> None:
    assert wait_until_up(HERE, taken, 5.0)
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        closed = probe.getsockname()[1]
    began = time.monotonic()
    assert not wait_until_up(HERE, closed, 0.3)
    assert not wait_until_up(HERE, closed, 30.0, gone=lambda: True)
    assert time.monotonic() - began < 5
