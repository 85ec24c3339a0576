"""Exact figures of exponential lines: the Markov chain of a line, explored and solved.

It takes stations in series with finite buffers, blocking after service, parallel servers and
failures by either clock, fed by a saturated source or by Poisson arrivals to an unlimited buffer
(cut where hardly any probability is left). Nothing of the engines is used, only the line as data.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from twin.distributions import Distribution, Exponential
from twin.line import LineModel, StationModel

Counts = tuple[int, ...]
State = tuple[Counts, ...]
Figures = dict[tuple[str, ...], float]
QUEUE, IDLE, IDLE_DOWN, BUSY, BUSY_DOWN, HELD, HELD_DOWN = range(7)
DIRECT = 6_000


def rate(duration: Distribution) -> float:
    """Events a second of an exponential duration."""
    if not isinstance(duration, Exponential):
        raise TypeError(f"the chain needs exponential durations, got {duration}")
    return 1 / duration.mean


class Chain:
    """All states that a line can come to, and the rates between them."""

    def __init__(self, line: LineModel, most: int = 0) -> None:
        self.stations = line.stations
        gap = line.arrivals.interarrival_s
        self.arrival = None if gap is None else rate(gap)
        self.most = most
        empty = tuple((0, one.servers, 0, 0, 0, 0, 0) for one in self.stations)
        self.places: dict[State, int] = {}
        self.states: list[State] = []
        self._place(self._settled([list(one) for one in empty]))
        rows, columns, rates = [], [], []
        for at, state in enumerate(self.states):  # grows while it is read
            for step, now in self._steps(state):
                rows.append(at)
                columns.append(self._place(now))
                rates.append(step)
        n = len(self.states)
        self.rates = sparse.coo_matrix((rates, (rows, columns)), shape=(n, n)).tocsr()

    def _place(self, state: State) -> int:
        if state not in self.places:
            self.places[state] = len(self.states)
            self.states.append(state)
        return self.places[state]

    def _steps(self, state: State) -> Iterator[tuple[float, State]]:
        if self.arrival is not None and state[0][QUEUE] < self.most:
            yield self.arrival, self._moved(state, 0, None, QUEUE)
        for place, model in enumerate(self.stations):
            here = state[place]
            if here[BUSY]:
                yield here[BUSY] * rate(model.service_s), self._moved(state, place, BUSY, HELD)
            if model.failure is None:
                continue
            fails, mends = (
                rate(one)
                for one in (model.failure.time_to_failure_s, model.failure.time_to_repair_s)
            )
            for up in (IDLE, BUSY, HELD):
                if here[up] and (up == BUSY or model.failure.clock == "time"):
                    yield here[up] * fails, self._moved(state, place, up, up + 1)
                if here[up + 1]:
                    yield here[up + 1] * mends, self._moved(state, place, up + 1, up)

    def _moved(self, state: State, place: int, source: int | None, target: int) -> State:
        counts = [list(one) for one in state]
        if source is not None:
            counts[place][source] -= 1
        counts[place][target] += 1
        return self._settled(counts)

    def _settled(self, counts: list[list[int]]) -> State:
        """Whatever can move without time passing has moved."""
        changed = True
        while changed:
            changed = False
            for place in reversed(range(len(counts))):
                changed |= self._let_go(counts, place) or self._start(counts, place)
        return tuple(tuple(one) for one in counts)

    def _let_go(self, counts: list[list[int]], place: int) -> bool:
        here = counts[place]
        held = HELD if here[HELD] else HELD_DOWN
        if not here[held]:
            return False
        if place + 1 < len(counts):
            there, buffer = counts[place + 1], self.stations[place + 1].buffer
            if buffer is None:
                raise TypeError("the chain needs finite buffers behind the first station")
            if there[QUEUE] >= buffer + there[IDLE] + there[IDLE_DOWN]:
                return False
            there[QUEUE] += 1
        here[held] -= 1
        here[held - HELD + IDLE] += 1
        return True

    def _start(self, counts: list[list[int]], place: int) -> bool:
        here, endless = counts[place], place == 0 and self.arrival is None
        if not here[IDLE] or not (endless or here[QUEUE]):
            return False
        here[IDLE] -= 1
        here[BUSY] += 1
        here[QUEUE] -= not endless
        return True

    def probabilities(self) -> NDArray[np.float64]:
        """Share of time in each state, (states,)."""
        n = len(self.states)
        if n > DIRECT:
            return self.stationary_by_steps()
        balance = (self.rates.T - sparse.diags_array(self._out)).tolil()
        balance[0, :] = 1.0
        known = np.zeros(n)
        known[0] = 1.0
        return np.asarray(spsolve(balance.tocsc(), known))

    @property
    def _out(self) -> NDArray[np.float64]:
        return np.asarray(self.rates.sum(axis=1)).ravel()

    def stationary_by_steps(self) -> NDArray[np.float64]:
        """The same by steps of the chain at a constant pace until nothing changes: large chains."""
        out = self._out
        pace = 1.05 * out.max()
        step = (self.rates.T / pace + sparse.diags_array(1 - out / pace)).tocsr()
        share = np.full(len(out), 1 / len(out))
        for _ in range(200_000):
            before = share
            share = step @ share
            if np.abs(share - before).max() < 1e-16:
                break
        return np.asarray(share / share.sum())


def line_figures(line: LineModel, most: int = 0) -> Figures:
    """Throughput, WIP, flow time and the figures of each station, as the line's own KPIs count.

    Parameters
    ----------
    most : int
        Where the queue of a line with arrivals is cut.
    """
    chain = Chain(line, most)
    share = chain.probabilities()
    counts = np.array(chain.states, dtype=np.float64)
    mean = np.tensordot(share, counts, axes=1)
    throughput = float(mean[-1, BUSY] * rate(line.stations[-1].service_s))
    wip = float(mean.sum() - mean[:, [IDLE, IDLE_DOWN]].sum())
    found: Figures = {
        ("throughput_per_h",): 3600 * throughput,
        ("wip",): wip,
        ("flow_time_s",): wip / throughput,
    }
    for place, model in enumerate(line.stations):
        found |= _station(model, mean[place], throughput)
    return found


def _station(model: StationModel, mean: NDArray[np.float64], throughput: float) -> Figures:
    shares = {
        "utilisation": mean[BUSY],
        "blocked": mean[HELD],
        "starved": mean[IDLE],
        "down": mean[IDLE_DOWN] + mean[BUSY_DOWN] + mean[HELD_DOWN],
    }
    return {
        **{("stations", model.name, name): float(n) / model.servers for name, n in shares.items()},
        ("stations", model.name, "mean_queue"): float(mean[QUEUE]),
        ("stations", model.name, "mean_wait_s"): float(mean[QUEUE]) / throughput,
    }
