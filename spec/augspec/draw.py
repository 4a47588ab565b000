"""draw: run a policy's drawing program in any namespace: on the host with NumPy, or inside a graph."""

from __future__ import annotations

import numpy as np

from augspec.namespace import Array, Namespace
from augspec.plan.program import (
    Categorical,
    Draw,
    Fixed,
    Flag,
    Grid,
    Listed,
    Members,
    NoiseKey,
    Order,
    Partner,
    Simplex,
    Table,
    Whole,
)
from augspec.random.keys import KeyWords, stream_keys, words_of
from augspec.random.maps import bernoulli, categorical, fraction24, grid, integer, quantile, ranks
from augspec.random.order import first_in, following, ordered

__all__ = ["constants", "sample_draws"]


def sample_draws(
    xp: Namespace, draws: tuple[Draw, ...], key: KeyWords, id_lo: Array, id_hi: Array | None
) -> dict[str, Array]:
    """Return every drawn parameter as int32 (B,) or (B, entries).

    All words of all parameters are made in one elementwise pass of shape (words, B): nothing consumes draws
    depending on data, so gates and branches never shift each other (R8).

    Args:
        xp: the namespace.
        draws: the program.
        key: the root key.
        id_lo: (B,) int32 low words of the sample ids.
        id_hi: (B,) int32 high words, or None if all are zero.
    """
    if not draws:
        return {}
    rows = [(draw, d) for draw in draws for d in range(max(draw.words, 1))]
    streams = np.array([draw.stream for draw, _ in rows], dtype=np.uint32).view(np.int32)
    hi = xp.constant(np.ascontiguousarray(streams[:, :1]))
    lo = xp.constant(np.ascontiguousarray(streams[:, 1:]))
    numbers = xp.constant(np.array([[d] for _, d in rows], dtype=np.int32))
    low_row = xp.reshape(id_lo, (1, -1))
    high_row = None if id_hi is None else xp.reshape(id_hi, (1, -1))
    k0, k1 = stream_keys(xp, key, hi, lo, high_row)
    words = words_of(xp, k0, k1, low_row, numbers)
    result: dict[str, Array] = {}
    orders: dict[str, Array] = {}
    at = 0
    for draw in draws:
        count = max(draw.words, 1)
        if isinstance(draw.map, NoiseKey):
            parts = [k[at : at + 1] + low_row * 0 for k in (k0, k1)]
            result[draw.path] = xp.transpose(xp.concat([*parts, low_row], 0), (1, 0))
        elif isinstance(draw.map, Partner):
            orders[draw.path] = ordered(xp, words[at], words[at + 1])
            result[draw.path] = following(xp, orders[draw.path])
        else:
            values = _values(xp, draw, words[at : at + count])
            if draw.leader is not None:
                values = first_in(xp, orders[draw.leader], values)
            result[draw.path] = values[0] if draw.entries is None else xp.transpose(values, (1, 0))
        at += count
    return result


def _values(xp: Namespace, draw: Draw, words: Array) -> Array:
    """Return one value per word, (words, B), all words of a parameter at once: compilers get few nodes."""
    m = draw.map
    if isinstance(m, Flag):
        return bernoulli(xp, words, m.threshold)
    if isinstance(m, Grid):
        if m.width == 0:
            return words * 0 + (m.low << m.shift)
        if draw.quantity == "position":
            return fraction24(xp, words)
        return xp.shl(grid(xp, words, m.low, m.width), m.shift)
    if isinstance(m, Table):
        return xp.shl(quantile(xp, words, xp.constant(m.values)), m.shift)
    if isinstance(m, Categorical):
        index = categorical(xp, words, m.thresholds)
        if m.values == tuple(range(len(m.values))):
            return index
        return xp.take(xp.constant(np.array(m.values, dtype=np.int32)), index)
    if isinstance(m, Whole):
        return (integer(xp, words, m.n) + m.low // m.step) * m.step
    if isinstance(m, Listed):
        return xp.take(xp.constant(np.array(m.values, dtype=np.int32)), integer(xp, words, len(m.values)))
    if isinstance(m, Simplex):
        return _weights(xp, m, words)
    assert isinstance(m, (Members, Order))
    found: list[Array] = []
    for start in range(0, draw.words, m.n):
        order = ranks(xp, [words[start + i] for i in range(m.n)])
        found += order if isinstance(m, Order) else [xp.astype(rank < m.k, "int32") for rank in order]
    return xp.stack(found, 0)


def _weights(xp: Namespace, m: Simplex, words: Array) -> Array:
    """Return weights in 2⁻¹⁵ that sum to exactly one, (n, B): what is left is at most 2¹⁵, as is a share of it."""
    rest, found = words[0] * 0 + (1 << 15), []
    for number, table in enumerate(m.tables):
        share = quantile(xp, words[number], xp.constant(table))
        found.append(xp.shr(rest * share + (1 << 14), 15))
        rest = rest - found[-1]
    return xp.stack([*found, rest], 0)


def constants(xp: Namespace, fixed: tuple[Fixed, ...], zeros: Array) -> dict[str, Array]:
    """Return the constant parameters in the same shapes as draws; `zeros` is (B,) int32."""
    found = {}
    for entry in fixed:
        value = zeros + entry.value
        if entry.entries is not None:
            value = xp.reshape(value, (-1, 1)) + xp.constant(np.zeros((1, entry.entries), np.int32))
        found[entry.path] = value
    return found
