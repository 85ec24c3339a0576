"""A site of many lines against PostgreSQL: which part gives out first, and at what rate.

    python -m benchmarks.site --lines 50 --characteristics 200 --seconds 600

Every second each line hands over one reading of each characteristic. Collectors (a process for
several lines) commit them, a watch charts them, a page asks for a chart and a month, all on this
machine, with the server. Stages raise the rate until a part cannot keep up. Simulated load on a
database of its own; everything listens on the loopback address and ends by itself.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import BenchRow
from benchmarks.postgres import PostgresCluster, find_postgres
from benchmarks.site_parts import Load, PartResult, ask_pages, collect, prepare, watch

__all__ = ["Stage", "main", "rows", "run_site", "run_stage"]

COLLECTOR_LAG_S = 2.0
WATCH_LAG_S = 5.0
PAGE_S = 1.0
_SETTLE_S = 3.0


@dataclass(frozen=True, slots=True)
class Stage:
    """What one rate asked of the parts.

    Attributes
    ----------
    rate_per_s : float
        Readings a second that the lines hand over.
    committed_per_s : float
        Readings a second that were committed within the stage.
    parts : tuple of PartResult
    server_cores : float
        CPU of the database server, in cores.
    """

    rate_per_s: float
    committed_per_s: float
    parts: tuple[PartResult, ...]
    server_cores: float

    def lag_s(self, part: str) -> float:
        """The worst 99th percentile of the part's delay."""
        return max((one.p99_s for one in self.parts if one.part == part), default=math.nan)

    def cores(self, part: str) -> float:
        """CPU of all processes of a part, in cores."""
        return sum(one.cores for one in self.parts if one.part == part)

    def gave_out(self) -> str:
        """The part that did not keep its limit and is the furthest beyond it; empty if none."""
        limits = {"collectors": COLLECTOR_LAG_S, "watch": WATCH_LAG_S, "page": PAGE_S}
        over = {part: self.lag_s(part) / limit for part, limit in limits.items()}
        worst = max(over, key=lambda part: -1.0 if math.isnan(over[part]) else over[part])
        return worst if over[worst] > 1 else ""


def run_stage(load: Load, cluster: PostgresCluster, processes: int) -> Stage:
    """Run all parts side by side for `load.seconds` at one rate."""
    url = cluster.url(cluster.create())
    prepare(load, url)
    lines = [tuple(range(i, load.lines, processes)) for i in range(processes)]
    load = replace(load, starts_at=time.time() + _SETTLE_S)
    context = multiprocessing.get_context("spawn")
    before = _cpu_s(cluster)
    with ProcessPoolExecutor(processes + 2, mp_context=context) as pool:
        futures: list[Future[PartResult]] = [
            *(pool.submit(collect, load, url, own) for own in lines if own),
            pool.submit(watch, load, url),
            pool.submit(ask_pages, load, url),
        ]
        parts = tuple(future.result() for future in futures)
    cores = (_cpu_s(cluster) - before) / (load.seconds + _SETTLE_S)
    done = sum(one.count for one in parts if one.part == "collectors")
    return Stage(load.rate_per_s, done / load.seconds, parts, cores)


def run_site(load: Load, factors: Sequence[float], processes: int) -> list[Stage]:
    """Stages of rising rate, until a part gives out."""
    stages = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        home = folder / "cluster"
        home.mkdir()
        cluster = PostgresCluster(home)
        cluster.start()
        stack.callback(cluster.stop)
        for factor in factors:
            stages.append(run_stage(replace(load, hertz=load.hertz * factor), cluster, processes))
            if stages[-1].gave_out():
                break
    return stages


def _cpu_s(cluster: PostgresCluster) -> float:
    """CPU of the server so far: the postmaster, its children, and those that have ended."""
    import psutil

    postmaster = (cluster.folder / "data" / "postmaster.pid").read_text().splitlines()[0]
    server = psutil.Process(int(postmaster))
    total = 0.0
    for process in (server, *server.children(recursive=True)):
        with suppress(psutil.Error):
            used = process.cpu_times()
            total += used.user + used.system
            if process.pid == server.pid:
                total += used.children_user + used.children_system
    return total


def rows() -> list[BenchRow]:
    """Ten lines of 200 characteristics at 1 Hz for twenty seconds; none without PostgreSQL."""
    if find_postgres("postgres") is None:
        return []
    stage = run_site(Load(lines=10, characteristics=200, seconds=20.0), [1.0], processes=2)[0]
    limits = {"collectors": COLLECTOR_LAG_S, "watch": WATCH_LAG_S, "page": PAGE_S}
    return [
        BenchRow(
            f"site of 2,000 readings/s on PostgreSQL: {part}, p99", stage.lag_s(part), "s",
            "limit", stage.lag_s(part) / limit, f"< {limit:g} s",
        )
        for part, limit in limits.items()
    ]  # fmt: skip


def _described(stage: Stage) -> str:
    parts = (
        f"{part} {stage.lag_s(part):.2f} s / {stage.cores(part):.2f} cores"
        for part in ("collectors", "watch", "page")
    )
    return (
        f"{stage.rate_per_s:>8,.0f}/s asked, {stage.committed_per_s:>8,.0f}/s committed; "
        f"{', '.join(parts)}; server {stage.server_cores:.2f} cores; "
        f"gave out: {stage.gave_out() or 'nothing'}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the stages and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.site")
    parser.add_argument("--lines", type=int, default=50)
    parser.add_argument("--characteristics", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--processes", type=int, default=5)
    parser.add_argument("--factors", default="1")
    chosen = parser.parse_args(arguments)
    load = Load(chosen.lines, chosen.characteristics, chosen.seconds)
    factors = [float(factor) for factor in chosen.factors.split(",")]
    for stage in run_site(load, factors, chosen.processes):
        sys.stdout.write(_described(stage) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
