from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from twin.distributions import Deterministic
from twin.event_table import events
from twin.line import Arrivals, LineModel, Mix, People, StationModel
from twin.records import visits
from twin.simulation import LineSimulation, LotInProcess


@pytest.fixture
def ran() -> Callable[..., LineSimulation]:
    """A run of a line of stations `(name, seconds, options)`, to `lots` or `until_s`."""

    def run(
        *stations: tuple[str, float, dict[str, Any]],
        arrivals: Arrivals = Arrivals("saturated"),
        people: tuple[People, ...] = (),
        mix: Mix | None = None,
        initial: list[LotInProcess] | None = None,
        lots: int | None = None,
        until_s: float | None = None,
        seed: int = 1,
    ) -> LineSimulation:
        models = tuple(
            StationModel(name, Deterministic(seconds), **options)
            for name, seconds, options in stations
        )
        line = LineModel("test", arrivals, models, people, mix=mix)
        simulation = LineSimulation(line, seed=seed, initial=initial)
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


@pytest.fixture
def happened() -> Callable[..., list[tuple[Any, ...]]]:
    """Time, event and detail (or lot) of the events of some kinds."""

    def of(simulation: LineSimulation, *kinds: str) -> list[tuple[Any, ...]]:
        table = events(simulation.records)
        chosen = table[table["event"].isin(kinds)]
        rows = chosen[["time_s", "event", "lot", "detail"]].itertuples(index=False, name=None)
        return [(time_s, event, lot or detail) for time_s, event, lot, detail in rows]

    return of
