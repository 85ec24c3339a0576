"""What a forecast says, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twin.forecasting.cells import CellChances
from twin.forecasting.interval import Interval

__all__ = ["Driver", "FinishTime", "Forecast", "LineForecast", "LotForecast"]


@dataclass(frozen=True, slots=True)
class FinishTime:
    """When a lot leaves the line: mean and interval, in UTC."""

    mean: datetime
    low: datetime
    high: datetime
    level: float

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
        Of a test cell, by the quality model; not part of the yield, since most lots give none.
    drivers : tuple of Driver
        Largest first.
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
        }
