"""State of one replication as flat arrays, which the compiled functions pass around as one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CONWIP",
    "CREW",
    "FRAME",
    "IDLE",
    "LOT",
    "MODEL",
    "NUMBERS_SHORT",
    "ORDER_UNKNOWN",
    "PENDING",
    "RENEWAL",
    "RUN",
    "SATURATED",
    "SCHEDULE",
    "SERVER",
    "STATION",
    "World",
]  # fmt: skip

SATURATED, RENEWAL, SCHEDULE, CONWIP = 0, 1, 2, 3
NUMBERS_SHORT, ORDER_UNKNOWN, PASS_IN_VAIN = 1, 2, 3
"""Status of a replication: it needs more random numbers; the order of events is not known; a repair
began too early, so that the rest of the pass would be for nothing."""

MODEL = np.dtype(
    [(name, np.int64) for name in (
        "servers", "buffer", "batch", "plain", "failing", "crew", "next", "stops", "first_server",
        "sample_every", "first_sample",
    )] + [("transfer_s", np.float64), ("scrap", np.float64)]
)  # fmt: skip
"""What a station is. `plain`: one server and no batches; `buffer`, `next`, `crew`: -1 is none."""

STATION = np.dtype(
    [(name, np.int64) for name in (
        "arrived", "begun", "left", "passed", "pending", "pending_at", "idle", "idle_at", "due",
        "stop", "stop_left",
        "service_at", "service_end", "route_at", "route_end", "waits", "done", "good",
    )] + [(name, np.float64) for name in (
        "ready_s", "queue_s", "waited_s", "busy_s", "blocked_s", "down_s",
    )]
)  # fmt: skip
"""How a station stands: lots that came, services begun, batches that left, and sums so far.

Lots that `passed` undisturbed are in none of `waits`, `done` and `good`. The lot
`due` is the next good one that gives a laboratory a coupon. Pending services and idle
servers stand from `pending_at` and `idle_at` on.
"""

SERVER = np.dtype(
    [("up_left_s", np.float64), ("out_s", np.float64)] + [(name, np.int64) for name in (
        "failures", "failure_at", "failure_end", "repair_at", "repair_end",
    )]
)  # fmt: skip
PENDING = np.dtype(
    [("finish_s", np.float64), ("start_s", np.float64)]
    + [(name, np.int64) for name in ("batch", "server", "struck")]
)
"""A service that has begun and whose lots have not left; ascending by finish."""

IDLE = np.dtype([("since_s", np.float64), ("server", np.int64)])
FRAME = np.dtype(
    [(name, np.int64) for name in ("stage", "station", "lot", "server", "batch", "member")]
    + [(name, np.float64) for name in ("time_s", "arrive_s", "start_s")]
)
"""A lot, or batch, on its way; those below it in the stack wait for what it settles."""

LOT = np.dtype([("enter_s", np.float64), ("leave_s", np.float64), ("outcome", np.int64)])
CREW = np.dtype(
    [(name, np.float64) for name in ("fail_s", "begin_s", "repair_s")]
    + [(name, np.int64) for name in ("server", "number", "place")]
)
"""A repair by a crew: which failure of which server, how many were found before, when
it failed, when the fitter came."""

RUN = np.dtype(
    [(name, np.float64) for name in ("start_s", "end_s", "flow_s", "inside_s", "covered_s")]
    + [(name, np.int64) for name in (
        "status", "left", "good", "finished", "coupons", "visits", "downs", "identity",
        "gap_at", "gap_end", "path", "made", "every",
    )]
)  # fmt: skip
"""The replication: its window, what left in it, its `status`, how much was recorded."""


class World(NamedTuple):
    """Everything a replication is made of; J stations, n lots, c servers at most.

    Attributes
    ----------
    models, stations : ndarray (J,)
    servers : ndarray (all servers,)
    stops : ndarray (S, 2)
        Planned stops of each station in turn, ascending, an endless one last.
    draws : ndarray
        Random numbers of the whole block, one stream after the other.
    leaves : ndarray (J, n)
        Times at which batches left a station, ascending.
    order, came_s : ndarray (J, n)
        Lots of stations that are not plain and their arrivals, in order of arrival.
    pending, idle : ndarray (2 times all servers,)
        Those of a station stand from twice its first server on.
    crew_repairs, crew_sizes, crew_counts : ndarray (crews, repairs), (crews,), (crews,)
    forced_s : ndarray (all servers, repairs)
        When a fitter came to a repair, as the pass before found; nan where it is not known.
    fitters_s : ndarray (largest crew,)
        When each fitter is free.
    crew_wrong : ndarray (crews,)
        The first repair found that began at a wrong time.
    words, spans : ndarray (words,), (3, 2)
        The memory of run, stations, servers, pending and idle; the parts that are kept.
    kept, kept_leaves, kept_counts, kept_s : ndarray (checkpoints, .)
        State before every `run.every`-th lot, as `twin.recursion.checkpoint` keeps it.
    coupons : ndarray (coupons, 3)
        Time, parent lot, station.
    visits, downs : ndarray (., 8), (., 4)
        Empty where no records are kept.
    """

    models: NDArray[np.void]
    stations: NDArray[np.void]
    servers: NDArray[np.void]
    stops: NDArray[np.float64]
    draws: NDArray[np.float64]
    leaves: NDArray[np.float64]
    order: NDArray[np.int64]
    came_s: NDArray[np.float64]
    pending: NDArray[np.void]
    idle: NDArray[np.void]
    frames: NDArray[np.void]
    lots: NDArray[np.void]
    crew_repairs: NDArray[np.void]
    crew_sizes: NDArray[np.int64]
    crew_counts: NDArray[np.int64]
    forced_s: NDArray[np.float64]
    fitters_s: NDArray[np.float64]
    times_s: NDArray[np.float64]
    coupons: NDArray[np.float64]
    visits: NDArray[np.float64]
    downs: NDArray[np.float64]
    run: NDArray[np.void]
    crew_wrong: NDArray[np.int64]
    words: NDArray[np.int64]
    spans: NDArray[np.int64]
    kept: NDArray[np.int64]
    kept_leaves: NDArray[np.float64]
    kept_counts: NDArray[np.int64]
    kept_s: NDArray[np.float64]
