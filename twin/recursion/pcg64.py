"""numpy's PCG64 generator, compiled: the same standard variates, without an object a stream.

The seeding is that of `numpy.random.SeedSequence`, the variates those of `numpy.random.Generator`
(ziggurat of 256 layers, Marsaglia and Tsang 2000). Tests hold both to be equal bit for bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic
from numba.np.random import _constants as tables
from numpy.typing import NDArray

from twin.recursion.compiled import compiled, inlined

__all__ = ["fill_exponential", "fill_normal", "fill_uniform"]

Word = Any
"""A word of numpy that wraps around."""

MULTIPLIER = (2549297995355413924 << 64) + 4865540595714422341
UNIT = 1.0 / 9007199254740992.0
NORMAL_W, NORMAL_K, NORMAL_F = tables.wi_double, tables.ki_double, tables.fi_double
NORMAL_R, NORMAL_R_INVERSE = tables.ziggurat_nor_r, tables.ziggurat_nor_inv_r
EXPONENTIAL_W, EXPONENTIAL_K = tables.we_double, tables.ke_double
EXPONENTIAL_F, EXPONENTIAL_R = tables.fe_double, tables.ziggurat_exp_r


@intrinsic  # type: ignore[untyped-decorator]
def _advance(context: Any, high: Any, low: Any, step_high: Any, step_low: Any) -> Any:
    """One step of the 128-bit congruence: state * MULTIPLIER + step, as (high, low)."""
    del context, high, low, step_high, step_low

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide, half = ir.IntType(128), ir.IntType(64)
        words = [builder.zext(word, wide) for word in arguments]
        shift = ir.Constant(wide, 64)
        state = builder.or_(builder.shl(words[0], shift), words[1])
        step = builder.or_(builder.shl(words[2], shift), words[3])
        found = builder.add(builder.mul(state, ir.Constant(wide, MULTIPLIER)), step)
        parts = [builder.trunc(builder.lshr(found, shift), half), builder.trunc(found, half)]
        return context.make_tuple(builder, signature.return_type, parts)

    word = types.uint64
    return types.UniTuple(word, 2)(word, word, word, word), build


@compiled
def _output(high: Word, low: Word) -> Word:
    mixed = high ^ low
    turn = high >> np.uint64(58)
    return (mixed >> turn) | (mixed << ((np.uint64(64) - turn) & np.uint64(63)))


@compiled
def _unit(word: Word) -> float:
    return np.float64(word >> np.uint64(11)) * UNIT


@compiled
def fill_uniform(states: NDArray[np.uint64], out: NDArray[np.float64]) -> None:
    """Numbers from 0 to below 1 into `out` (K, n), row k from the state (K, 4) of its stream.

    Rows go side by side: each step of a generator waits for the one before, so that others fit in.
    """
    whole = len(out) // 3 * 3
    for row in range(0, whole, 3):
        high, low, step_high, step_low = states[row]
        high_b, low_b, step_high_b, step_low_b = states[row + 1]
        high_c, low_c, step_high_c, step_low_c = states[row + 2]
        for place in range(out.shape[1]):
            high, low = _advance(high, low, step_high, step_low)
            high_b, low_b = _advance(high_b, low_b, step_high_b, step_low_b)
            high_c, low_c = _advance(high_c, low_c, step_high_c, step_low_c)
            out[row, place] = _unit(_output(high, low))
            out[row + 1, place] = _unit(_output(high_b, low_b))
            out[row + 2, place] = _unit(_output(high_c, low_c))
    for row in range(whole, len(out)):
        high, low, step_high, step_low = states[row]
        for place in range(out.shape[1]):
            high, low = _advance(high, low, step_high, step_low)
            out[row, place] = _unit(_output(high, low))


@compiled
def fill_normal(states: NDArray[np.uint64], out: NDArray[np.float64]) -> None:
    """Standard normal variates, as `fill_uniform`."""
    whole = len(out) // 2 * 2
    for row in range(0, whole, 2):
        high, low, step_high, step_low = states[row]
        high_b, low_b, step_high_b, step_low_b = states[row + 1]
        for place in range(out.shape[1]):
            value, high, low = _normal(high, low, step_high, step_low)
            value_b, high_b, low_b = _normal(high_b, low_b, step_high_b, step_low_b)
            out[row, place], out[row + 1, place] = value, value_b
    for row in range(whole, len(out)):
        high, low, step_high, step_low = states[row]
        for place in range(out.shape[1]):
            out[row, place], high, low = _normal(high, low, step_high, step_low)


@inlined
def _normal(high: Word, low: Word, step_high: Word, step_low: Word) -> tuple[float, Word, Word]:
    while True:
        high, low = _advance(high, low, step_high, step_low)
        word = _output(high, low)
        layer = np.int64(word & np.uint64(0xFF))
        negative = (word >> np.uint64(8)) & np.uint64(1)
        depth = (word >> np.uint64(9)) & np.uint64(0x000FFFFFFFFFFFFF)
        value = np.float64(depth) * NORMAL_W[layer]
        if negative:
            value = -value
        if depth < NORMAL_K[layer]:
            return value, high, low
        value, found, high, low = _normal_edge(value, layer, depth, high, low, step_high, step_low)
        if found:
            return value, high, low


@compiled
def _normal_edge(
    value: float, layer: Word, depth: Word, high: Word, low: Word, step_high: Word, step_low: Word
) -> tuple[float, bool, Word, Word]:
    """The rare cases of the ziggurat: the edge of a layer, and the tail beyond the last."""
    if layer > 0:
        high, low = _advance(high, low, step_high, step_low)
        width = NORMAL_F[layer - 1] - NORMAL_F[layer]
        below = width * _unit(_output(high, low)) + NORMAL_F[layer] < np.exp(-0.5 * value * value)
        return value, below, high, low
    while True:
        high, low = _advance(high, low, step_high, step_low)
        beyond = -NORMAL_R_INVERSE * np.log1p(-_unit(_output(high, low)))
        high, low = _advance(high, low, step_high, step_low)
        height = -np.log1p(-_unit(_output(high, low)))
        if height + height > beyond * beyond:
            tail = NORMAL_R + beyond
            negative = (depth >> np.uint64(8)) & np.uint64(1)
            return (-tail if negative else tail), True, high, low


@compiled
def fill_exponential(states: NDArray[np.uint64], out: NDArray[np.float64]) -> None:
    """Exponential variates of mean 1, as `fill_uniform`."""
    for row in range(out.shape[0]):
        high, low, step_high, step_low = states[row]
        for place in range(out.shape[1]):
            while True:
                high, low = _advance(high, low, step_high, step_low)
                word = _output(high, low) >> np.uint64(3)
                layer = np.int64(word & np.uint64(0xFF))
                depth = word >> np.uint64(8)
                value = np.float64(depth) * EXPONENTIAL_W[layer]
                if depth < EXPONENTIAL_K[layer]:
                    break
                high, low = _advance(high, low, step_high, step_low)
                uniform = _unit(_output(high, low))
                if layer == 0:
                    value = EXPONENTIAL_R - np.log1p(-uniform)
                    break
                width = EXPONENTIAL_F[layer - 1] - EXPONENTIAL_F[layer]
                if width * uniform + EXPONENTIAL_F[layer] < np.exp(-value):
                    break
            out[row, place] = value
