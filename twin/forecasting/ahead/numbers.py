"""Random numbers of the futures: durations with the parameters of each, and what is left of those
that go on.

A stream depends on seed, block, station and purpose only, and a longer one begins with the same
numbers: two lines that differ in one thing meet the same chances in everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from twin.calibration import CalibratedLine
from twin.calibration.families import FAMILIES
from twin.calibration.line import ParameterDraws
from twin.forecasting.ahead.beginning import Beginning
from twin.recursion.drawing import StreamPlace

__all__ = ["Numbers"]

Floats = NDArray[np.float64]
_PURPOSES = ("service", "route", "failure", "repair", "arrival", "rest", "parameters")
_SPREAD = 1e-9


class Numbers:
    """Draws the numbers of one block of futures.

    Parameters
    ----------
    calibration : CalibratedLine
    beginning : Beginning
    seed, block : int
    rows : int
        Futures in the block.
    """

    def __init__(
        self, calibration: CalibratedLine, beginning: Beginning, seed: int, block: int, rows: int
    ) -> None:
        self._line = calibration
        self._beginning = beginning
        self._seed, self._block, self._rows = seed, block, rows
        self.parameters: ParameterDraws = calibration.draw(self._rng("", "parameters"), rows)

    def _rng(self, station: str, purpose: str, server: int = 0) -> np.random.Generator:
        key = (self._block, crc32(station.encode()), _PURPOSES.index(purpose), server)
        return np.random.Generator(
            np.random.SFC64(np.random.SeedSequence(self._seed, spawn_key=key))
        )

    def fill(self, streams: Sequence[StreamPlace], out: Floats) -> None:
        """Write every stream to its place in `out`, (rows, width)."""
        names = [one.name for one in self._line.line.path]
        for stream in streams:
            out[:, stream.first : stream.end] = self._stream(stream)
            if stream.station not in names:
                continue
            place = names.index(stream.station)
            here = [one for one in self._beginning.lots if one.place == place]
            if stream.purpose == "service":
                for spot, lot in enumerate(one for one in here if one.phase != "coming"):
                    if lot.phase == "in_service":
                        out[:, stream.first + spot] = self._rest(stream.station, lot.had_s, spot)
                    elif lot.phase == "blocked":
                        out[:, stream.first + spot] = 0.0
            elif stream.purpose == "route":
                blocked = sum(lot.phase == "blocked" for lot in here)
                out[:, stream.first : stream.first + blocked] = 1.0

    def _stream(self, stream: StreamPlace) -> Floats:
        rng = self._rng(stream.station, stream.purpose, stream.server)
        shape = (stream.count, self._rows)
        if stream.purpose == "route":
            return self._routes(stream.station, rng.random(shape).T)
        if stream.purpose == "service":
            return self._services(stream.station, rng, shape)
        if stream.purpose in ("failure", "repair"):
            return self._breakdowns(stream, rng, shape)
        if stream.sampler is None:
            return rng.random(shape).T
        return stream.sampler.sample(rng, shape[0] * shape[1]).reshape(shape).T

    def _routes(self, station: str, uniform: Floats) -> Floats:
        """Numbers that fall below the line's share of scrap as often as the drawn share says."""
        usual = next(o.scrap_probability for o in self._line.line.path if o.name == station)
        drawn = np.maximum(self.parameters.scrap[station], 1e-12)
        return np.asarray(uniform * (usual / drawn)[:, None])

    def _services(self, station: str, rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
        fit = self._line.stations[station].service
        theta, pace = self.parameters.service[station], self.parameters.pace[station]
        scale, shape_ = np.exp(theta[:, 0]) * pace, np.exp(theta[:, 1])
        if fit.family == "lognormal":
            seconds = rng.standard_normal(shape)
            seconds *= shape_
            np.exp(seconds, out=seconds)
        elif fit.family == "gamma":
            usual = float(np.exp(fit.theta[1]))
            seconds = rng.standard_gamma(usual, shape)
            scale = scale * shape_ / usual
        elif fit.family == "deterministic":
            seconds = np.ones(shape)
        else:
            seconds = rng.standard_exponential(shape)
            if fit.family == "weibull":
                seconds **= 1.0 / shape_
        seconds *= scale
        return seconds.T

    def _breakdowns(
        self, stream: StreamPlace, rng: np.random.Generator, shape: tuple[int, int]
    ) -> Floats:
        """Times to failure, the first given how long the server has lasted; repairs."""
        fit = self._line.stations[stream.station]
        chosen = fit.to_failure if stream.purpose == "failure" else fit.repair
        drawn = (
            self.parameters.to_failure if stream.purpose == "failure" else self.parameters.repair
        )
        if chosen is None:
            return np.full(shape, np.inf).T
        family, theta = FAMILIES[chosen.family], drawn[stream.station]
        uniform = rng.random(shape)
        seconds = family.quantile(uniform, theta)
        if stream.purpose == "failure" and stream.server < len(fit.age_s):
            place = [one.name for one in self._line.line.path].index(stream.station)
            down = any(one.place == place for one in self._beginning.repairs)
            age = 0.0 if down else fit.age_s[stream.server]
            seconds[0] = family.remaining(np.full(self._rows, age), theta, uniform[0])
        return np.asarray(np.maximum(seconds, _SPREAD).T)

    def _rest(self, station: str, had_s: float, spot: int) -> Floats:
        fit, rng = self._line.stations[station].service, self._rng(station, "rest", spot)
        theta = self.parameters.service[station].copy()
        theta[:, 0] += np.log(self.parameters.pace[station])
        age = np.full(self._rows, had_s)
        return FAMILIES[fit.family].remaining(age, theta, rng.random(self._rows))

    def repairs(self) -> Floats:
        """What is left of each repair, (rows, repairs), in the order of the beginning."""
        found = np.zeros((self._rows, len(self._beginning.repairs)))
        for column, repair in enumerate(self._beginning.repairs):
            name = self._line.line.path[repair.place].name
            fit, rng = self._line.stations[name].repair, self._rng(name, "rest", 1000 + column)
            if fit is not None:
                family, age = FAMILIES[fit.family], np.full(self._rows, repair.since_s)
                uniform = rng.random(self._rows)
                found[:, column] = family.remaining(age, self.parameters.repair[name], uniform)
        return found

    def coming_s(self) -> Floats:
        """When each lot comes to its station: now, or when it has arrived there, (lots,)."""
        path = self._line.line.path
        return np.array(
            [
                max(0.0, path[lot.place - 1].transfer_s - lot.had_s)
                if lot.phase == "coming"
                else 0.0
                for lot in self._beginning.lots
            ]
        )
