"""What a forecast says, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from twin.forecasting.cell_tests import CellTestForecast
from twin.forecasting.cells import CellChances
from twin.forecasting.interval import Interval
from twin.forecasting.orders import OrderForecast
from twin.forecasting.periods import PeriodForecast

__all__ = ["Driver", "FinishTime", "Forecast", "LineForecast", "LotForecast"]


@dataclass(frozen=True, slots=True)
class FinishTime:
    """When a lot leaves the line: mean and interval, in UTC.

    Attributes
    ----------
    quantiles_s : tuple of float
        Seconds from the time of the forecast, at the levels of `interval.QUANTILES`.
    """

    mean: datetime
    low: datetime
    high: datetime
    level: float
    quantiles_s: tuple[float, ...] = field(default=(), compare=False, repr=False)

    def covers(self, moment: datetime) -> bool:
        """Whether `moment` lies inside, its ends included."""
        return self.low <= moment <= self.high

    def to_dict(self) -> dict[str, Any]:
        """As the contract prints it: ISO 8601 with offset."""
        times = {name: getattr(self, name).isoformat() for name in ("mean", "low", "high")}
        return {**times, "level": self.level}


@dataclass(frozen=True, slots=True)
class Driver:
    """Share of a lot's area that a characteristic is expected to cost by itself."""

    characteristic: str
    contribution: float


@dataclass(frozen=True, slots=True)
class LotForecast:
    """One lot in process.

    Attributes
    ----------
    station, phase : str
        Where it is now.
    finish : FinishTime or None
        None when it never leaves in any future.
    yield_ : Interval or None
        Share of its area inside every specification of what is measured on the line; None
        without any measurement to go by.
    p_conforming : float or None
        That the yield reaches the plan's share, and that it is not scrapped.
    p_scrap : float
    cells : CellChances or None
        Of a test cell, by the quality model; not part of `yield_`, since most lots give none.
    drivers : tuple of Driver
        Largest first.
    with_cells : Interval or None
        The yield where a lot counts for nothing whose cell would miss its specification.
    decided : bool
        Whether every specified characteristic has been measured.
    """

    lot_id: str
    station: str
    phase: str
    finish: FinishTime | None
    yield_: Interval | None
    p_conforming: float | None
    p_scrap: float
    cells: CellChances | None
    drivers: tuple[Driver, ...]
    with_cells: Interval | None = None
    decided: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As the contract prints it."""
        return {
            "lot_id": self.lot_id,
            "station": self.station,
            "phase": self.phase,
            "finish": self.finish.to_dict() if self.finish else None,
            "yield": self.yield_.to_dict() if self.yield_ else None,
            "p_conforming": self.p_conforming,
            "p_scrap": self.p_scrap,
            "cells": self.cells.to_dict() if self.cells else None,
            "yield_with_cells": self.with_cells.to_dict() if self.with_cells else None,
            "decided": self.decided,
            "drivers": [
                {"characteristic": one.characteristic, "contribution": one.contribution}
                for one in self.drivers
            ],
        }


@dataclass(frozen=True, slots=True)
class LineForecast:
    """The line over the horizon; good lots and sheets are None without any measurement."""

    finished_lots: Interval
    good_lots: Interval | None
    good_sheets: Interval | None
    throughput_per_h: Interval

    def to_dict(self) -> dict[str, Any]:
        """As the contract prints it."""
        return {
            "finished_lots": self.finished_lots.to_dict(),
            "good_lots": self.good_lots.to_dict() if self.good_lots else None,
            "good_sheets": self.good_sheets.to_dict() if self.good_sheets else None,
            "throughput_per_h": self.throughput_per_h.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Forecast:
    """Lots in process and the line, from what was known at `as_of`.

    Attributes
    ----------
    messages : tuple of str
        What is missing, and what that does to the forecast.
    provenance : str
        Of the events that it starts from.
    service_factors : dict of str to float
        Observed over assumed service time, by station.
    engine, why : str
        What ran the futures, and what kept the exact engine from it.
    periods, shifts : tuple of PeriodForecast
        Shift, day and week from now; every shift to come.
    orders : tuple of OrderForecast
    cell_tests : tuple of CellTestForecast
    likeness : float
        0 to 1: how much the past knows of moments like now.
    """

    as_of: datetime
    horizon_h: float
    level: float
    replications: int
    seed: int
    lots: tuple[LotForecast, ...]
    line: LineForecast
    messages: tuple[str, ...]
    provenance: str
    service_factors: dict[str, float]
    engine: str = "simpy"
    why: str = ""
    periods: tuple[PeriodForecast, ...] = ()
    shifts: tuple[PeriodForecast, ...] = ()
    orders: tuple[OrderForecast, ...] = ()
    cell_tests: tuple[CellTestForecast, ...] = ()
    likeness: float = 1.0

    def to_dict(self) -> dict[str, Any]:
        """The contract's JSON of `lacss forecast`."""
        return {
            "as_of": self.as_of.isoformat(),
            "horizon_h": self.horizon_h,
            "level": self.level,
            "replications": self.replications,
            "seed": self.seed,
            "provenance": self.provenance,
            "lots": [lot.to_dict() for lot in self.lots],
            "line": self.line.to_dict(),
            "messages": list(self.messages),
            "service_factors": self.service_factors,
            "engine": self.engine,
            "why": self.why,
            "periods": [one.to_dict() for one in self.periods],
            "shifts": [one.to_dict() for one in self.shifts],
            "orders": [one.to_dict() for one in self.orders],
            "cell_tests": [one.to_dict() for one in self.cell_tests],
            "likeness": self.likeness,
        }
