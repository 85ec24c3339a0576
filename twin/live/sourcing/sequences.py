"""Counters of producers: which numbers are missing, late, repeated or begin again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from twin.store.times import from_us, to_us

__all__ = ["Counter", "Hole"]

_MOST_RUNS = 100


@dataclass(frozen=True, slots=True)
class Hole:
    """Numbers `first` to `last` of `producer` did not come between two times.

    Attributes
    ----------
    reason : str
        `sequence`, or `restart` when the producer began to count again: how much is missing
        before that, nobody can tell; `first` is then the number after the last one that came.
    """

    producer: str
    reason: str
    first: int
    last: int
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class Counter:
    """How far one producer has come, kept as a mark beside what it delivered.

    Attributes
    ----------
    last : int
        Highest number since the producer began to count.
    at : datetime
        When the source read what bears it.
    missing : tuple of (int, int)
        First and last of each run of numbers that have not come yet; the newest hundred runs.

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    >>> counter, hole = Counter(7, noon).after("p", 10, noon)
    >>> counter.missing, (hole.first, hole.last)
    (((8, 9),), (8, 9))
    >>> counter.after("p", 8, noon)[0].missing
    ((9, 9),)
    """

    last: int
    at: datetime
    missing: tuple[tuple[int, int], ...] = ()

    @classmethod
    def read(cls, mark: str | None) -> Counter | None:
        """The counter that `mark` holds; None when there is none."""
        if mark is None:
            return None
        plain = json.loads(mark)
        missing = tuple((int(first), int(last)) for first, last in plain["missing"])
        return cls(int(plain["last"]), from_us(int(plain["at"])), missing)

    @property
    def mark(self) -> str:
        """What `read` reads."""
        return json.dumps({"last": self.last, "at": to_us(self.at), "missing": self.missing})

    def has(self, number: int) -> bool:
        """Whether `number` has come already, as far as is known."""
        gone = any(first <= number <= last for first, last in self.missing)
        return number <= self.last and not gone

    def after(
        self, producer: str, number: int, at: datetime, *, repeated: bool = False
    ) -> tuple[Counter, Hole | None]:
        """The counter once `number`, read at `at`, has come, and what is missing before it.

        A lower number read later means that the producer began again, unless the carrier says
        that it is `repeated`.
        """
        if number == self.last + 1:
            return Counter(number, at, self.missing), None
        if number > self.last:
            hole = Hole(producer, "sequence", self.last + 1, number - 1, self.at, at)
            missing = (*self.missing, (hole.first, hole.last))[-_MOST_RUNS:]
            return Counter(number, at, missing), hole
        if repeated or number == self.last or at <= self.at:  # late, or the same again
            return self._filled(number), None
        hole = Hole(producer, "restart", self.last + 1, self.last + 1, self.at, at)
        return Counter(number, at), hole

    def _filled(self, number: int) -> Counter:
        runs: list[tuple[int, int]] = []
        for first, last in self.missing:
            if first <= number <= last:
                parts = ((first, number - 1), (number + 1, last))
                runs.extend(part for part in parts if part[0] <= part[1])
            else:
                runs.append((first, last))
        return (
            self
            if len(runs) == len(self.missing) and tuple(runs) == self.missing
            else Counter(self.last, self.at, tuple(runs))
        )
