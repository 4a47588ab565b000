"""What array namespaces have in common: Python's operators on int32 and booleans, and choosing by grouping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from augspec.namespace import Array, Namespace

__all__ = ["Branches", "OperatorNamespace", "grouped", "level_table"]

Branches = Sequence[Callable[..., Mapping[str, Array]]]
"""Functions of (state, params), both dicts of arrays with the batch axis first, that return the new state."""


class OperatorNamespace:
    """Functions that are the same for every framework whose arrays know Python's operators; base of namespaces."""

    def dtype(self, x: Array) -> str:
        return str(x.dtype)

    def shape(self, x: Array) -> tuple[int, ...]:
        return tuple(x.shape)

    def shl(self, x: Array, bits: int) -> Array:
        return x << bits

    def shr(self, x: Array, bits: Array | int) -> Array:
        return x >> bits

    def bitand(self, x: Array, mask: Array | int) -> Array:
        return x & mask

    def bitor(self, x: Array, y: Array) -> Array:
        return x | y

    def bitxor(self, x: Array, y: Array | int) -> Array:
        return x ^ y

    def logical_not(self, x: Array) -> Array:
        return ~x

    def logical_and(self, x: Array, y: Array) -> Array:
        return x & y

    def logical_or(self, x: Array, y: Array) -> Array:
        return x | y

    def unstack(self, x: Array) -> Sequence[Array]:
        return [x[..., i] for i in range(x.shape[-1])]

    def standardised(self, levels: Array, mean: np.ndarray, std: np.ndarray) -> Array:
        xp, table, channels = cast("Namespace", self), level_table(mean, std), len(mean)
        return xp.take(xp.constant(table.reshape(-1), "float32"), levels * channels + xp.arange(channels))

    def noted(self, x: Array, what: str, *arrays: Array) -> Array:
        return x

    def recomputes(self, x: Array) -> bool:
        return False

    def materialise(self, f: Callable[[], Array], guard: Array, shape: tuple[int, ...], dtype: str) -> Array:
        return f()


def level_table(mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """Return (level / 255 − mean) / std of 256 levels and each channel, (256, C) float32, rounded once from float64."""
    found: np.ndarray = ((np.arange(256)[:, None] / 255 - mean) / std).astype(np.float32)
    return found


def grouped(
    xp: Namespace, branch: np.ndarray, branches: Branches, state: Mapping[str, Array], params: Mapping[str, Array]
) -> dict[str, Array]:
    """Run every branch once, on the rows that chose it: gather, compute, put back in order.

    Args:
        xp: the namespace, outside any trace.
        branch: (B,) on the host; a row whose number is `len(branches)` keeps its state.
        branches: what there is to choose from.
        state: arrays (B, …).
        params: arrays (B, …).

    Returns:
        the new state, rows in their old order.
    """

    def rows_of(arrays: Mapping[str, Array], rows: np.ndarray) -> dict[str, Array]:
        return {name: xp.select_axis(array, rows, 0) for name, array in arrays.items()}

    if len(branch) == 0:
        return dict(branches[0](state, params))  # nobody chooses; the shapes are still those of a branch
    order: list[np.ndarray] = []
    parts: list[dict[str, Any]] = []
    for number in np.unique(branch):
        rows = np.flatnonzero(branch == number)
        mine = rows_of(state, rows)
        if number < len(branches):
            mine.update(branches[number](mine, rows_of(params, rows)))
        order.append(rows)
        parts.append(mine)
    back = np.argsort(np.concatenate(order))
    return {name: xp.select_axis(xp.concat([part[name] for part in parts], 0), back, 0) for name in state}
