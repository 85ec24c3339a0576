"""What passed which station, on which server, with what else, between which services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.genealogy.index import Grouped, place_of
from twin.line_time import line_time

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FARTHEST_S", "PASSAGE_COLUMNS", "SERVICE_COLUMNS", "Campaign", "Passage", "Passages"]

PASSAGE_COLUMNS = ("lot", "station", "server", "start_s", "finish_s")
SERVICE_COLUMNS = ("station", "server", "name", "time_s")
FARTHEST_S = 7 * 86400.0
"""How far a campaign reaches to a side on which no service is recorded, s."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One lot at one station, from the start of its service to its finish.

    Attributes
    ----------
    finish_s : float
        nan while it goes on.
    server : int
        From 1.
    """

    lot: str
    station: str
    server: int
    start_s: float
    finish_s: float

    @property
    def run(self) -> str:
        """Id of the run: lots that the server took up together have the same."""
        moment = line_time(self.start_s).replace(tzinfo=None).isoformat(timespec="milliseconds")
        return f"{self.station}-{self.server}@{moment}Z"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What passed a server between two services of it.

    Attributes
    ----------
    begun_s, ended_s : float
        When the services were over; -inf and inf where none is recorded.
    service : str
        Name of the service that began it, empty where none is recorded.
    lots : tuple of str
        In order of their start, the lot asked about included.
    """

    station: str
    server: int
    service: str
    begun_s: float
    ended_s: float
    lots: tuple[str, ...]


class Passages:
    """Passages by lot and by server.

    Parameters
    ----------
    passages : DataFrame
        Columns `PASSAGE_COLUMNS`; each a service that has begun.
    services : DataFrame
        Columns `SERVICE_COLUMNS`: when a maintenance was over; server 0 is the whole station.
    """

    def __init__(self, passages: pd.DataFrame, services: pd.DataFrame) -> None:
        import pandas as pd

        self.frame = passages.sort_values(
            ["station", "server", "start_s"], kind="stable", ignore_index=True
        )
        self.services = services.sort_values("time_s", kind="stable", ignore_index=True)
        codes, self._lots = pd.factorize(self.frame["lot"])
        self._by_lot = Grouped(codes, len(self._lots))
        self._start = self.frame["start_s"].to_numpy()
        self._servers = _bounds(self.frame)

    @classmethod
    def none(cls) -> Passages:
        """Nothing passed."""
        import pandas as pd

        return cls(
            pd.DataFrame({name: [] for name in PASSAGE_COLUMNS}),
            pd.DataFrame({name: pd.Series([], dtype="str") for name in SERVICE_COLUMNS}),
        )

    def __contains__(self, lot: str) -> bool:
        return lot in self._lots

    def things(self) -> tuple[str, ...]:
        """Every lot that passed a station."""
        return tuple(self._lots.tolist())

    def every(self) -> tuple[Passage, ...]:
        """All of them, by station, server and time."""
        return tuple(self._made(np.arange(len(self.frame))))

    def of(self, lot: str) -> tuple[Passage, ...]:
        """Stations that the lot passed under this id, by time."""
        rows = self._by_lot.rows(place_of(self._lots, lot))
        return tuple(sorted(self._made(rows), key=lambda one: one.start_s))

    def together(self, passage: Passage) -> tuple[str, ...]:
        """Lots that the server took up at the same time: those of one furnace run."""
        rows = self._between(passage, passage.start_s, passage.start_s)
        return tuple(self.frame["lot"].iloc[rows].tolist())

    def campaign(self, passage: Passage, word: str = "") -> Campaign:
        """What else went through the same server between two services.

        Where none is recorded on a side, it reaches `FARTHEST_S` from the passage to that side.

        Parameters
        ----------
        word : str
            Only services whose name has this word begin and end a campaign, where there are any.
        """
        known = self.services
        mine = (known["station"] == passage.station) & known["server"].isin([0, passage.server])
        named = mine & known["name"].str.contains(word, case=False, regex=False)
        mine = named if named.any() else mine
        times = known.loc[mine, "time_s"].to_numpy(dtype=np.float64)
        names = known.loc[mine, "name"].tolist()
        after = int(np.searchsorted(times, passage.start_s, side="right"))
        begun = float(times[after - 1]) if after else -np.inf
        ended = float(times[after]) if after < len(times) else np.inf
        first_s = begun if np.isfinite(begun) else passage.start_s - FARTHEST_S
        last_s = np.nextafter(ended, -np.inf) if np.isfinite(ended) else (
            passage.start_s + FARTHEST_S
        )  # fmt: skip
        rows = self._between(passage, first_s, last_s)
        lots = tuple(dict.fromkeys(self.frame["lot"].iloc[rows].tolist()))
        name = str(names[after - 1]) if after else ""
        return Campaign(passage.station, passage.server, name, begun, ended, lots)

    def _between(self, passage: Passage, low_s: float, high_s: float) -> NDArray[np.int64]:
        low, high = self._servers.get((passage.station, passage.server), (0, 0))
        starts = self._start[low:high]
        first = int(np.searchsorted(starts, low_s, side="left"))
        last = int(np.searchsorted(starts, high_s, side="right"))
        return np.arange(low + first, low + last)

    def _made(self, rows: NDArray[np.int64]) -> list[Passage]:
        part = self.frame.iloc[rows]
        columns = (part[name].tolist() for name in PASSAGE_COLUMNS)
        return [Passage(*row) for row in zip(*columns, strict=True)]


def _bounds(frame: pd.DataFrame) -> dict[tuple[str, int], tuple[int, int]]:
    """First and last row, the last excluded, of each server of the sorted frame."""
    keys = list(zip(frame["station"].tolist(), frame["server"].tolist(), strict=True))
    firsts = [row for row, key in enumerate(keys) if row == 0 or keys[row - 1] != key]
    lasts = [*firsts[1:], len(keys)][: len(firsts)]
    return {keys[low]: (low, high) for low, high in zip(firsts, lasts, strict=True)}
