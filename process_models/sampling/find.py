"""Finding the cheapest plan by attributes that keeps both promises."""

from __future__ import annotations

from collections.abc import Callable

from process_models.errors import InputError, NotSupported
from process_models.sampling.attributes import AttributePlan
from process_models.sampling.counting import Counting
from process_models.sampling.risks import RiskPoints

__all__ = ["find_double", "find_single"]

_LARGEST = 10**9
_RIPPLE = 10
_MOST_DOUBLE = 60  # beyond, the search over all pairs takes minutes and a single plan is near
_SPARE = 3  # a double plan may need a few more acceptance numbers than the single one


def find_single(risks: RiskPoints, counting: Counting | None = None) -> AttributePlan:
    """The smallest single sample that keeps both promises, exactly.

    For each acceptance number the consumer's promise gives the smallest sample; the smallest
    number that keeps the producer's promise too is the answer. It is found by halving, and the
    numbers just below are tried too, because whole numbers make the promise ripple.

    Raises
    ------
    InputError
        When no sample up to the lot size does.

    Examples
    --------
    >>> from process_models.sampling import RiskPoint, RiskPoints
    >>> find_single(RiskPoints(RiskPoint(0.01, 0.95), RiskPoint(0.05, 0.10))).to_dict()
    {'n': 132, 'c': 3, 'r': 4}
    """
    counting = counting or Counting()
    ceiling = counting.nonconforming(risks.crp.p) - 1 if counting.remembers else _LARGEST
    low, high = -1, min(0, ceiling)
    while high < ceiling and not _kept(high, risks, counting):
        low, high = high, min(2 * high + 1, ceiling)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _kept(middle, risks, counting) else (middle, high)
    for c in range(max(high - _RIPPLE, 0), high + 1):
        plan = _kept(c, risks, counting)
        if plan is not None:
            return plan
    raise InputError(_nothing("single", counting))


def _kept(c: int, risks: RiskPoints, counting: Counting) -> AttributePlan | None:
    """The smallest plan with acceptance number `c` that keeps both promises, if there is one."""

    def accept(size: int) -> float:
        return counting.at_most(c, size, risks.crp.p)

    n = _smallest(accept, risks, counting.lot_size or _LARGEST, c + 1)
    if n is None or counting.at_most(c, n, risks.prp.p) < risks.prp.accept:
        return None
    return AttributePlan((n,), (c,), (c + 1,), counting)


def find_double(risks: RiskPoints, counting: Counting | None = None) -> AttributePlan:
    """The double plan of two equal samples that inspects least on average at the producer's point.

    Both samples refuse at c2 + 1; ties go to the smaller sample.

    Raises
    ------
    InputError
        When no two samples up to the lot size keep both promises.
    NotSupported
        When the acceptance numbers would be very large.
    """
    counting = counting or Counting()
    single = find_single(risks, counting)
    if single.c[0] > _MOST_DOUBLE:
        raise NotSupported(
            f"a double plan is looked for up to acceptance numbers of {_MOST_DOUBLE}, these "
            f"promises need about {single.c[0]}; use a single plan"
        )
    most = (counting.lot_size or _LARGEST) // 2
    best: tuple[float, int] | None = None
    found: AttributePlan | None = None
    for c2 in range(1, single.c[0] + _SPARE + 1):
        for c1 in range(c2):
            plan = _double(c1, c2, risks, counting, min(most, single.n[0]))
            if plan is None:
                continue
            rank = (plan.average_sample_number(risks.prp.p), plan.n[0])
            if best is None or rank < best:
                best, found = rank, plan
    if found is None:
        raise InputError(_nothing("double", counting))
    return found


def _double(
    c1: int, c2: int, risks: RiskPoints, counting: Counting, most: int
) -> AttributePlan | None:
    def plan(size: int) -> AttributePlan:
        return AttributePlan((size, size), (c1, c2), (c2 + 1, c2 + 1), counting)

    size = _smallest(lambda n: plan(n).accept(risks.crp.p), risks, most, 1)
    if size is None or plan(size).accept(risks.prp.p) < risks.prp.accept:
        return None
    return plan(size)


def _smallest(
    accept: Callable[[int], float], risks: RiskPoints, most: int, least: int
) -> int | None:
    """Smallest sample that keeps the consumer's promise; acceptance falls with the sample."""
    limit = risks.crp.accept
    low, high = least - 1, least
    while accept(min(high, most)) > limit:
        if high >= most:
            return None
        low, high = high, high * 2
    high = min(high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if accept(middle) <= limit else (middle, high)
    return high


def _nothing(kind: str, counting: Counting) -> str:
    where = "" if counting.lot_size is None else f" up to the lot-size {counting.lot_size}"
    return f"no {kind} plan{where} keeps both promises of --prp and --crp; ask for less"
