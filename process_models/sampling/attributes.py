"""Plans that count nonconforming items, in one sample or in several.

After each sample the lot is accepted at `c` or fewer found so far, refused at `r` or more, else
the next sample is drawn. Formulas: Montgomery, Introduction to Statistical Quality Control,
chapter 15; Duncan, Quality Control and Industrial Statistics.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.sampling.counting import Counting
from process_models.sampling.risks import RiskPoints

__all__ = ["AttributePlan"]


@dataclass(frozen=True, slots=True)
class _Course:
    """How inspection of lots of one quality ends: chances of acceptance and of reaching a stage."""

    accepted: tuple[float, ...]
    reached: tuple[float, ...]


@dataclass(frozen=True)
class AttributePlan:
    """A single, double or multiple sampling plan.

    Attributes
    ----------
    n : tuple of int
        Size of each sample.
    c : tuple of int
        Acceptance numbers, for the count over all samples so far.
    r : tuple of int
        Refusal numbers; empty means c + 1 for a single plan, and for several samples the last
        c + 1 at each.
    counting : Counting

    Raises
    ------
    InputError
        When the lists do not fit, the numbers do not rise, or the samples exceed the lot.

    Examples
    --------
    >>> plan = AttributePlan((125, 125), (1, 4), (4, 5))
    >>> round(plan.accept(0.01), 3)
    0.9
    """

    n: tuple[int, ...]
    c: tuple[int, ...]
    r: tuple[int, ...] = ()
    counting: Counting = field(default_factory=Counting)

    def __post_init__(self) -> None:
        if not self.n or len(self.n) != len(self.c):
            raise InputError(
                f"n and c must have one number for each sample, got {len(self.n)} and {len(self.c)}"
            )
        if not self.r:
            object.__setattr__(self, "r", (self.c[-1] + 1,) * len(self.n))
        if len(self.r) != len(self.n):
            raise InputError(f"r must have {len(self.n)} numbers as n has, got {len(self.r)}")
        self._check_numbers()
        lot = self.counting.lot_size
        if lot is not None and sum(self.n) > lot:
            raise InputError(f"samples must fit into the lot of {lot}, got {sum(self.n)} in all")

    def _check_numbers(self) -> None:
        if min(self.n) < 1:
            raise InputError(f"n must be at least 1, got {min(self.n)}")
        if self.c[0] < 0 and len(self.c) == 1:
            raise InputError(f"c must not be negative, got {self.c[0]}")
        for name, numbers in (("c", self.c), ("r", self.r)):
            if any(b < a for a, b in pairwise(numbers)):
                raise InputError(f"{name} must not fall from sample to sample, got {numbers}")
        if self.r[-1] != self.c[-1] + 1:
            raise InputError(
                f"the last r must be the last c + 1, {self.c[-1] + 1}, got {self.r[-1]}"
            )
        for stage, (c, r) in enumerate(zip(self.c, self.r, strict=True), start=1):
            if r <= c:
                raise InputError(f"r must be above c, got r {r} and c {c} at sample {stage}")

    def accept(self, p: float) -> float:
        """Probability that a lot of quality `p` is accepted."""
        if len(self.n) == 1:
            return self.counting.at_most(self.c[0], self.n[0], _checked(p))
        return float(sum(self._course(p).accepted))

    def average_sample_number(self, p: float) -> float:
        """Items inspected on average (ASN), without curtailment."""
        return float(
            sum(n * reach for n, reach in zip(self.n, self._course(p).reached, strict=True))
        )

    def average_outgoing_quality(self, p: float) -> float:
        """Quality that leaves when refused lots are screened and bad items replaced (AOQ)."""
        lot = self.counting.lot_size
        drawn = np.cumsum(self.n)
        kept = 1.0 if lot is None else (lot - drawn) / lot
        return float(p * np.sum(np.asarray(self._course(p).accepted) * kept))

    def average_total_inspection(self, p: float) -> float | None:
        """Items inspected on average when refused lots are screened; None for an endless lot."""
        lot = self.counting.lot_size
        if lot is None:
            return None
        accepted = self._course(p).accepted
        sampled = float(np.sum(np.asarray(accepted) * np.cumsum(self.n)))
        return sampled + (1 - sum(accepted)) * lot

    def point(self, p: float) -> dict[str, Any]:
        """Everything about lots of quality `p`, as plain JSON data."""
        return {
            "p": p,
            "accept": self.accept(p),
            "asn": self.average_sample_number(p),
            "aoq": self.average_outgoing_quality(p),
            "ati": self.average_total_inspection(p),
        }

    def keeps(self, risks: RiskPoints) -> bool:
        """Whether both promises are kept."""
        return (
            self.accept(risks.prp.p) >= risks.prp.accept
            and self.accept(risks.crp.p) <= risks.crp.accept
        )

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain JSON data: numbers for one sample, lists for several."""
        if len(self.n) == 1:
            return {"n": self.n[0], "c": self.c[0], "r": self.r[0]}
        return {"n": list(self.n), "c": list(self.c), "r": list(self.r)}

    def _course(self, p: float) -> _Course:
        _checked(p)
        accepted, reached = [], []
        going_on = {0: 1.0}  # probability of each count with which the next sample is drawn
        drawn = 0
        for n, c, r in zip(self.n, self.c, self.r, strict=True):
            reached.append(sum(going_on.values()))
            counts = np.zeros(r)
            fresh = self.counting.chances(r - 1, n, p, drawn=drawn)
            for found, weight in going_on.items():
                chance = fresh[: r - found]
                if self.counting.remembers and found:
                    chance = self.counting.chances(r - 1 - found, n, p, drawn=drawn, found=found)
                counts[found:] += weight * chance
            accepted.append(float(counts[: c + 1].sum()) if c >= 0 else 0.0)
            going_on = {x: float(counts[x]) for x in range(max(c + 1, 0), r)}
            drawn += n
        return _Course(tuple(accepted), tuple(reached))


def _checked(p: float) -> float:
    if not 0 <= p <= 1:
        raise InputError(f"the quality of a lot must be from 0 to 1, got {p:g}")
    return p
