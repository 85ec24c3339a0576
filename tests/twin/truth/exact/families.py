"""Lines of every family whose figures are known exactly: those of the cases, and any others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from exact import closed_forms
from exact.markov import Figures, line_figures

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
from twin.line import Arrivals, Failure, LineModel, People, Rework, StationModel

CASES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "cases" / "line.json").read_text()
)["cases"]
WITHOUT_CHANCE = ("deterministic", "calendar", "mser5", "active-period", "oee", "bernoulli")
Truth = tuple[LineModel, Figures]


def poisson(rate: float) -> Arrivals:
    """Lots that come one by one, `rate` a second."""
    return Arrivals("renewal", interarrival_s=Exponential(1 / rate))


def tandem(
    rates: list[float],
    buffers: list[int | None],
    *,
    servers: list[int] | None = None,
    failures: list[float] | None = None,
    repairs: list[float] | None = None,
    clock: Any = "operation",
    arrivals: Arrivals | None = None,
) -> LineModel:
    """Exponential stations in series; `buffers` are those before the second station and after."""
    stations = tuple(
        StationModel(
            f"s{place}",
            Exponential(1 / rate),
            servers=servers[place] if servers else 1,
            buffer=buffers[place - 1] if place else None,
            failure=Failure(
                clock, Exponential(1 / failures[place]), Exponential(1 / repairs[place])
            )
            if failures and repairs
            else None,
        )
        for place, rate in enumerate(rates)
    )
    return LineModel("tandem", arrivals or Arrivals("saturated"), stations)


def line_of_case(name: str) -> LineModel:
    """The line that the parameters of a case describe."""
    given = CASES[name]["parameters"]
    arrivals = Arrivals("saturated")
    if "arrival_rate" in given:
        arrivals = poisson(given["arrival_rate"])
    elif "wip" in given:
        arrivals = Arrivals("conwip", wip=given["wip"])
    if "service_rates" in given:
        rates = given["service_rates"]
        return tandem(
            rates,
            given.get("buffers", [None] * (len(rates) - 1)),
            servers=given.get("servers"),
            failures=given.get("failure_rates"),
            repairs=given.get("repair_rates"),
            clock=given.get("failure_type", "operation"),
            arrivals=arrivals,
        )
    people = (People("crew", given["crew"]),) if "crew" in given else ()
    station = StationModel(
        "s0",
        _service(name, given),
        servers=given.get("servers", given.get("machines", 1)),
        failure=_failure(name, given),
        batch=given.get("batch_size", 1),
        rework=Rework(given["rework_prob"], "s0") if "rework_prob" in given else None,
        repair_crew="crew" if people else None,
    )
    return LineModel(name, arrivals, (station,), people)


def _service(name: str, given: dict[str, Any]) -> Distribution:
    if name.startswith("mg1"):
        return Lognormal(given["service_mean"], given["service_cv"])
    if "machines" in given:
        return Deterministic(20)
    if "service_time" in given:
        return Deterministic(given["service_time"])
    return Exponential(1 / given.get("service_rate", given.get("batch_rate", 1.0)))


def _failure(name: str, given: dict[str, Any]) -> Failure | None:
    if "mtbf" in given:
        return Failure("operation", Exponential(given["mtbf"]), Exponential(given["mttr"]))
    if "failure_rate" not in given:
        return None
    clock: Any = "time" if "tdf" in name else "operation"
    up, down = 1 / given["failure_rate"], 1 / given["repair_rate"]
    return Failure(clock, Exponential(up), Exponential(down))


# --- any other line of each family ---------------------------------------------------------


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return round(float(rng.uniform(low, high)), 3)


def _any_service(rng: np.random.Generator) -> Distribution:
    mean, cv = _between(rng, 0.5, 2), _between(rng, 0.2, 1.2)
    kinds: list[Distribution] = [
        Lognormal(mean, cv), Gamma(mean, cv), Deterministic(mean), Uniform(0.2 * mean, 2 * mean),
        Triangular(0.3 * mean, 0.5 * mean, 2 * mean), Weibull(1 + cv, mean),
    ]  # fmt: skip
    return kinds[int(rng.integers(len(kinds)))]


def many_servers(rng: np.random.Generator) -> Truth:
    """M/M/c with one to twelve servers, utilisation up to 0.9."""
    servers, rate = int(rng.integers(1, 13)), _between(rng, 0.3, 2)
    arrivals = poisson(servers * rate * _between(rng, 0.5, 0.9))
    line = LineModel("M/M/c", arrivals, (StationModel("s0", Exponential(1 / rate), servers),))
    return line, closed_forms.open_line(line)


def any_service(rng: np.random.Generator) -> Truth:
    """M/G/1 with any of the distributions."""
    service = _any_service(rng)
    arrivals = poisson(_between(rng, 0.4, 0.8) / service.mean_s)
    line = LineModel("M/G/1", arrivals, (StationModel("s0", service),))
    return line, closed_forms.single_server(line)


def any_service_with_failures(rng: np.random.Generator) -> Truth:
    """M/G/1 with failures by operation and any repair."""
    service, repair = _any_service(rng), _between(rng, 1, 8)
    failure = Failure("operation", Exponential(_between(rng, 15, 60)), Lognormal(repair, 0.7))
    arrivals = poisson(_between(rng, 0.3, 0.6) / service.mean_s)
    line = LineModel("M/G/1", arrivals, (StationModel("s0", service, failure=failure),))
    return line, closed_forms.single_server(line)


def failing_servers(rng: np.random.Generator) -> Truth:
    """M/M/c whose servers fail by operation or by time."""
    servers, clock = int(rng.integers(1, 4)), ("operation", "time")[int(rng.integers(2))]
    line = tandem(
        [1.0], [], servers=[servers], failures=[_between(rng, 0.02, 0.08)],
        repairs=[_between(rng, 0.2, 0.5)], clock=clock,
        arrivals=poisson(servers * _between(rng, 0.3, 0.6)),
    )  # fmt: skip
    return line, line_figures(line, most=300)


def open_tandem(rng: np.random.Generator) -> Truth:
    """Poisson arrivals to stations in series with one to four servers each."""
    servers = [int(rng.integers(1, 5)) for _ in range(int(rng.integers(2, 5)))]
    rates = [1 / (n * _between(rng, 0.4, 0.8)) for n in servers]
    line = tandem(rates, [None] * len(rates), servers=servers, arrivals=poisson(1.0))
    return line, closed_forms.open_line(line)


def rework(rng: np.random.Generator) -> Truth:
    """Stations in series; lots of the last come back to any, some are scrapped."""
    n = int(rng.integers(1, 4))
    to = int(rng.integers(n))
    again, scrap = _between(rng, 0.05, 0.25), _between(rng, 0, 0.1) * int(rng.integers(2))
    rates = [_between(rng, 1.0, 1.6) for _ in range(n)]
    stations = [StationModel(f"s{place}", Exponential(1 / one)) for place, one in enumerate(rates)]
    last = StationModel(
        f"s{n - 1}", Exponential(1 / rates[-1]), rework=Rework(again, f"s{to}"),
        scrap_probability=scrap,
    )  # fmt: skip
    line = LineModel("rework", poisson(0.55), (*stations[:-1], last))
    return line, closed_forms.open_line(line)


def blocking(rng: np.random.Generator) -> Truth:
    """Three to five stations of unequal speed with small buffers, blocking after service."""
    n = int(rng.integers(3, 6))
    rates = [_between(rng, 0.7, 1.4) for _ in range(n)]
    line = tandem(rates, [int(rng.integers(0, 4)) for _ in range(n - 1)])
    return line, line_figures(line)


def blocking_parallel(rng: np.random.Generator) -> Truth:
    """The same with one to three servers at each station."""
    n = int(rng.integers(2, 4))
    servers = [int(rng.integers(1, 4)) for _ in range(n)]
    rates = [_between(rng, 0.7, 1.4) / many for many in servers]
    line = tandem(rates, [int(rng.integers(0, 3)) for _ in range(n - 1)], servers=servers)
    return line, line_figures(line)


def unreliable(rng: np.random.Generator, clock: str = "operation") -> Truth:
    """Two to four stations that fail, with buffers between them."""
    n = int(rng.integers(2, 4 if clock == "time" else 5))
    line = tandem(
        [_between(rng, 0.8, 1.3) for _ in range(n)],
        [int(rng.integers(0, 5)) for _ in range(n - 1)],
        failures=[_between(rng, 0.02, 0.08) for _ in range(n)],
        repairs=[_between(rng, 0.15, 0.5) for _ in range(n)],
        clock=clock,
    )
    return line, line_figures(line)


def unreliable_by_time(rng: np.random.Generator) -> Truth:
    """The same with failures that come by the calendar."""
    return unreliable(rng, "time")


def fed_blocking(rng: np.random.Generator) -> Truth:
    """Poisson arrivals to stations with finite buffers, of which some fail."""
    n = int(rng.integers(2, 4))
    line = tandem(
        [_between(rng, 0.9, 1.3) for _ in range(n)],
        [int(rng.integers(0, 3)) for _ in range(n - 1)],
        failures=[_between(rng, 0.01, 0.03) for _ in range(n)],
        repairs=[_between(rng, 0.3, 0.6) for _ in range(n)],
        arrivals=poisson(_between(rng, 0.2, 0.3)),
    )  # fmt: skip
    return line, line_figures(line, most=45)


def constant_wip(rng: np.random.Generator) -> Truth:
    """Three to six stations with one or two servers and a constant number of lots."""
    servers = [int(rng.integers(1, 3)) for _ in range(int(rng.integers(3, 7)))]
    rates = [_between(rng, 0.7, 1.4) / n for n in servers]
    arrivals = Arrivals("conwip", wip=int(rng.integers(2, 16)))
    line = tandem(rates, [None] * len(rates), servers=servers, arrivals=arrivals)
    return line, closed_forms.closed_line(line)


def furnace(rng: np.random.Generator) -> Truth:
    """One or two furnaces that wait for two to eight lots."""
    size, servers, rate = int(rng.integers(2, 9)), int(rng.integers(1, 3)), _between(rng, 0.5, 2)
    arrivals = poisson(size * servers * rate * _between(rng, 0.4, 0.75))
    station = StationModel("s0", Exponential(1 / rate), servers, batch=size)
    line = LineModel("furnace", arrivals, (station,))
    return line, closed_forms.full_batches(line, most=600)


def crewed(rng: np.random.Generator) -> Truth:
    """Machines that always have work, with a crew smaller than they are many."""
    machines = int(rng.integers(3, 11))
    failure = Failure(
        ("operation", "time")[int(rng.integers(2))],
        Exponential(_between(rng, 10, 30)), Exponential(_between(rng, 1.5, 4)),
    )  # fmt: skip
    station = StationModel(
        "s0", Deterministic(5), machines, failure=failure, repair_crew="crew"
    )  # fmt: skip
    people = (People("crew", int(rng.integers(1, 4))),)
    line = LineModel("crew", Arrivals("saturated"), (station,), people)
    return line, closed_forms.crewed_machines(line)


def isolated(rng: np.random.Generator) -> Truth:
    """One machine that always has work, with any times."""
    failure = Failure("operation", Gamma(_between(rng, 20, 90), 0.6), _any_service(rng))
    station = StationModel("s0", _any_service(rng), failure=failure)
    line = LineModel("isolated", Arrivals("saturated"), (station,))
    return line, closed_forms.isolated_machine(line)


FAMILIES: dict[str, Callable[[np.random.Generator], Truth]] = {
    make.__name__: make
    for make in (
        many_servers, any_service, any_service_with_failures, failing_servers, open_tandem, rework,
        blocking, blocking_parallel, unreliable, unreliable_by_time, fed_blocking, constant_wip,
        furnace, crewed, isolated,
    )
}  # fmt: skip
