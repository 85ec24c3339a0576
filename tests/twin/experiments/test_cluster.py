"""The same experiment on a Dask cluster, on a broken one, and on none."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from process_models.errors import InputError
from twin.distributions import Exponential
from twin.experiment import replicate
from twin.experiments.cluster import cluster_pool
from twin.line import Arrivals, LineModel, StationModel

if TYPE_CHECKING:
    from tests.twin.experiments.conftest import Cluster

LINE = LineModel(
    "random",
    Arrivals("saturated"),
    (StationModel("a", Exponential(40)), StationModel("b", Exponential(30), buffer=2)),
)
ROOT = Path(__file__).resolve().parents[3]
EXPERIMENT: dict[str, Any] = {"hours": 20, "replications": 60, "seed": 3, "engine": "simpy"}
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_the_cluster_changes_nothing_even_when_a_worker_is_killed(cluster: Cluster) -> None:
    expected = replicate(LINE, **EXPERIMENT, workers=1).to_dict()
    assert replicate(LINE, **EXPERIMENT, cluster=cluster.address).to_dict() == expected
    told: list[float] = []

    def kill_one(done: float, total: float) -> None:
        told.append(done)
        if done >= 10 and cluster.workers[0].poll() is None:
            cluster.workers[0].kill()
            cluster.workers[0].wait(10)

    found = replicate(LINE, **EXPERIMENT, cluster=cluster.address, progress=kill_one)
    assert found.to_dict() == expected
    assert cluster.workers[0].returncode == -9
    assert told[-1] == 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nobody_listens_is_one_line_soon(tmp_path: Path) -> None:
    line = tmp_path / "line.toml"
    line.write_text('[line]\n[[station]]\nname = "a"\nservice_s = 36\n')
    address = f"tcp://127.0.0.1:{free_port()}"
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", "from twin.cli import main; main()", "simulate", line,
         "--hours", "1", "--cluster", address, "--json"],
        capture_output=True, text=True, check=False, timeout=60, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    (message,) = done.stderr.splitlines()
    assert message.startswith(f"lacss: cluster {address}: no Dask scheduler answers")
    assert time.monotonic() - began < 30  # ten seconds on a machine with nothing else to do


@pytest.mark.parametrize("address", ["", "nonsense", "tcp://", "ftp://x:1", "127.0.0.1:99999"])
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(InputError, match="cluster"):
        replicate(LINE, hours=1, cluster=address)


@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1", "", "a b:1", "tcp://:8786"])
def test_what_is_no_address_is_refused_at_once(address: str) -> None:
    with (
        pytest.raises(InputError, match="cluster must be HOST:PORT or tcp://HOST:PORT"),
        cluster_pool(address),
    ):
        pass
