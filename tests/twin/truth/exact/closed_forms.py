"""Exact figures in closed form: queues, open and closed networks, furnaces, machines and crews.

Sources: Erlang C and Jackson networks as in Gross et al., Fundamentals of Queueing Theory;
Pollaczek and Khinchine with the completion times of Avi-Itzhak and Naor (1963); Buzen's
convolution (1973) for closed lines; the machine-interference model M/M/c//N.
"""

from __future__ import annotations

import math

import numpy as np
from exact.markov import Figures, rate
from numpy.typing import NDArray

from twin.distributions import (
    Deterministic,
    Distribution,
    Exponential,
    Gamma,
    Lognormal,
    Triangular,
    Uniform,
    Weibull,
)
from twin.line import LineModel


def second_moment(duration: Distribution) -> float:
    """Mean square of a duration."""
    mean = duration.mean_s
    match duration:
        case Deterministic():
            return mean**2
        case Exponential():
            return 2 * mean**2
        case Lognormal() | Gamma():
            return mean**2 * (1 + duration.cv**2)
        case Uniform(low, high):
            return (low**2 + low * high + high**2) / 3
        case Triangular(a, b, c):
            return mean**2 + (a * a + b * b + c * c - a * b - a * c - b * c) / 18
        case Weibull(shape, scale):
            return scale**2 * math.gamma(1 + 2 / shape)
    raise TypeError(f"no second moment is known of {duration}")


def erlang_c(servers: int, load: float) -> float:
    """Probability that a lot waits, at an offered load in Erlang."""
    blocking = 1.0
    for busy in range(1, servers + 1):
        blocking = load * blocking / (busy + load * blocking)
    return blocking / (1 - load / servers * (1 - blocking))


def single_server(line: LineModel) -> Figures:
    """Poisson arrivals to one server with any service; failures by operation, any repair."""
    (model,), gap = line.stations, line.arrivals.interarrival_s
    if gap is None:
        raise TypeError("a queue needs arrivals")
    arrival, first, second = rate(gap), model.service_s.mean_s, second_moment(model.service_s)
    down = 0.0
    if model.failure is not None:
        fails, repair = rate(model.failure.time_to_failure_s), model.failure.time_to_repair_s
        slower = 1 + fails * repair.mean_s
        down = arrival * first * (slower - 1)
        second = second * slower**2 + first * fails * second_moment(repair)
        first *= slower
    wait = arrival * second / (2 * (1 - arrival * first))
    name = model.name
    return {
        ("throughput_per_h",): 3600 * arrival,
        ("wip",): arrival * (wait + first),
        ("flow_time_s",): wait + first,
        ("stations", name, "utilisation"): arrival * model.service_s.mean_s,
        ("stations", name, "down"): down,
        ("stations", name, "mean_queue"): arrival * wait,
        ("stations", name, "mean_wait_s"): wait,
    }


def visit_rates(line: LineModel) -> NDArray[np.float64]:
    """Lots a second at each station of an open line in which lots may be scrapped or come back."""
    gap = line.arrivals.interarrival_s
    if gap is None:
        raise TypeError("an open line needs arrivals")
    n = len(line.stations)
    moves = np.zeros((n, n))
    for place, model in enumerate(line.stations):
        kept = 1 - model.scrap_probability
        again = 0.0 if model.rework is None else kept * model.rework.probability
        if model.rework is not None:
            moves[place, line.index(model.rework.to)] += again
        if place + 1 < n:
            moves[place, place + 1] += kept - again
    outside = np.zeros(n)
    outside[0] = rate(gap)
    return np.asarray(np.linalg.solve(np.eye(n) - moves.T, outside))


def open_line(line: LineModel) -> Figures:
    """Jackson's network: Poisson arrivals, exponential servers, no finite buffer, rework, scrap."""
    found: Figures = {}
    inside, visits = 0.0, visit_rates(line)
    for model, arrival in zip(line.stations, visits, strict=True):
        speed = rate(model.service_s)
        load = float(arrival) / speed
        wait = erlang_c(model.servers, load) / (model.servers * speed - arrival)
        inside += arrival * wait + load
        found["stations", model.name, "utilisation"] = load / model.servers
        found["stations", model.name, "mean_queue"] = arrival * wait
        found["stations", model.name, "mean_wait_s"] = wait
    last = line.stations[-1]
    again = 0.0 if last.rework is None else last.rework.probability
    good = float(visits[-1]) * (1 - last.scrap_probability) * (1 - again)
    found["throughput_per_h",] = 3600 * good
    found["wip",] = inside
    if not any(model.scrap_probability for model in line.stations):
        found["flow_time_s",] = inside / good
    return found


def closed_line(line: LineModel) -> Figures:
    """A constant number of lots in exponential stations with unlimited buffers."""
    lots = line.arrivals.wip or 0
    shapes = []
    for model in line.stations:
        shape = np.ones(lots + 1)
        for n in range(1, lots + 1):
            shape[n] = shape[n - 1] / (rate(model.service_s) * min(n, model.servers))
        shapes.append(shape)
    whole = _convolved(shapes, lots)
    throughput = float(whole[lots - 1] / whole[lots])
    found: Figures = {
        ("throughput_per_h",): 3600 * throughput,
        ("wip",): float(lots),
        ("flow_time_s",): lots / throughput,
    }
    for place, model in enumerate(line.stations):
        others = _convolved(shapes[:place] + shapes[place + 1 :], lots)
        share = shapes[place] * others[::-1] / whole[lots]
        queue = float(share @ np.maximum(np.arange(lots + 1) - model.servers, 0))
        load = throughput / (rate(model.service_s) * model.servers)
        found["stations", model.name, "utilisation"] = load
        found["stations", model.name, "mean_queue"] = queue
        found["stations", model.name, "mean_wait_s"] = queue / throughput
    return found


def _convolved(shapes: list[NDArray[np.float64]], lots: int) -> NDArray[np.float64]:
    whole = np.zeros(lots + 1)
    whole[0] = 1.0
    for shape in shapes:
        whole = np.convolve(whole, shape)[: lots + 1]
    return whole


def full_batches(line: LineModel, most: int = 3_000) -> Figures:
    """Poisson arrivals to furnaces that start with a full batch only; exponential batch time."""
    (model,), gap = line.stations, line.arrivals.interarrival_s
    if gap is None:
        raise TypeError("a furnace needs arrivals")
    arrival, speed, size = rate(gap), rate(model.service_s), model.batch
    share = _furnace_shares(arrival, speed, size, model.servers, most)
    queue = float(share.sum(axis=1) @ np.arange(most + 1))
    name = model.name
    return {
        ("throughput_per_h",): 3600 * arrival,
        ("wip",): queue + arrival / speed,
        ("flow_time_s",): queue / arrival + 1 / speed,
        ("stations", name, "utilisation"): arrival / (speed * size * model.servers),
        ("stations", name, "mean_queue"): queue,
        ("stations", name, "mean_wait_s"): queue / arrival,
    }


def _furnace_shares(
    arrival: float, speed: float, size: int, servers: int, most: int
) -> NDArray[np.float64]:
    """Share of time with n lots waiting and k furnaces at work, (most + 1, servers + 1)."""
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    states = [(n, k) for n in range(most + 1) for k in range(servers + 1)]
    states = [(n, k) for n, k in states if n < size or k == servers]
    places = {state: place for place, state in enumerate(states)}
    rows, columns, rates = [], [], []

    def step(source: tuple[int, int], target: tuple[int, int], pace: float) -> None:
        rows.extend([places[target], places[source]])
        columns.extend([places[source]] * 2)
        rates.extend([pace, -pace])

    for n, k in states:
        if n < most:
            fires = n + 1 >= size and k < servers
            step((n, k), (n + 1 - size, k + 1) if fires else (n + 1, k), arrival)
        if k:
            step((n, k), (n - size, k) if n >= size else (n, k - 1), k * speed)
    balance = sparse.coo_matrix((rates, (rows, columns))).tolil()
    balance[0, :] = 1.0
    known = np.zeros(len(states))
    known[0] = 1.0
    share = np.zeros((most + 1, servers + 1))
    share[tuple(np.array(states).T)] = spsolve(balance.tocsc(), known)
    return share


def crewed_machines(line: LineModel) -> Figures:
    """Machines that always have work and share a repair crew; by operation or by time alike."""
    (model,) = line.stations
    if model.failure is None:
        raise TypeError("machines that never fail need no crew")
    fails = rate(model.failure.time_to_failure_s)
    mends = rate(model.failure.time_to_repair_s)
    crew = next((one.size for one in line.people if one.name == model.repair_crew), model.servers)
    weight = [1.0]
    for down in range(1, model.servers + 1):
        up = model.servers - down + 1
        weight.append(weight[-1] * up * fails / (min(down, crew) * mends))
    mean_down = float(np.average(np.arange(len(weight)), weights=weight))
    working = 1 - mean_down / model.servers
    return {
        ("throughput_per_h",): 3600 * model.servers * working / model.service_s.mean_s,
        ("stations", model.name, "utilisation"): working,
        ("stations", model.name, "down"): 1 - working,
    }


def isolated_machine(line: LineModel) -> Figures:
    """A machine that always has work: any service, time to failure and repair (renewal reward)."""
    (model,) = line.stations
    if model.failure is None:
        raise TypeError("a machine that never fails is always up")
    up, down = model.failure.time_to_failure_s.mean_s, model.failure.time_to_repair_s.mean_s
    working = up / (up + down)
    return {
        ("throughput_per_h",): 3600 * model.servers * working / model.service_s.mean_s,
        ("stations", model.name, "utilisation"): working,
        ("stations", model.name, "down"): 1 - working,
    }
