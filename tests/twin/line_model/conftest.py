from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from twin.distributions import Deterministic
from twin.line import Arrivals, LineModel, People, StationModel
from twin.records import visits
from twin.simulation import LineSimulation, LotInProcess


@pytest.fixture
def ran() -> Callable[..., LineSimulation]:
    """A run of a line of stations `(name, seconds, options)`, to `lots` or `until_s`."""

    def run(
        *stations: tuple[str, float, dict[str, Any]],
        arrivals: Arrivals = Arrivals("saturated"),
        people: tuple[People, ...] = (),
        initial: list[LotInProcess] | None = None,
        lots: int | None = None,
        until_s: float | None = None,
    ) -> LineSimulation:
        models = tuple(
            StationModel(name, Deterministic(seconds), **options)
            for name, seconds, options in stations
        )
        line = LineModel("test", arrivals, models, people)
        simulation = LineSimulation(line, seed=1, initial=initial)
        simulation.run(lots=lots, until_s=until_s)
        return simulation

    return run


@pytest.fixture
def spans() -> Callable[[LineSimulation, str], list[tuple[str, float, float, float]]]:
    """Lot, start, finish and departure of each visit of a station, by start."""

    def of(simulation: LineSimulation, station: str) -> list[tuple[str, float, float, float]]:
        table = visits(simulation.records)
        chosen = table[table["station"] == station].sort_values("start_s", kind="stable")
        wanted = chosen[["lot", "start_s", "finish_s", "depart_s"]]
        return list(wanted.itertuples(index=False, name=None))

    return of
