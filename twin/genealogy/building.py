"""Makes the graph from visits and from what was split or merged, wherever these come from.

A lot becomes a wound roll (id + `-W`) when it finishes at `wind`, and its sheets (`-S01`, ...)
when it finishes at `roll`, unless the line reports ids of its own for them. A coupon becomes a
cell (`-C1`) when its test starts.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from twin.genealogy.edge import EDGE_COLUMNS
from twin.genealogy.graph import Genealogy
from twin.genealogy.passages import PASSAGE_COLUMNS, Passages

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SPLIT_COLUMNS", "build"]

SPLIT_COLUMNS = ("parent", "lot", "event", "station", "server", "time_s")
_WIND, _ROLL, _SHEETED = "wind", "roll", ("roll", "inspect")


def build(
    visits: pd.DataFrame,
    splits: pd.DataFrame,
    services: pd.DataFrame,
    *,
    sheets_per_lot: int,
    laboratories: Collection[str] = ("cell_test",),
    provenance: str = "simulated",
) -> Genealogy:
    """The graph of what passed the line.

    Parameters
    ----------
    visits : DataFrame
        lot, station, server (from 1), start_s, finish_s (nan: not yet), scrapped.
    splits : DataFrame
        `SPLIT_COLUMNS`: `lot` was made from `parent`; event split or merge.
    services : DataFrame
        `twin.genealogy.passages.SERVICE_COLUMNS`.
    sheets_per_lot : int
        Sheets of a rolled lot, where the line does not report them.
    laboratories : collection of str
        Stations that test coupons.
    """
    import pandas as pd

    begun = visits[visits["start_s"].notna()]
    splits = splits[splits["parent"] != splits["lot"]]
    tested = begun[begun["station"].isin(list(laboratories))]
    told = _told(splits, set(visits["lot"]), set(visits.loc[visits["station"].isin(
        list(laboratories)), "lot"]))  # fmt: skip
    wound = _derived(begun, _WIND, told)
    rolled = _derived(begun, _ROLL, told)
    parts = [
        _coupons_from_sheets(told, set(rolled["lot"])),
        _edges(wound, wound["lot"], wound["lot"] + "-W", "wound_roll", _WIND),
        _sheets(rolled, set(wound["lot"]), sheets_per_lot),
        _cells(tested),
    ]
    edges = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    edges = edges.sort_values("time_s", kind="stable", ignore_index=True)
    return Genealogy(edges, Passages(begun[list(PASSAGE_COLUMNS)], services), provenance)


def _told(splits: pd.DataFrame, visited: set[str], coupons: set[str]) -> pd.DataFrame:
    """What the line itself reported, each split with what its child became."""
    kinds = np.select(
        [
            splits["lot"].isin(list(coupons)),
            splits["station"] == _WIND,
            splits["event"] == "merge",
            splits["station"].isin(_SHEETED),
            ~splits["parent"].isin(list(visited | set(splits["lot"]))),
        ],
        ["coupon", "wound_roll", "merge", "sheet", "strip"],
        "split",
    )
    told = splits.rename(columns={"lot": "child"}).assign(kind=kinds)
    return told.astype({"kind": "str"})[list(EDGE_COLUMNS)]


def _derived(begun: pd.DataFrame, station: str, told: pd.DataFrame) -> pd.DataFrame:
    """Good first passages of a station by lots whose children there the line does not report."""
    done = begun[(begun["station"] == station) & begun["finish_s"].notna() & ~begun["scrapped"]]
    reported = told.loc[(told["station"] == station) & (told["kind"] != "coupon"), "parent"]
    done = done[~done["lot"].isin(list(set(reported)))]
    return done.sort_values("finish_s", kind="stable").drop_duplicates("lot")


def _coupons_from_sheets(told: pd.DataFrame, rolled: set[str]) -> pd.DataFrame:
    """A coupon of a lot that is known only as a whole is cut from its first sheet."""
    from_lot = (told["kind"] == "coupon") & told["parent"].isin(list(rolled))
    return told.assign(parent=told["parent"].where(~from_lot, told["parent"] + "-S01"))


def _sheets(rolled: pd.DataFrame, wound: set[str], sheets_per_lot: int) -> pd.DataFrame:
    repeated = rolled.loc[rolled.index.repeat(sheets_per_lot)].reset_index(drop=True)
    numbers = [f"-S{sheet:02d}" for sheet in range(1, sheets_per_lot + 1)] * len(rolled)
    lots = repeated["lot"]
    parents = lots.where(~lots.isin(list(wound)), lots + "-W")
    return _edges(repeated, parents, lots + np.array(numbers, dtype=object), "sheet", _ROLL)


def _cells(tested: pd.DataFrame) -> pd.DataFrame:
    coupons = tested["lot"]
    numbered = coupons.str.contains("-T", regex=False)
    cells = coupons.str.replace("-T", "-C", regex=False).where(numbered, coupons + "-C1")
    edges = _edges(tested, coupons, cells, "cell", "")
    return edges.assign(time_s=tested["start_s"].to_numpy(), station=tested["station"].to_numpy())


def _edges(
    rows: pd.DataFrame, parents: pd.Series, children: pd.Series, kind: str, station: str
) -> pd.DataFrame:
    import pandas as pd

    size = len(rows)
    return pd.DataFrame(
        {
            "parent": parents.astype("str").to_numpy(),
            "child": children.astype("str").to_numpy(),
            "kind": pd.Series([kind] * size, dtype="str"),
            "station": pd.Series([station] * size, dtype="str"),
            "server": rows["server"].to_numpy(dtype=np.int64),
            "time_s": rows["finish_s"].to_numpy(dtype=np.float64),
        }
    ).astype({"parent": "str", "child": "str", "station": "str"})
