"""Genealogy of a year of lots: half a million edges made, and asked."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import BenchRow
from twin.genealogy.building import build
from twin.genealogy.descent import descent

__all__ = ["LOTS", "rows", "year_of_lots"]

LOTS = 24_000
_STATIONS = ("unwind", "polish", "sublimation", "cool", "wind", "roll", "inspect")
_SAMPLE_EVERY, _STRIPS, _SHEETS, _ASKED = 25, 10, 20, 50


def rows() -> list[BenchRow]:
    """Edges a second when the graph is made, and milliseconds to answer about one thing."""
    visits, splits, services = year_of_lots()
    began = time.process_time()
    tree = build(visits, splits, services, sheets_per_lot=_SHEETS)
    made_s = time.process_time() - began
    edges = len(tree.to_frame())
    asked = np.linspace(0, LOTS - 1, _ASKED).astype(int) // _SAMPLE_EVERY * _SAMPLE_EVERY
    cell_ms = _each_ms(lambda lot: descent(tree, f"L{lot:05d}-C1"), asked)
    roll_ms = _each_ms(lambda lot: descent(tree, f"FR{lot // _STRIPS:05d}"), asked)
    return [
        BenchRow(f"genealogy of {edges:,} edges", edges / made_s, "edges/s", "", math.nan,
                 "at least 50,000 edges/s"),
        BenchRow("all about a cell, one of a year", cell_ms, "ms", "", math.nan, "at most 200 ms"),
        BenchRow("all about a foil roll", roll_ms, "ms", "", math.nan, "at most 200 ms"),
    ]  # fmt: skip


def _each_ms(ask: Callable[[int], Any], lots: np.ndarray[Any, Any]) -> float:
    """Mean time of an answer, the first left out."""
    ask(int(lots[0]))
    began = time.process_time()
    for lot in lots.tolist():
        ask(lot)
    return (time.process_time() - began) / len(lots) * 1e3


def year_of_lots() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Visits, splits and services of a line that makes a lot every 500 s."""
    lots = pd.Series([f"L{n:05d}" for n in range(LOTS)], dtype="str")
    at = np.arange(LOTS) * 500.0
    parts = [
        _visits(lots, station, at + 400.0 * place, 390.0) for place, station in enumerate(_STATIONS)
    ]
    tested = slice(None, None, _SAMPLE_EVERY)
    coupons = lots[tested].reset_index(drop=True) + "-T1"
    parts.append(_visits(coupons, "cell_test", at[tested] + 4000.0, 2e6))
    strips = pd.DataFrame(
        {
            "parent": [f"FR{n // _STRIPS:05d}" for n in range(LOTS)], "lot": lots,
            "event": "split", "station": "unwind", "server": 0, "time_s": at,
        }
    )  # fmt: skip
    cut = pd.DataFrame(
        {
            "parent": lots[tested].to_numpy(), "lot": coupons, "event": "split",
            "station": "inspect", "server": 0, "time_s": at[tested] + 3900.0,
        }
    )  # fmt: skip
    texts = dict.fromkeys(("parent", "lot", "event", "station"), "str")
    splits = pd.concat([strips, cut], ignore_index=True).astype(texts)
    refills = np.arange(0.0, LOTS * 500.0, 25_000.0)
    services = pd.DataFrame(
        {"station": "sublimation", "server": 1, "name": "precursor refill", "time_s": refills}
    ).astype({"station": "str", "name": "str"})
    return pd.concat(parts, ignore_index=True), splits, services


def _visits(
    lots: pd.Series[str], station: str, start_s: np.ndarray[Any, Any], for_s: float
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "lot": lots, "station": pd.Series([station] * len(lots), dtype="str"), "server": 1,
            "start_s": start_s, "finish_s": start_s + for_s, "scrapped": False,
        }
    )  # fmt: skip
