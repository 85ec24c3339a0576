"""Seeds of many streams at once: numpy's `SeedSequence` and the seeding of PCG64, compiled."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from twin.line_model.streams import PURPOSES
from twin.recursion.compiled import compiled

__all__ = ["stream_states"]

MULTIPLIER_HIGH, MULTIPLIER_LOW = np.uint64(2549297995355413924), np.uint64(4865540595714422341)
WORD = 0xFFFFFFFF
POOL = 4
Word = Any
"""A word of numpy that wraps around."""


def stream_states(
    seed: int, replications: range, place: str, purpose: str, server: int = 0
) -> NDArray[np.uint64]:
    """State of the generator of each replication, (K, 4): state and step, high word first.

    As `twin.line_model.streams.Streams` makes them one by one.
    """
    words = [seed >> shift & WORD for shift in range(0, max(seed.bit_length(), 1), 32)]
    words += [0] * (POOL - len(words))
    key = [0, crc32(place.encode()), PURPOSES.index(purpose), server]
    entropy = np.array([*words, *key], dtype=np.uint32)
    numbers = np.arange(replications.start, replications.stop, replications.step, dtype=np.uint32)
    states = np.empty((len(numbers), 4), dtype=np.uint64)
    _seed(entropy, len(words), numbers, states, np.empty(POOL, np.uint32))
    return states


@compiled
def _hashed(value: Word, constant: Word, multiplier: Word) -> tuple[Word, Word]:
    value = np.uint32(value ^ constant)
    constant = np.uint32(constant * multiplier)
    value = np.uint32(value * constant)
    return np.uint32(value ^ (value >> np.uint32(16))), constant


@compiled
def _mixed(one: Word, other: Word) -> Word:
    found = np.uint32(np.uint32(0xCA01F9DD) * one - np.uint32(0x4973F715) * other)
    return np.uint32(found ^ (found >> np.uint32(16)))


@compiled
def _mix_pool(entropy: NDArray[np.uint32], pool: NDArray[np.uint32]) -> None:
    constant, multiplier = np.uint32(0x43B0D7E5), np.uint32(0x931E8875)
    for place in range(4):
        pool[place], constant = _hashed(entropy[place], constant, multiplier)
    for source in range(4):
        for place in range(4):
            if source != place:
                value, constant = _hashed(pool[source], constant, multiplier)
                pool[place] = _mixed(pool[place], value)
    for source in range(4, len(entropy)):
        for place in range(4):
            value, constant = _hashed(entropy[source], constant, multiplier)
            pool[place] = _mixed(pool[place], value)


@compiled
def _seed(
    entropy: NDArray[np.uint32],
    number_at: int,
    numbers: NDArray[np.uint32],
    states: NDArray[np.uint64],
    pool: NDArray[np.uint32],
) -> None:
    for row in range(len(numbers)):
        entropy[number_at] = numbers[row]
        _mix_pool(entropy, pool)
        constant, multiplier = np.uint32(0x8B51F9DD), np.uint32(0x58F38DED)
        for place in range(4):
            low, constant = _hashed(pool[2 * place & 3], constant, multiplier)
            high, constant = _hashed(pool[(2 * place + 1) & 3], constant, multiplier)
            states[row, place] = np.uint64(low) | (np.uint64(high) << np.uint64(32))
        _start(states[row])


@compiled
def _start(state: NDArray[np.uint64]) -> None:
    """From seed and sequence as pcg64 starts: step once from 0, add the seed, step again."""
    one = np.uint64(1)
    seed_high, seed_low = state[0], state[1]
    state[2] = (state[2] << one) | (state[3] >> np.uint64(63))
    state[3] = (state[3] << one) | one
    low = state[3] + seed_low
    high = state[2] + seed_high + np.uint64(low < seed_low)
    product_high, product_low = _product(low, MULTIPLIER_LOW)
    product_high += high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH
    state[1] = product_low + state[3]
    state[0] = product_high + state[2] + np.uint64(state[1] < product_low)


@compiled
def _product(one: Word, other: Word) -> tuple[Word, Word]:
    """High and low word of a product of two 64-bit words."""
    mask, half = np.uint64(WORD), np.uint64(32)
    a, b, c, d = one >> half, one & mask, other >> half, other & mask
    middle = a * d + ((b * d) >> half)
    other_middle = b * c + (middle & mask)
    return a * c + (middle >> half) + (other_middle >> half), one * other
