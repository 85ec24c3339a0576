"""Futures of the line from its state now: when lots finish, how many follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from twin.line import LineModel, StationModel
from twin.line_scaling import scaled_line
from twin.line_time import line_seconds
from twin.records import OUTCOMES
from twin.simulation import LineSimulation, LotInProcess
from twin.state import LineState, LotState

__all__ = ["Futures", "run_futures", "work_in_process"]

_EXTRA_S = 6 * 3600.0
_LONGEST_EXTRA_S = 14 * 86400.0
_TRIES = 64
WORTH_PROCESSES = 1_500_000.0  # visits; for fewer, a second process costs more than it saves
_FINISHED = OUTCOMES.index("finished")


@dataclass(frozen=True, slots=True)
class Futures:
    """What became of the line in each replication.

    Attributes
    ----------
    lot_ids : tuple of str
        Lots in process at the start.
    finish_s : ndarray (replications, lots)
        Line seconds at which each left; nan when it was scrapped or did not leave.
    scrapped : ndarray of bool (replications, lots)
    finished : ndarray (replications,)
        Lots that finished within the horizon, those that entered later included.
    """

    lot_ids: tuple[str, ...]
    finish_s: NDArray[np.float64]
    scrapped: NDArray[np.bool_]
    finished: NDArray[np.int64]


def work_in_process(state: LineState, line: LineModel) -> tuple[LotInProcess, ...]:
    """The state's lots as the simulation takes them.

    A lot on its way, or held, waits at the station that comes next.
    """
    names = [station.name for station in line.path]
    known = {station.name for station in line.stations}
    return tuple(
        _placed(lot, names, state.as_of) for lot in state.lots if lot.station in known
    )


def _placed(lot: LotState, path: Sequence[str], as_of: datetime) -> LotInProcess:
    since_s = max(0.0, (as_of - lot.since).total_seconds())
    if lot.phase in ("queued", "in_service", "blocked"):
        return LotInProcess(lot.lot_id, lot.station, lot.phase, since_s)
    place = path.index(lot.station) if lot.station in path else -1
    follows = lot.phase == "moving" and 0 <= place < len(path) - 1
    return LotInProcess(lot.lot_id, path[place + 1] if follows else lot.station, "queued", since_s)


def run_futures(
    line: LineModel, state: LineState, *, horizon_s: float, replications: int, seed: int,
    pace_sd: float = 0.0, progress: Callable[[float], None] | None = None,
) -> Futures:
    """Run the line on from `state` again and again.

    Results depend on line, state, horizon, seed and the number of the replication only, not on
    how many processes share the work.

    Parameters
    ----------
    horizon_s : float
        Counts lots so far; it then runs on until the lots of the start have left.
    pace_sd : float
        Standard deviation of ln of each station's pace from one future to the next.
    progress : callable, optional
        Called with the share done.
    """
    initial = work_in_process(state, line)
    down = tuple(
        (one.station, line_seconds(one.since)) for one in state.stations.values()
        if one.servers_down and one.since is not None
    )
    task = _Task(
        line, initial, line_seconds(state.as_of), horizon_s, seed, state.finished, down, pace_sd
    )
    results = []
    for done, result in enumerate(_results(task, replications), 1):
        results.append(result)
        if progress is not None:
            progress(done / replications)
    lot_ids = tuple(lot.lot_id for lot in initial if "-T" not in lot.lot_id)
    return Futures(
        lot_ids,
        np.array([one[0] for one in results]).reshape(replications, len(lot_ids)),
        np.array([one[1] for one in results], dtype=bool).reshape(replications, len(lot_ids)),
        np.array([one[2] for one in results], dtype=np.int64),
    )


_Result = tuple[list[float], list[bool], int]


@dataclass(frozen=True, slots=True)
class _Task:
    line: LineModel
    initial: tuple[LotInProcess, ...]
    start_s: float
    horizon_s: float
    seed: int
    finished_before: int
    down: tuple[tuple[str, float], ...]
    pace_sd: float

    def _line_of(self, replication: int) -> LineModel:
        """The line at this future's pace, with stations that are down closed until repaired."""
        if not self.down and not self.pace_sd:
            return self.line
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(replication,)))
        since = dict(self.down)
        closed = replace(self.line, stations=tuple(
            _closed(one, since[one.name], self.start_s, rng) if one.name in since else one
            for one in self.line.stations
        ))
        paces = np.exp(self.pace_sd * rng.standard_normal(len(closed.path)))
        names = [station.name for station in closed.path]
        return scaled_line(closed, dict(zip(names, paces.tolist(), strict=True)))

    def run(self, replication: int) -> _Result:
        simulation = LineSimulation(
            self._line_of(replication), seed=self.seed, replication=replication,
            initial=self.initial, start_s=self.start_s, finished_before=self.finished_before,
        )
        until_s = self.start_s + self.horizon_s
        simulation.run(until_s=until_s)
        finished = simulation.finished
        wanted = [lot.lot_id for lot in self.initial if "-T" not in lot.lot_id]
        while until_s < self.start_s + self.horizon_s + _LONGEST_EXTRA_S:
            left = _left(simulation)
            if all(lot in left for lot in wanted):
                break
            until_s += _EXTRA_S
            simulation.run(until_s=until_s)
        left = _left(simulation)
        gone = [left.get(lot, (np.nan, -1)) for lot in wanted]
        return (
            [time_s if outcome == _FINISHED else np.nan for time_s, outcome in gone],
            [outcome == OUTCOMES.index("scrapped") for _, outcome in gone],
            finished,
        )


def _closed(
    station: StationModel, since_s: float, now_s: float, rng: np.random.Generator
) -> StationModel:
    if station.failure is None or station.servers > 1:
        return station
    drawn = station.failure.time_to_repair_s.sample(rng, _TRIES)
    longer = drawn[drawn > now_s - since_s]
    left_s = float(longer[0]) - (now_s - since_s) if len(longer) else float(drawn.mean()) / 2
    window = (now_s, now_s + left_s)
    return replace(station, down_windows_s=(*station.down_windows_s, window))


def _left(simulation: LineSimulation) -> dict[str, tuple[float, int]]:
    records = simulation.records
    return {
        records.lot_id(int(number)): (leave_s, int(outcome))
        for number, _, leave_s, outcome, _ in records.lot_rows.tolist()
        if leave_s == leave_s
    }


def _results(task: _Task, replications: int) -> Iterator[_Result]:
    slowest_s = max(one.service_s.mean_s / one.servers for one in task.line.path)
    visits = replications * task.horizon_s / max(slowest_s, 1.0) * len(task.line.path)
    if visits < WORTH_PROCESSES:
        return (task.run(replication) for replication in range(replications))
    from joblib import Parallel, delayed

    jobs = (delayed(task.run)(replication) for replication in range(replications))
    shared: Iterator[_Result] = Parallel(n_jobs=2, return_as="generator")(jobs)
    return shared
