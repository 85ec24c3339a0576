from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from twin.distributions import Deterministic, Exponential
from twin.line import Arrivals, LineModel, StationModel
from twin.line_scaling import Scaled, scaled_line

LINE = LineModel(
    "two", Arrivals("saturated"),
    (StationModel("wind", Deterministic(100)), StationModel("roll", Exponential(200))),
)


def test_only_the_named_station_is_scaled() -> None:
    scaled = scaled_line(LINE, {"roll": 1.5})
    assert [station.service_s.mean_s for station in scaled.stations] == [100.0, 300.0]
    assert scaled.stations[0] is LINE.stations[0]


def test_scaling_scales_every_draw() -> None:
    base = Exponential(200).sample(np.random.default_rng(1), 5)
    scaled = Scaled(Exponential(200), 2.0).sample(np.random.default_rng(1), 5)
    assert scaled.tolist() == (2 * base).tolist()


def test_time_cannot_be_scaled_away() -> None:
    with pytest.raises(InputError, match="factor must be above 0, got 0"):
        scaled_line(LINE, {"roll": 0.0})
