"""NumPy's array functions, as `augspec.namespace.Namespace` names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["NumpyNamespace"]

Array = Any


class NumpyNamespace:
    """int32 wraps around; nothing here warns on overflow because all operands are arrays."""

    name = "numpy"

    def constant(self, value: Any, dtype: str = "int32") -> Array:
        return np.asarray(value, dtype=dtype)

    def astype(self, x: Array, dtype: str) -> Array:
        # In C order: NumPy adds floats in an order that follows the memory layout.
        return np.asarray(x).astype(_dtype(dtype), order="C")

    def dtype(self, x: Array) -> str:
        return str(x.dtype)

    def shape(self, x: Array) -> tuple[int, ...]:
        return tuple(np.shape(x))

    def where(self, condition: Array, a: Array, b: Array) -> Array:
        return np.where(condition, a, b)

    def minimum(self, a: Array, b: Array | float) -> Array:
        return np.minimum(a, b)

    def maximum(self, a: Array, b: Array | float) -> Array:
        return np.maximum(a, b)

    def clip(self, x: Array, low: float, high: float) -> Array:
        return np.clip(x, low, high)

    def abs(self, x: Array) -> Array:
        return np.abs(x)

    def floor(self, x: Array) -> Array:
        return np.floor(x)

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

    def floordiv(self, a: Array, b: Array | int) -> Array:
        return a // b

    def logical_not(self, x: Array) -> Array:
        return ~x

    def logical_and(self, x: Array, y: Array) -> Array:
        return x & y

    def logical_or(self, x: Array, y: Array) -> Array:
        return x | y

    def isnan(self, x: Array) -> Array:
        return np.isnan(x)

    def take(self, table: Array, index: Array) -> Array:
        return table[index]

    def gather_at(self, image: Array, rows: Array, columns: Array) -> Array:
        return image[np.arange(image.shape[0])[:, None, None], rows, columns]

    def gather_axis(self, x: Array, index: Array, axis: int) -> Array:
        rows = np.arange(x.shape[0])[:, None]
        if axis == 1:
            return x[rows, index]
        return x.transpose(0, 2, 1, 3)[rows, index].transpose(0, 2, 1, 3)

    def select_axis(self, x: Array, index: Any, axis: int) -> Array:
        return np.take(x, index, axis=axis)

    def reshape(self, x: Array, shape: Sequence[int]) -> Array:
        return np.reshape(x, shape)

    def transpose(self, x: Array, axes: Sequence[int]) -> Array:
        return np.transpose(x, axes)

    def broadcast_to(self, x: Array, shape: Sequence[int]) -> Array:
        return np.broadcast_to(x, shape)

    def stack(self, arrays: Sequence[Array], axis: int) -> Array:
        return np.stack(arrays, axis)

    def concat(self, arrays: Sequence[Array], axis: int) -> Array:
        return np.concatenate(arrays, axis)

    def flip(self, x: Array, axis: int) -> Array:
        return np.flip(x, axis)

    def sum(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return np.sum(x, axis=axis, dtype=x.dtype)

    def min(self, x: Array, axis: int) -> Array:
        return np.min(x, axis=axis)

    def max(self, x: Array, axis: int) -> Array:
        return np.max(x, axis=axis)

    def arange(self, n: int) -> Array:
        return np.arange(n, dtype=np.int32)

    def recomputes(self, x: Array) -> bool:
        return False

    def materialise(self, f: Callable[[], Array], guard: Array, shape: tuple[int, ...], dtype: str) -> Array:
        return f()

    def choose(
        self,
        branch: Array,
        branches: Sequence[Callable[..., Mapping[str, Array]]],
        state: Mapping[str, Array],
        params: Mapping[str, Array],
    ) -> Mapping[str, Array]:
        """Group the batch by branch: index, compute, scatter back."""
        result: dict[str, Array] = {}
        for number, run in enumerate(branches):
            rows = np.flatnonzero(branch == number)
            if len(rows) == 0:
                continue
            new = run({k: v[rows] for k, v in state.items()}, {k: v[rows] for k, v in params.items()})
            for name, array in new.items():
                if name not in result:
                    result[name] = _room(state[name], array)
                result[name][rows] = array
        return {name: result.get(name, array) for name, array in state.items()}


def _room(old: Array, new: Array) -> Array:
    """Return an array for the results of all samples: those who chose nothing keep what they had."""
    if old.shape[1:] == new.shape[1:] and old.dtype == new.dtype:
        return old.copy()
    return np.zeros((old.shape[0], *new.shape[1:]), new.dtype)


def _dtype(name: str) -> Any:
    if name == "bfloat16":
        import ml_dtypes

        return ml_dtypes.bfloat16
    return name
