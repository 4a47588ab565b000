"""An augspec backend of a stranger's making: any array library that keeps to the Python array API standard.

It runs here on array-api-strict, which refuses everything that the standard does not promise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import array_api_strict as lib
import numpy as np

from augspec_backends.generic.backend import GenericBackend
from augspec_backends.generic.namespace import Branches, OperatorNamespace, grouped
from augspec_backends.generic.options import Capabilities

__all__ = ["Backend", "StrictNamespace"]

Array = Any


class StrictNamespace(OperatorNamespace):
    """The functions that augspec's kernels call, in the standard's words."""

    name = "strict"

    def constant(self, value: Any, dtype: str = "int32") -> Array:
        return lib.asarray(np.array(value, dtype))

    def astype(self, x: Array, dtype: str) -> Array:
        return lib.astype(x, getattr(lib, dtype))

    def dtype(self, x: Array) -> str:
        return str(x.dtype).rpartition(".")[2]

    def where(self, condition: Array, a: Array, b: Array) -> Array:
        return lib.where(condition, a, b)

    def minimum(self, a: Array, b: Array | float) -> Array:
        return lib.minimum(a, b)

    def maximum(self, a: Array, b: Array | float) -> Array:
        return lib.maximum(a, b)

    def clip(self, x: Array, low: float, high: float) -> Array:
        return lib.clip(x, low, high)

    def abs(self, x: Array) -> Array:
        return lib.abs(x)

    def floor(self, x: Array) -> Array:
        return lib.floor(x)

    def sqrt(self, x: Array) -> Array:
        return lib.sqrt(x)

    def pow(self, x: Array, exponent: Array) -> Array:
        return lib.pow(x, exponent)

    def floordiv(self, a: Array, b: Array | int) -> Array:
        return a // b

    def take(self, table: Array, index: Array) -> Array:
        return lib.reshape(lib.take(table, lib.reshape(index, (-1,)), axis=0), index.shape)

    def take_rows(self, tables: Array, index: Array) -> Array:
        return lib.take_along_axis(tables, lib.astype(index, lib.int64), axis=1)

    def gather_at(self, image: Array, rows: Array, columns: Array) -> Array:
        batch, height, width, channels = image.shape
        number = lib.reshape(lib.arange(batch, dtype=lib.int32), (batch, 1, 1))
        flat = lib.reshape(image, (batch * height * width, channels))
        index = (number * height + rows) * width + columns
        return lib.reshape(lib.take(flat, lib.reshape(index, (-1,)), axis=0), (*index.shape, channels))

    def gather_axis(self, x: Array, index: Array, axis: int) -> Array:
        samples = [lib.take(x[i, ...], index[i, :], axis=axis - 1) for i in range(x.shape[0])]
        return lib.stack(samples) if samples else lib.take(x, lib.arange(index.shape[1]) * 0, axis=axis)

    def select_axis(self, x: Array, index: Any, axis: int) -> Array:
        return lib.take(x, lib.asarray(np.asarray(index, np.int64)), axis=axis)

    def reshape(self, x: Array, shape: Sequence[int]) -> Array:
        return lib.reshape(x, tuple(shape))

    def transpose(self, x: Array, axes: Sequence[int]) -> Array:
        return lib.permute_dims(x, tuple(axes))

    def stack(self, arrays: Sequence[Array], axis: int) -> Array:
        return lib.stack(list(arrays), axis=axis)

    def concat(self, arrays: Sequence[Array], axis: int) -> Array:
        return lib.concat(list(arrays), axis=axis)

    def flip(self, x: Array, axis: int) -> Array:
        return lib.flip(x, axis=axis)

    def sum(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return lib.sum(x, axis=axis, dtype=x.dtype)

    def min(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return lib.min(x, axis=axis)

    def max(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return lib.max(x, axis=axis)

    def cumulative_sum(self, x: Array, axis: int) -> Array:
        return lib.cumulative_sum(x, axis=axis, dtype=x.dtype)

    def histogram(self, index: Array, bins: int) -> Array:
        return lib.stack([lib.sum(lib.astype(index == i, lib.int32), axis=1) for i in range(bins)], axis=1)

    def argsort(self, x: Array) -> Array:
        return lib.astype(lib.argsort(x, stable=True), lib.int32)

    def arange(self, n: int) -> Array:
        return lib.arange(n, dtype=lib.int32)

    def choose(
        self, branch: Array, branches: Branches, state: Mapping[str, Array], params: Mapping[str, Array]
    ) -> Mapping[str, Array]:
        return grouped(self, np.asarray(branch), branches, state, params)


class Backend(GenericBackend):
    """array-api-strict arrays on the host."""

    name = "strict"
    capabilities = Capabilities(
        dtypes=("uint8", "uint16", "float32", "float64"),
        layouts=("NHWC", "NCHW"),
        modes=("eager",),
        default_layout="NHWC",
        auto="eager",
        differentiable=False,
        devices=("cpu",),
    )

    def namespace(self, arrays: Mapping[str, Array]) -> StrictNamespace:
        return StrictNamespace()

    def owns(self, x: Any) -> bool:
        return isinstance(x, type(lib.zeros(0)))

    def shape(self, x: Array) -> tuple[int, ...]:
        return tuple(x.shape)

    def dtype(self, x: Array) -> str:
        return StrictNamespace().dtype(x)

    def to_native(self, xp: StrictNamespace, params: Mapping[str, np.ndarray]) -> dict[str, Array]:
        return {name: lib.asarray(np.array(array)) for name, array in params.items()}

    def fresh(self, out: Array, inputs: Mapping[str, Array]) -> Array:
        return lib.asarray(np.array(np.asarray(out), order="C"))  # a flip is only a view with negative strides
