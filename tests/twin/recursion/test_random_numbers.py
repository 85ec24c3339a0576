"""The compiled generator against numpy's, bit for bit, and transformations in any pieces."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from twin.distributions import (
    Deterministic,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Shifted,
    Triangular,
    Uniform,
    Weibull,
)
from twin.line_model.streams import Streams
from twin.recursion import drawing
from twin.recursion.drawing import StreamPlace, draw, draw_blocks
from twin.recursion.pcg64 import fill_exponential, fill_normal, fill_uniform
from twin.recursion.seeding import stream_states

DISTRIBUTIONS: list[Distribution] = [
    Deterministic(4),
    Exponential(3),
    Lognormal(240, 0.3),
    Gamma(3, 0.5),
    Gamma(3, 0),
    Weibull(1.7, 3),
    Uniform(1, 3),
    Triangular(0, 2, 6),
    Empirical((1, 2, 6)),
    Shifted(Lognormal(5, 1), -3),
]


@pytest.mark.parametrize("seed", [0, 1, 7, 2**32 - 1, 2**32, 2**77 + 5, 2**140 + 3])
@pytest.mark.parametrize("place", ["", "roll", "Prüfung"])
def test_states_are_those_that_numpy_seeds(seed: int, place: str) -> None:
    numbers = range(3, 9)
    states = stream_states(seed, numbers, place, "repair", 2)
    for row, number in zip(states.tolist(), numbers, strict=True):
        generator = Streams(seed, number).generator(place, "repair", 2)
        expected = generator.bit_generator.state["state"]
        assert row[0] << 64 | row[1] == expected["state"]
        assert row[2] << 64 | row[3] == expected["inc"]


@pytest.mark.parametrize(
    ("fill", "method"),
    [
        (fill_normal, "standard_normal"),
        (fill_exponential, "standard_exponential"),
        (fill_uniform, "random"),
    ],
)
def test_variates_are_those_of_numpy(
    fill: Callable[..., None], method: str, rounds: Callable[[int, int], int]
) -> None:
    # 200,000 draws reach every layer and the tail (one in 4,000); the campaign draws 20 million.
    many, rows = rounds(100_000, 1_000_000), rounds(2, 20)
    out = np.empty((rows, many))
    fill(stream_states(5, range(rows), "a", "service"), out)
    for row in range(rows):
        generator = Streams(5, row).generator("a", "service")
        assert np.array_equal(out[row], getattr(generator, method)(many))
    if method == "standard_normal":
        assert np.abs(out).max() > 3.7  # beyond the last layer of the ziggurat


@pytest.mark.parametrize("drawn", DISTRIBUTIONS, ids=repr)
def test_a_block_holds_what_each_stream_draws_by_itself(drawn: Distribution) -> None:
    places = [
        StreamPlace("a", "service", 0, drawn, 0, 700),
        StreamPlace("a", "route", 0, None, 700, 300),
    ]
    block = draw(3, range(2, 5), places)
    for row, number in enumerate(range(2, 5)):
        streams = Streams(3, number)
        service, route = streams.of("a", "service", drawn), streams.unit("a", "route")
        assert block[row, :700].tolist() == [service.draw() for _ in range(700)]
        assert block[row, 700:].tolist() == [route.draw() for _ in range(300)]


@pytest.mark.parametrize("drawn", DISTRIBUTIONS, ids=repr)
@pytest.mark.parametrize("piece", [1, 2, 3, 5, 7, 8, 16, 33])
def test_seconds_do_not_depend_on_how_an_array_is_cut(drawn: Distribution, piece: int) -> None:
    variates = drawn.variates(np.random.default_rng(4), 1000)
    whole = drawn.to_seconds(variates.copy())
    parts = [drawn.to_seconds(variates[at : at + piece].copy()) for at in range(0, 1000, piece)]
    assert np.array_equal(np.concatenate(parts), whole)
    assert np.array_equal(drawn.to_seconds(variates.reshape(10, 100)).ravel(), whole)


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 7, 300])
def test_blocks_hold_what_one_block_would(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "SEEDED", 4)
    places = [
        StreamPlace("a", "service", 0, Lognormal(240, 0.3), 0, 50),
        StreamPlace("a", "route", 0, None, 50, 30),
        StreamPlace("b", "service", 0, Gamma(3, 0.5), 80, 20),
    ]
    whole = draw(3, range(2, 13), places).copy()
    blocks = [(some, found.copy()) for some, found in draw_blocks(3, range(2, 13), places, rows)]
    assert [number for some, _ in blocks for number in some] == list(range(2, 13))
    assert np.array_equal(np.concatenate([found for _, found in blocks]), whole)
