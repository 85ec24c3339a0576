"""Open simulators of lines against the line model, on one line and in the same run.

Each peer is written as its own documentation writes a line, with its monitors off where it lets
them be. All block after service and draw one number a service. A peer whose throughput differs
from the model's by more than a per cent did something else, and its row says that it is void.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchmarks import BenchRow
from benchmarks.line import BUFFER, LOTS, STATIONS, VISITS, cpu_seconds, draws, model

__all__ = ["rows"]


def rows() -> list[BenchRow]:
    """One row a peer: visits a second of the model, and how many times the peer's that is."""
    return [_row(name, run) for name, run in PEERS.items()]


def _row(name: str, run: Callable[[], float]) -> BenchRow:
    what = "line model, 7 stations, buffers of 3, 10,000 lots"
    try:
        title = f"{name} {version(name)}"
    except PackageNotFoundError:
        return BenchRow(what, math.nan, "visits/s", f"{name}: not installed", math.nan, "")
    ends: list[float] = []
    ours = theirs = math.inf
    for _ in range(2):  # turn about, so that a busy moment falls on both
        ours = min(ours, cpu_seconds(lambda: ends.append(model())))
        theirs = min(theirs, cpu_seconds(lambda: ends.append(run())))
    apart = abs(ends[1] / ends[0] - 1)
    told = f"{title}, {VISITS / theirs:,.0f} visits/s, throughput {100 * apart:.2f} % apart"
    ratio = theirs / ours if apart <= 0.01 else math.nan
    void = "" if apart <= 0.01 else "void: another line; "
    return BenchRow(what, VISITS / ours, "visits/s", told, ratio, f"{void}ratio at least 5")


def _salabim() -> float:
    """A component a station, a store a buffer, a data component a lot; generators, no threads."""
    import salabim

    salabim.yieldless(False)
    env = salabim.Environment(trace=False, random_seed=None)
    buffers = [
        salabim.Store(f"buffer {place}", capacity=BUFFER, monitor=False)
        for place in range(STATIONS - 1)
    ]
    log: list[tuple[Any, int, float, float, float]] = []

    class Lot(salabim.Component):  # type: ignore[misc, name-defined]
        pass

    class Station(salabim.Component):  # type: ignore[misc, name-defined]
        def setup(self, place: int) -> None:
            self.place, self.draw = place, draws(place)

        def process(self) -> Generator[Any, Any, None]:
            place = self.place
            for _ in range(LOTS):
                if place:
                    yield self.from_store(buffers[place - 1])
                    lot = self.from_store_item()
                else:
                    lot = Lot(mode=None, process=None)
                start = env.now()
                yield self.hold(self.draw())
                finish = env.now()
                if place < STATIONS - 1:
                    yield self.to_store(buffers[place], lot)
                log.append((lot, place, start, finish, env.now()))

    for place in range(STATIONS):
        Station(place=place)
    env.run()
    return float(env.now())


def _ciw() -> float:
    """A node a station; `queue_capacities` are waiting places, its blocking is after service.

    It has no source that is never empty: lots come every 200 s to a short queue, and the few that
    find it full are turned away, which costs it less than a long queue that it has to carry. Ciw
    makes a record of each visit by itself.
    """
    import ciw

    class Drawn(ciw.dists.Distribution):  # type: ignore[misc, name-defined]
        def __init__(self, place: int) -> None:
            super().__init__()
            self.draw = draws(place)

        def sample(self, t: float | None = None, ind: Any = None) -> float:
            del t, ind
            return self.draw()

    line = ciw.create_network(
        arrival_distributions=[ciw.dists.Deterministic(200.0), *[None] * (STATIONS - 1)],
        service_distributions=[Drawn(place) for place in range(STATIONS)],
        routing=[[float(to == at + 1) for to in range(STATIONS)] for at in range(STATIONS)],
        number_of_servers=[1] * STATIONS,
        queue_capacities=[BUFFER] * STATIONS,
    )
    simulation = ciw.Simulation(line)
    simulation.simulate_until_max_customers(LOTS, method="Complete")
    return float(simulation.current_time)


def _simprocesd() -> float:
    """A machine a station with a buffer before it; a callback sets the time of each part."""
    from simprocesd.model import System
    from simprocesd.model.factory_floor import Buffer, PartProcessor, Sink, Source

    system = System()
    before: Any = Source(cycle_time=0, starting_parts=LOTS)
    ended: list[float] = []
    for place in range(STATIONS):
        if place:
            before = Buffer(upstream=[before], capacity=BUFFER)
        draw = draws(place)
        machine = PartProcessor(upstream=[before], cycle_time=1)
        machine.add_receive_part_callback(
            lambda machine, _, draw=draw: setattr(machine, "cycle_time", draw())
        )
        before = machine
    sink = Sink(upstream=[before])
    sink.add_receive_part_callback(lambda *_: ended.append(system.env.now))
    system.simulate(simulation_duration=1e9, print_summary=False)
    return ended[-1]


PEERS: dict[str, Callable[[], float]] = {
    "salabim": _salabim,
    "ciw": _ciw,
    "simprocesd": _simprocesd,
}
