"""Futures by the SimPy model, for the lines that the exact engine cannot express."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.calibration import CalibratedLine
from twin.calibration.line import ParameterDraws
from twin.forecasting.ahead.beginning import Beginning
from twin.forecasting.ahead.futures import FINISHED, GOING, SCRAPPED
from twin.line import LineModel, StationModel
from twin.records import OUTCOMES, is_coupon
from twin.simulation import LineSimulation, LotInProcess, ServerDown

__all__ = ["WORTH_PROCESSES", "simpy_futures"]

Floats = NDArray[np.float64]
WORTH_PROCESSES = 1_500_000.0  # visits; for fewer, a second process costs more than it saves
_EXTRA_S = 6 * 3600.0
_LONGEST_EXTRA_S = 14 * 86_400.0
_CODES = {OUTCOMES.index("finished"): FINISHED, OUTCOMES.index("scrapped"): SCRAPPED}
Result = tuple[list[float], list[int], list[float], list[int]]


@dataclass(frozen=True)
class _Task:
    calibration: CalibratedLine
    parameters: ParameterDraws
    work: tuple[LotInProcess | ServerDown, ...]
    start_s: float
    horizon_s: float
    seed: int

    def run(self, replication: int) -> Result:
        """When and how the lots of the start left, then the new ones, from `start_s`."""
        line = _line_of(self.calibration, self.parameters, replication)
        simulation = LineSimulation(
            line,
            seed=self.seed,
            replication=replication,
            initial=self.work,
            start_s=self.start_s,
        )
        wanted = [one.lot_id for one in self.work if isinstance(one, LotInProcess)]
        until_s = self.start_s + self.horizon_s
        simulation.run(until_s=until_s)
        while until_s < self.start_s + self.horizon_s + _LONGEST_EXTRA_S:
            left = self._left(simulation)
            if all(lot in left for lot in wanted):
                break
            until_s += _EXTRA_S
            simulation.run(until_s=until_s)
        left = self._left(simulation)
        known = [left.pop(lot, (np.inf, GOING)) for lot in wanted]
        new = sorted(left.values())
        return (
            [at for at, _ in known],
            [how for _, how in known],
            [at for at, _ in new],
            [how for _, how in new],
        )

    def _left(self, simulation: LineSimulation) -> dict[str, tuple[float, int]]:
        records = simulation.records
        rows = records.lot_rows[~is_coupon(records.lot_rows[:, 0])]
        return {
            records.lot_id(int(number)): (leave_s - self.start_s, _CODES[int(outcome)])
            for number, _, leave_s, outcome, _ in rows.tolist()
            if leave_s == leave_s and int(outcome) in _CODES
        }


def simpy_futures(
    calibration: CalibratedLine,
    beginning: Beginning,
    now_s: float,
    *,
    horizon_s: float,
    replications: int,
    seed: int,
    progress: Callable[[float], None] | None = None,
) -> tuple[Floats, NDArray[np.int8]]:
    """As `exact_futures`, one future after the other."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(replications,)))
    task = _Task(
        calibration,
        calibration.draw(rng, replications),
        _work(calibration.line, beginning),
        now_s,
        horizon_s,
        seed,
    )
    results = []
    for done, result in enumerate(_results(task, replications), 1):
        results.append(result)
        if progress is not None:
            progress(done / replications)
    begun = len(beginning.lots)
    lots = begun + max((len(new) for _, _, new, _ in results), default=0)
    leave_s = np.full((replications, lots), np.inf)
    outcome = np.zeros((replications, lots), dtype=np.int8)
    for row, (left, how, later, whether) in enumerate(results):
        leave_s[row, : begun + len(later)] = [*left, *later]
        outcome[row, : begun + len(later)] = [*how, *whether]
    return leave_s, outcome


def _work(line: LineModel, beginning: Beginning) -> tuple[LotInProcess | ServerDown, ...]:
    """As the simulation takes it; a lot that comes waits where it comes to."""
    lots, path = [], line.path
    many = len(beginning.lots)
    for number, lot in enumerate(beginning.lots):
        phase = "queued" if lot.phase == "coming" else lot.phase
        since_s = lot.had_s if phase == "in_service" else (many - number) * 1e-3
        lots.append(LotInProcess(lot.lot_id, path[lot.place].name, phase, since_s))  # type: ignore[arg-type]
    held = {lot.place: lot.lot_id for lot in beginning.lots if lot.phase == "in_service"}
    downs = [
        ServerDown(path[one.place].name, "in_repair", one.since_s, held.get(one.place, ""))
        for one in beginning.repairs
    ]
    return (*lots, *downs)


def _line_of(
    calibration: CalibratedLine, parameters: ParameterDraws, replication: int
) -> LineModel:
    """The line with the parameters of one future, without laboratories."""
    stations = [
        _station(one, calibration, parameters, replication) for one in calibration.line.path
    ]
    return replace(calibration.line, stations=tuple(stations))


def _station(
    model: StationModel, calibration: CalibratedLine, parameters: ParameterDraws, row: int
) -> StationModel:
    from twin.calibration.families import FAMILIES

    fit = calibration.stations[model.name]
    theta = parameters.service[model.name][row].copy()
    theta[0] += np.log(parameters.pace[model.name][row])
    failure = model.failure
    if failure is not None and fit.to_failure is not None and fit.repair is not None:
        failure = replace(
            failure,
            time_to_failure_s=FAMILIES[fit.to_failure.family].distribution(
                parameters.to_failure[model.name][row]
            ),
            time_to_repair_s=FAMILIES[fit.repair.family].distribution(
                parameters.repair[model.name][row]
            ),
        )
    return replace(
        model,
        service_s=FAMILIES[fit.service.family].distribution(theta),
        failure=failure,
        scrap_probability=float(parameters.scrap[model.name][row]),
    )


def _results(task: _Task, replications: int) -> Iterator[Result]:
    path = task.calibration.line.path
    slowest_s = max(one.service_s.mean_s / one.servers for one in path)
    visits = replications * task.horizon_s / max(slowest_s, 1.0) * len(path)
    if visits < WORTH_PROCESSES:
        return (task.run(replication) for replication in range(replications))
    from joblib import Parallel, delayed

    jobs = (delayed(task.run)(replication) for replication in range(replications))
    shared: Iterator[Result] = Parallel(n_jobs=2, return_as="generator")(jobs)
    return shared
