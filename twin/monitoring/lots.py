"""What became of every lot: where it is, and its yield once it is known.

The yield of a lot is the share of its area inside every specification: of the positions measured
across it, those at which every characteristic conforms. A characteristic read once for the whole
lot counts for all of it. It is known when `thickness_um` has been measured at `roll`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import numpy as np

from twin.departures import last_departures
from twin.monitoring.plan import ControlPlan
from twin.state import PATH
from twin.store import Store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Lot", "LotState", "lot_yields", "lots_table"]

LotState = Literal["in_process", "finished", "scrapped"]
_DECISIVE = ("thickness_um", "roll")
_LABORATORY = "cell_test"
_MOVEMENTS = ("arrive", "start", "finish", "depart", "rework", "hold", "release", "scrap")
_COLUMNS = (
    "lot_id", "station", "characteristic", "position", "value", "quality", "censoring",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot of the line.

    Attributes
    ----------
    station : str
        Where it is, or was last.
    entered_at, finished_at : datetime or None
        First event of the lot; when it left the line or was scrapped.
    yield_share : float or None
        0 to 1; None until it is known.
    conforming : bool or None
        Whether the yield reaches the plan's `conforming_share`; False for a scrapped lot.
    """

    lot_id: str
    state: LotState
    station: str
    entered_at: datetime
    finished_at: datetime | None
    yield_share: float | None
    conforming: bool | None
    recipe: str

    def to_dict(self) -> dict[str, object]:
        """Plain JSON data."""
        return {
            "lot_id": self.lot_id,
            "state": self.state,
            "station": self.station,
            "entered_at": self.entered_at.isoformat(),
            "finished_at": None if self.finished_at is None else self.finished_at.isoformat(),
            "yield": self.yield_share,
            "conforming": self.conforming,
            "recipe": self.recipe,
        }


def lot_yields(measurements: pd.DataFrame, plan: ControlPlan) -> dict[str, float | None]:
    """Yield of every lot of `measurements`; None while its thickness is not known.

    Parameters
    ----------
    measurements : DataFrame
        With the columns lot_id, station, characteristic, position, value, quality, censoring.
    """
    good = measurements[measurements["quality"] != "bad"]
    lots: dict[str, float | None] = dict.fromkeys(good["lot_id"].unique())
    judged = good.assign(inside=_inside(good, plan))
    key = ["lot_id", "characteristic", "station"]
    positioned = judged.groupby(key)["position"].transform("nunique") > 1
    whole = judged[~positioned].groupby("lot_id")["inside"].all()
    places = judged[positioned].groupby(["lot_id", "position"])["inside"].all()
    share = places.groupby("lot_id").mean()
    decided = (judged["characteristic"] == _DECISIVE[0]) & (judged["station"] == _DECISIVE[1])
    for lot in judged.loc[decided, "lot_id"].unique():
        lots[lot] = float(share.get(lot, 1.0)) if bool(whole.get(lot, True)) else 0.0
    return lots


def lots_table(
    store: Store,
    plan: ControlPlan,
    as_of: datetime | None = None,
    *,
    path: Sequence[str] = PATH,
) -> list[Lot]:
    """Every lot of the line, by entry, as known at `as_of` (default: now).

    Parameters
    ----------
    path : sequence of str
        Stations in the order of the visit; a lot that departs from the last is finished. Coupons
        in the laboratory are no lots.
    """
    events = store.events(known_by=as_of)
    moves = events[
        events["event"].isin(_MOVEMENTS)
        & (events["lot_id"] != "")
        & (events["station"] != _LABORATORY)
    ]
    if moves.empty:
        return []
    yields = lot_yields(store.measurements(known_by=as_of, columns=_COLUMNS), plan)
    recipes = moves[moves["recipe"] != ""].groupby("lot_id")["recipe"].last().to_dict()
    first = moves.groupby("lot_id", sort=False)["occurred_at"].min()
    entered = {str(lot): at for lot, at in first.items()}
    final = _final(moves, path[-1])
    newest = moves.drop_duplicates("lot_id", keep="last").set_index("lot_id")["station"].to_dict()
    return [
        _lot(lot, at, newest[lot], final.get(lot), yields.get(lot), recipes.get(lot), plan)
        for lot, at in sorted(entered.items(), key=lambda pair: (pair[1], pair[0]))
    ]


def _final(moves: pd.DataFrame, last_station: str) -> dict[str, tuple[LotState, pd.Timestamp]]:
    left = last_departures(moves, [last_station])
    scrapped = moves[moves["event"] == "scrap"]
    final: dict[str, tuple[LotState, pd.Timestamp]] = {}
    for state, frame in (("finished", left), ("scrapped", scrapped)):
        word: LotState = "finished" if state == "finished" else "scrapped"
        for lot, at in zip(frame["lot_id"], frame["occurred_at"], strict=True):
            final[lot] = (word, at)
    return final


def _lot(
    lot_id: str,
    entered_at: pd.Timestamp,
    station: str,
    final: tuple[LotState, pd.Timestamp] | None,
    share: float | None,
    recipe: str | None,
    plan: ControlPlan,
) -> Lot:
    state: LotState = "in_process" if final is None else final[0]
    conforming = None if share is None else share >= plan.conforming_share
    return Lot(
        lot_id=lot_id,
        state=state,
        station=station,
        entered_at=entered_at.to_pydatetime().astimezone(UTC),
        finished_at=None if final is None else final[1].to_pydatetime().astimezone(UTC),
        yield_share=share,
        conforming=False if state == "scrapped" else conforming,
        recipe=recipe or "",
    )


def _inside(frame: pd.DataFrame, plan: ControlPlan) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    inside = np.ones(len(frame), dtype=np.bool_)
    values = frame["value"].to_numpy(dtype=np.float64)
    right = frame["censoring"].to_numpy(dtype=object) == "right"
    for planned in plan.characteristics:
        own = (frame["characteristic"] == planned.name) & (frame["station"] == planned.station)
        here = own.to_numpy(dtype=np.bool_)
        if planned.lsl is not None:
            inside &= ~(here & (values < planned.lsl) & ~right)
        if planned.usl is not None:
            inside &= ~(here & (values > planned.usl))
    return inside
