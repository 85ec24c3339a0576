"""Lines without rounding: deterministic lines by recursion, slotted lines by their chains."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Windows = Sequence[tuple[float, float]]


def departures(
    service_s: Sequence[float], buffers: Sequence[int | None], servers: Sequence[int], lots: int
) -> NDArray[np.float64]:
    """When each lot leaves each station of a deterministic line, (stations, lots).

    `buffers` are the places in front of each station but the first. Equal services keep the lots
    in order, so a lot may start when the one `servers` before it has gone, and may go when the
    next station has let go the one that fills it.
    """
    n = len(service_s)
    gone = np.zeros((n, lots))
    for lot, place in itertools.product(range(lots), range(n)):
        here = gone[place, lot - servers[place]] if lot >= servers[place] else 0.0
        arrived = gone[place - 1, lot] if place else 0.0
        gone[place, lot] = max(here, arrived) + service_s[place]
        buffer = buffers[place] if place + 1 < n else None
        if buffer is not None:
            before = lot - buffer - servers[place + 1]
            if before >= 0:
                gone[place, lot] = max(gone[place, lot], gone[place + 1, before])
    return gone


def parts_by(horizon_s: float, service_s: float, stops: Windows, servers: int = 1) -> int:
    """Lots that a saturated machine finishes by the horizon; work resumes where it stopped."""
    stopped = sum(max(0.0, min(end, horizon_s) - min(start, horizon_s)) for start, end in stops)
    return servers * int((horizon_s - stopped) / service_s + 1e-9)


def bernoulli_line(up: Sequence[float], buffers: Sequence[int]) -> float:
    """Parts a slot of Li and Meerkov's line, which blocks before service (exact chain)."""
    machines = len(up)
    states = list(itertools.product(*(range(size + 1) for size in buffers)))
    places = {state: place for place, state in enumerate(states)}
    moves, made = np.zeros((len(states), len(states))), np.zeros(len(states))
    for state, working in itertools.product(states, itertools.product((0, 1), repeat=machines)):
        chance = float(np.prod([p if on else 1 - p for p, on in zip(up, working, strict=True)]))
        produces = [False] * (machines + 1)
        for machine in reversed(range(machines)):
            fed = machine == 0 or state[machine - 1] > 0
            last = machine == machines - 1
            room = last or state[machine] < buffers[machine] or produces[machine + 1]
            produces[machine] = bool(working[machine]) and fed and room
        after = tuple(
            held + produces[place] - produces[place + 1] for place, held in enumerate(state)
        )
        moves[places[state], places[after]] += chance
        made[places[state]] += chance * produces[machines - 1]
    return float(_stationary(moves) @ made)


def geometric_pair(first: float, second: float, buffer: int) -> float:
    """Parts a slot of two stations with geometric service that block after service."""
    top = buffer + 2
    moves = np.zeros((top + 1, top + 1))
    for held in range(top + 1):
        arrives = first if held < top else 0.0
        leaves = second if held else 0.0
        for coming, going in itertools.product((0, 1), repeat=2):
            chance = (arrives if coming else 1 - arrives) * (leaves if going else 1 - leaves)
            if chance:
                moves[held, held + coming - going] += chance
    return float(second * (1 - _stationary(moves)[0]))


def _stationary(moves: NDArray[np.float64]) -> NDArray[np.float64]:
    n = len(moves)
    balance = np.vstack([moves.T - np.eye(n), np.ones(n)])
    known = np.zeros(n + 1)
    known[-1] = 1.0
    return np.asarray(np.linalg.lstsq(balance, known, rcond=None)[0])
