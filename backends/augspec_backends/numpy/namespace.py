"""NumPy's array functions, as `augspec.namespace.Namespace` names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from augspec_backends.generic.namespace import Branches, OperatorNamespace, grouped

__all__ = ["NumpyNamespace", "dtype_of"]

Array = Any


class NumpyNamespace(OperatorNamespace):
    """int32 wraps around; nothing here warns on overflow because all operands are arrays."""

    name = "numpy"

    def constant(self, value: Any, dtype: str = "int32") -> Array:
        return np.asarray(value, dtype=dtype)

    def astype(self, x: Array, dtype: str) -> Array:
        # In C order: NumPy adds floats in an order that follows the memory layout.
        return np.asarray(x).astype(dtype_of(dtype), order="C")

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

    def sqrt(self, x: Array) -> Array:
        return np.sqrt(x)

    def pow(self, x: Array, exponent: Array) -> Array:
        return np.power(x, exponent)

    def floordiv(self, a: Array, b: Array | int) -> Array:
        return a // b

    def take(self, table: Array, index: Array) -> Array:
        return table[index]

    def take_rows(self, tables: Array, index: Array) -> Array:
        return np.take_along_axis(tables, index, 1)

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

    def stack(self, arrays: Sequence[Array], axis: int) -> Array:
        return np.stack(arrays, axis)

    def concat(self, arrays: Sequence[Array], axis: int) -> Array:
        return np.concatenate(arrays, axis)

    def flip(self, x: Array, axis: int) -> Array:
        return np.flip(x, axis)

    def sum(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return np.sum(x, axis=axis, dtype=x.dtype)

    def min(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return np.min(x, axis=axis)

    def max(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return np.max(x, axis=axis)

    def cumulative_sum(self, x: Array, axis: int) -> Array:
        return np.cumsum(x, axis=axis, dtype=x.dtype)

    def histogram(self, index: Array, bins: int) -> Array:
        rows = index.shape[0]
        flat = index + np.arange(rows, dtype=np.int64)[:, None] * bins
        return np.bincount(flat.ravel(), minlength=rows * bins).reshape(rows, bins).astype(np.int32)

    def argsort(self, x: Array) -> Array:
        return np.argsort(x, kind="stable").astype(np.int32)

    def arange(self, n: int) -> Array:
        return np.arange(n, dtype=np.int32)

    def choose(
        self, branch: Array, branches: Branches, state: Mapping[str, Array], params: Mapping[str, Array]
    ) -> Mapping[str, Array]:
        return grouped(self, branch, branches, state, params)


def dtype_of(name: str) -> Any:
    """Return what NumPy takes for a dtype of this name."""
    if name == "bfloat16":
        import ml_dtypes

        return ml_dtypes.bfloat16
    return name
