"""PyTorch's array functions, as `augspec.namespace.Namespace` names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from augspec_backends.generic.namespace import Branches, OperatorNamespace, grouped
from augspec_backends.torch.choosing import chosen

__all__ = ["TorchNamespace"]

Array = Any


class TorchNamespace(OperatorNamespace):
    """int32 with wrap-around: torch's uint32 lacks addition, shifts and comparisons.

    Args:
        device: where constants are made.
        traced: whether a compiler is recording: values cannot be looked at, shapes are static.
    """

    name = "torch"

    def __init__(self, device: torch.device | str = "cpu", *, traced: bool = False) -> None:
        self.device, self.traced = torch.device(device), traced

    def constant(self, value: Any, dtype: str = "int32") -> Array:
        if isinstance(value, np.ndarray):
            value = np.array(value)  # torch would share the memory of host tables, and warn that they are read-only
        return torch.as_tensor(value, dtype=_dtype(dtype), device=self.device)

    def astype(self, x: Array, dtype: str) -> Array:
        return x.to(_dtype(dtype))

    def dtype(self, x: Array) -> str:
        return str(x.dtype).removeprefix("torch.")

    def shape(self, x: Array) -> tuple[int, ...]:
        return tuple(int(side) for side in x.shape)

    def where(self, condition: Array, a: Array, b: Array) -> Array:
        # A Python number takes the other side's dtype; torch would promote it to its default one.
        if not isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
            a = torch.full((), a, dtype=b.dtype, device=b.device)
        if not isinstance(b, torch.Tensor) and isinstance(a, torch.Tensor):
            b = torch.full((), b, dtype=a.dtype, device=a.device)
        return _as_signed(lambda x, y: torch.where(condition, x, y), a, b)

    def minimum(self, a: Array, b: Array | float) -> Array:
        return torch.minimum(a, b) if isinstance(b, torch.Tensor) else torch.clamp(a, max=b)

    def maximum(self, a: Array, b: Array | float) -> Array:
        return torch.maximum(a, b) if isinstance(b, torch.Tensor) else torch.clamp(a, min=b)

    def clip(self, x: Array, low: float, high: float) -> Array:
        return torch.clamp(x, low, high)

    def abs(self, x: Array) -> Array:
        return torch.abs(x)

    def floor(self, x: Array) -> Array:
        return torch.floor(x)

    def sqrt(self, x: Array) -> Array:
        return torch.sqrt(x)

    def pow(self, x: Array, exponent: Array) -> Array:
        return torch.pow(x, exponent)

    def floordiv(self, a: Array, b: Array | int) -> Array:
        return torch.div(a, b, rounding_mode="trunc")

    def take(self, table: Array, index: Array) -> Array:
        return table[index.long()]

    def take_rows(self, tables: Array, index: Array) -> Array:
        return torch.gather(tables, 1, index.long())

    def gather_at(self, image: Array, rows: Array, columns: Array) -> Array:
        batch = torch.arange(image.shape[0], device=image.device)[:, None, None]
        return image[batch, rows, columns]

    def gather_axis(self, x: Array, index: Array, axis: int) -> Array:
        rows = torch.arange(x.shape[0], device=x.device)[:, None]
        if axis == 1:
            return x[rows, index.long()]
        columns = torch.arange(x.shape[1], device=x.device)
        return x[rows[:, :, None], columns[None, :, None], index.long()[:, None, :]]

    def select_axis(self, x: Array, index: Any, axis: int) -> Array:
        return torch.index_select(
            x, axis, torch.as_tensor(np.asarray(index).tolist(), dtype=torch.int64, device=x.device)
        )

    def reshape(self, x: Array, shape: Sequence[int]) -> Array:
        return torch.reshape(x, tuple(shape))

    def transpose(self, x: Array, axes: Sequence[int]) -> Array:
        return torch.permute(x, tuple(axes))

    def stack(self, arrays: Sequence[Array], axis: int) -> Array:
        return torch.stack(list(arrays), axis)

    def unstack(self, x: Array) -> Sequence[Array]:
        parts: Sequence[Array] = torch.unbind(x, -1)
        return parts

    def concat(self, arrays: Sequence[Array], axis: int) -> Array:
        return torch.cat(list(arrays), axis)

    def flip(self, x: Array, axis: int) -> Array:
        return _as_signed(lambda y: torch.flip(y, (axis,)), x)

    def sum(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return torch.sum(x, axis, dtype=x.dtype)

    def min(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return torch.amin(x, axis)

    def max(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return torch.amax(x, axis)

    def cumulative_sum(self, x: Array, axis: int) -> Array:
        return torch.cumsum(x, axis, dtype=x.dtype)

    def histogram(self, index: Array, bins: int) -> Array:
        counts = torch.zeros((index.shape[0], bins), dtype=torch.int32, device=index.device)
        return counts.scatter_add(1, index.long(), torch.ones_like(index, dtype=torch.int32))

    def argsort(self, x: Array) -> Array:
        return torch.argsort(x, stable=True).to(torch.int32)

    def arange(self, n: int) -> Array:
        return torch.arange(n, dtype=torch.int32, device=self.device)

    def threefry(self, k0: Array, k1: Array, x0: Array, x1: Array) -> tuple[Array, Array] | None:
        """While tracing, hash in one node of the graph: unrolled, Inductor takes half a minute to compile it."""
        if not self.traced:
            return None
        first, second = torch.ops.augspec.hash_words(k0, k1, x0, x1)
        return first, second

    def choose(
        self, branch: Array, branches: Branches, state: Mapping[str, Array], params: Mapping[str, Array]
    ) -> Mapping[str, Array]:
        """Group the batch by branch; inside a graph, in one node of it that does so."""
        if self.traced:
            return chosen(TorchNamespace(self.device), branch, branches, state, params)
        return grouped(self, branch.cpu().numpy(), branches, state, params)


_SIGNED = {torch.uint16: torch.int16, torch.uint32: torch.int32, torch.uint64: torch.int64}


def _as_signed(move: Callable[..., Array], *arrays: Array) -> Array:
    """Move values without looking at them: torch moves wide unsigned ones only on some roads, their bits on all."""
    dtype = arrays[0].dtype
    signed = _SIGNED.get(dtype)
    return move(*arrays) if signed is None else move(*(x.view(signed) for x in arrays)).view(dtype)


def _dtype(name: str) -> torch.dtype:
    found: torch.dtype = getattr(torch, name)
    return found
