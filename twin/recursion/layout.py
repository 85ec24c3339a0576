"""A line as flat arrays: what the compiled functions start from."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.distributions import Distribution
from twin.line import LineModel, StationModel
from twin.recursion.drawing import StreamPlace
from twin.recursion.extent import Extent
from twin.recursion.state import (
    CREW,
    FRAME,
    IDLE,
    LOT,
    MODEL,
    PENDING,
    RUN,
    SERVER,
    STATION,
    World,
)
from twin.recursion.workspace import room
from twin.replication import Plan

__all__ = ["Layout"]

CHECKPOINT_LOTS, CHECKPOINTS = 64, 500


class Layout:
    """Places of streams and arrays of one line and one extent.

    Attributes
    ----------
    streams : list of StreamPlace
    width : int
        Random numbers of one replication.
    fresh : World
        The state at the start of a replication; without random numbers.
    tandem : bool
        Whether only the times of single servers that nothing interrupts are asked for.
    """

    def __init__(self, line: LineModel, plan: Plan, extent: Extent, *, keep_records: bool) -> None:
        self.line = line
        self.extent = extent
        self.streams: list[StreamPlace] = []
        self.crews = [people.name for people in line.people if _binds(line, people.name)]
        self.sizes = [people.size for people in line.people if _binds(line, people.name)]
        self.overtaking = any(one.servers > 1 or one.batch > 1 for one in line.stations)
        self.tandem = not (keep_records or self.overtaking or any(map(_special, line.stations)))
        self._run = np.zeros(1, RUN)
        self._servers = np.zeros(sum(one.servers for one in line.stations), SERVER)
        self._repairs = self._most = 1
        stations = self._stations()
        gap = line.arrivals.interarrival_s
        if gap is not None:
            stream = self._stream("", "arrival", gap, extent.lots)
            self._run["gap_at"], self._run["gap_end"] = stream.first, stream.end
        self.width = self.streams[-1].end if self.streams else 0
        self._window(plan, keep_records)
        self.fresh = self._world(stations, keep_records)

    def world(self, draws: NDArray[np.float64]) -> World:
        """Room for a run with these random numbers; the constants are shared with `fresh`."""
        fresh = self.fresh
        words, parts, spans = _in_one_block(
            fresh, sum(one.servers for one in self.line.path), kept=len(self.crews) > 0
        )
        path = [one for one in self.line.path if one.servers > 1 or one.batch > 1]
        many = min(len(fresh.lots) // CHECKPOINT_LOTS + 1, CHECKPOINTS) if self.crews else 0
        return fresh._replace(
            draws=draws, words=words, spans=spans,
            kept=room("kept", (many, int(np.diff(spans).sum()))).view(np.int64),
            kept_leaves=room("kept leaves", (many, sum(one.servers for one in path))),
            kept_counts=np.empty((many, len(self.crews)), np.int64), kept_s=np.empty(many), **parts,
        )  # fmt: skip

    def _stream(
        self, place: str, purpose: str, sampler: Distribution | None, count: int, server: int = 0
    ) -> StreamPlace:
        first = self.streams[-1].end if self.streams else 0
        self.streams.append(StreamPlace(place, purpose, server, sampler, first, count))
        return self.streams[-1]

    def _stations(self) -> NDArray[np.void]:
        found = np.zeros(len(self.line.stations), STATION)
        firsts = _firsts(self.line)
        for place, model in enumerate(self.line.stations):
            one, lots = found[place], self.extent.lots
            if model.samples:
                lots = lots // model.sample_every + 2
            service = self._stream(model.name, "service", model.service_s, lots // model.batch + 1)
            one["service_at"], one["service_end"] = service.first, service.end
            if model.scrap_probability:
                route = self._stream(model.name, "route", None, lots)
                one["route_at"], one["route_end"] = route.first, route.end
            one["idle"], one["due"] = model.servers, model.first_sample
            one["pending_at"] = one["idle_at"] = 2 * firsts[place]
            self._failures(model, firsts[place])
        return found

    def _failures(self, model: StationModel, first: int) -> None:
        if model.failure is None:
            return
        expected = self.extent.seconds / model.failure.time_to_failure_s.mean_s
        count = int(1.2 * expected + 6 * math.sqrt(expected)) + 8
        self._repairs += count * model.servers
        self._most = max(self._most, count)
        for server in range(model.servers):
            failure, state = model.failure, self._servers[first + server]
            fails = self._stream(model.name, "failure", failure.time_to_failure_s, count, server)
            repairs = self._stream(model.name, "repair", failure.time_to_repair_s, count, server)
            state["failure_at"], state["failure_end"] = fails.first, fails.end
            state["repair_at"], state["repair_end"] = repairs.first, repairs.end

    def _window(self, plan: Plan, keep_records: bool) -> None:
        run = self._run
        run["start_s"] = plan.warm_up_s
        run["end_s"] = math.inf if plan.until_s is None else plan.until_s
        run["covered_s"] = self.extent.seconds
        run["path"] = len(self.line.path)
        run["identity"] = keep_records
        most = max(CHECKPOINT_LOTS, -(-self.extent.lots // CHECKPOINTS))
        run["every"] = most if self.crews else self.extent.lots + 1

    def _world(self, stations: NDArray[np.void], keep_records: bool) -> World:
        line, lots = self.line, self.extent.lots
        models, stops = self._models()
        stations["stop"] = stations["stop_left"] = models["stops"]
        passing = lots + 1 if self.overtaking else 1
        many, nothing = len(line.stations), np.empty((0, 0))
        coupons = sum(lots // one.sample_every + 2 for one in line.stations if one.samples)
        visits = (lots * len(line.path) + coupons) if keep_records else 0
        return World(
            models=models,
            stations=stations,
            servers=self._servers,
            stops=stops,
            draws=np.empty(0),
            leaves=np.empty((many, 0)) if self.tandem else room("leaves", (many, lots + 1)),
            order=np.empty((many, passing), np.int64),
            came_s=room("arrivals", (many, passing)),
            pending=np.zeros(2 * len(self._servers), PENDING),
            idle=np.zeros(2 * len(self._servers), IDLE),
            frames=np.zeros(2 * many + 4, FRAME),
            lots=np.zeros(0 if self.tandem else lots, LOT),
            crew_repairs=np.zeros((len(self.crews), self._repairs), CREW),
            crew_sizes=np.array(self.sizes, np.int64),
            crew_counts=np.zeros(len(self.crews), np.int64),
            forced_s=np.empty((len(self._servers), self._most) if self.crews else (0, 0)),
            fitters_s=np.empty(max(self.sizes, default=0)),
            times_s=self._times(),
            coupons=np.empty((coupons, 3)),
            visits=np.empty((visits, 8)),
            downs=np.empty((self._repairs if keep_records else 0, 4)),
            run=self._run,
            crew_wrong=np.zeros(len(self.crews), np.int64),
            words=np.empty(0, np.int64),
            spans=np.empty((0, 2), np.int64),
            kept=nothing.astype(np.int64),
            kept_leaves=nothing,
            kept_counts=nothing.astype(np.int64),
            kept_s=np.empty(0),
        )

    def _times(self) -> NDArray[np.float64]:
        if self.line.arrivals.kind == "schedule":
            return np.array([time for time in self.line.arrivals.times_s if time >= 0], float)
        return np.zeros(self.extent.lots if self.line.arrivals.kind == "all_at_start" else 0)

    def _models(self) -> tuple[NDArray[np.void], NDArray[np.float64]]:
        line, found = self.line, np.zeros(len(self.line.stations), MODEL)
        stops: list[tuple[float, float]] = []
        firsts = _firsts(line)
        for place, model in enumerate(line.stations):
            values: dict[str, Any] = {
                "servers": model.servers,
                "buffer": -1 if model.buffer is None or place == 0 else model.buffer,
                "batch": model.batch,
                "plain": model.servers == 1 and model.batch == 1,
                "failing": model.failure is not None,
                "crew": self.crews.index(model.repair_crew)
                if model.repair_crew in self.crews
                else -1,
                "next": place + 1 if place + 1 < len(line.path) else -1,
                "stops": len(stops),
                "first_server": firsts[place],
                "sample_every": model.sample_every,
                "first_sample": model.first_sample,
                "transfer_s": model.transfer_s,
                "scrap": model.scrap_probability,
            }
            for name, value in values.items():
                found[place][name] = value
            stops += model.planned_stops_between(0.0, math.nextafter(self.extent.seconds, math.inf))
            stops.append((math.inf, math.inf))
        return found, np.array(stops)


def _in_one_block(
    fresh: World, servers: int, *, kept: bool
) -> tuple[NDArray[np.int64], dict[str, Any], NDArray[np.int64]]:
    """Copies of what a run writes over, side by side; the parts of it that checkpoints keep."""
    names = ("run", "stations", "servers", "pending", "idle")
    arrays = [getattr(fresh, name) for name in names]
    ends = list(accumulate(array.nbytes // 8 for array in arrays))
    starts = [0, *ends[:-1]]
    words = np.empty(ends[-1], np.int64)
    parts: dict[str, Any] = {}
    for name, array, start, end in zip(names, arrays, starts, ends, strict=True):
        parts[name] = words[start:end].view(array.dtype)
        parts[name][:] = array
    spans = [(0, starts[2] + servers * fresh.servers.itemsize // 8)]
    spans += [
        (starts[place], starts[place] + 2 * servers * arrays[place].itemsize // 8)
        for place in (3, 4)
    ]
    return words, parts, np.array(spans if kept else [], np.int64).reshape(-1, 2)


def _firsts(line: LineModel) -> list[int]:
    return [0, *accumulate(one.servers for one in line.stations)]


def _special(model: StationModel) -> bool:
    """Whether anything can happen besides service and blocking."""
    closed = model.down_windows_s or model.calendar is not None
    return bool(model.samples or model.scrap_probability or model.failure or closed)


def _binds(line: LineModel, name: str) -> bool:
    """Whether a crew can be short of people."""
    asking = [one for one in line.stations if one.repair_crew == name and one.failure is not None]
    size = next(people.size for people in line.people if people.name == name)
    return sum(one.servers for one in asking) > size
