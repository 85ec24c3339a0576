"""Share of lots that will be good: recent spells of lots, as they follow one another.

Good and bad lots come in spells, because a cause that spoils one lot spoils its neighbours. So the
share over a horizon is put together from spells of consecutive past lots, and from a prior while
there are few of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from twin.monitoring.plan import ControlPlan
    from twin.store import Store

__all__ = ["GoodShare", "Spells", "draw_good_share", "past_spells"]

SPELL_LOTS = 80
_BACK = timedelta(days=14)
_PRIOR_SPELLS = 5.0
_PRIOR = (1.8, 0.6)  # Beta: mean 0.75, and anything from a lost spell to a perfect one


@dataclass(frozen=True, slots=True)
class Spells:
    """Past spells, oldest first: share of conforming lots, and mean yield, (n,) each."""

    conforming: NDArray[np.float64]
    area: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GoodShare:
    """In each future, share of conforming lots and mean yield, (replications,) each."""

    conforming: NDArray[np.float64]
    area: NDArray[np.float64]


def past_spells(
    store: Store, plan: ControlPlan, finishes: pd.DataFrame, last_station: str, as_of: datetime
) -> Spells:
    """Spells of the lots that finished in the last two weeks, from what was known at `as_of`.

    Parameters
    ----------
    finishes : DataFrame
        Events `finish` in order of time.
    """
    from twin.monitoring.lots import lot_yields

    done = finishes[
        (finishes["station"] == last_station) & (finishes["occurred_at"] >= as_of - _BACK)
    ]
    lots = done["lot_id"].drop_duplicates().tolist()
    read = store.measurements(
        since=as_of - _BACK - timedelta(days=1), known_by=as_of,
        columns=("lot_id", "station", "characteristic", "position", "value", "quality",
                 "censoring"),
    )
    known = lot_yields(read, plan)
    shares = [share for lot in lots if (share := known.get(lot)) is not None]
    return spells_of(shares, plan.conforming_share)


def spells_of(yields: Sequence[float], conforming_share: float) -> Spells:
    """Cut yields of consecutive lots into whole spells; the newest lots are kept, not the oldest.

    Examples
    --------
    >>> spells_of([0.0] * 5 + [1.0] * 80 + [1.0, 0.5] * 40, 0.9).conforming.tolist()
    [1.0, 0.5]
    """
    whole = len(yields) // SPELL_LOTS
    rows = np.array(yields[len(yields) - whole * SPELL_LOTS :], dtype=np.float64)
    rows = rows.reshape(whole, SPELL_LOTS)
    return Spells((rows >= conforming_share).mean(axis=1), rows.mean(axis=1))


def draw_good_share(
    spells: Spells, finished: NDArray[np.int64], rng: np.random.Generator
) -> GoodShare:
    """Put a share together for each future of so many finished lots.

    Parameters
    ----------
    finished : ndarray (replications,)
    """
    known = len(spells.conforming)
    replications = len(finished)
    most = max(1, -(-int(finished.max(initial=0)) // SPELL_LOTS))
    used = np.arange(most) < np.maximum(1, -(-finished // SPELL_LOTS))[:, None]
    prior = rng.beta(*_PRIOR, size=(replications, most))
    conforming, area = prior, prior
    if known:
        invented = rng.random((replications, most)) < _PRIOR_SPELLS / (_PRIOR_SPELLS + known)
        chosen = rng.integers(known, size=(replications, most))
        conforming = np.where(invented, prior, spells.conforming[chosen])
        area = np.where(invented, prior, spells.area[chosen])
    count = used.sum(axis=1)
    return GoodShare(
        np.where(used, conforming, 0.0).sum(axis=1) / count,
        np.where(used, area, 0.0).sum(axis=1) / count,
    )
