"""JAX's array functions, as `augspec.namespace.Namespace` names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from augspec_backends.generic.namespace import Branches, OperatorNamespace, grouped

__all__ = ["JaxNamespace", "is_traced"]

Array = Any


def _always(guard: Array) -> Array:
    """Return a condition that always holds, though XLA cannot know it."""
    return (guard.reshape(-1)[0] & 1) != 2


def is_traced(x: Any) -> bool:
    """Return whether a value exists only inside a trace."""
    return isinstance(x, jax.core.Tracer)


class JaxNamespace(OperatorNamespace):
    """int32 wraps around; nothing needs 64-bit types."""

    name = "jax"

    def constant(self, value: Any, dtype: str = "int32") -> Array:
        return jnp.asarray(np.asarray(value), dtype=dtype)

    def astype(self, x: Array, dtype: str) -> Array:
        return x.astype(jax.dtypes.canonicalize_dtype(dtype))  # without x64 there is no int64, no float64

    def where(self, condition: Array, a: Array, b: Array) -> Array:
        return jnp.where(condition, a, b)

    def minimum(self, a: Array, b: Array | float) -> Array:
        return jnp.minimum(a, b)

    def maximum(self, a: Array, b: Array | float) -> Array:
        return jnp.maximum(a, b)

    def clip(self, x: Array, low: float, high: float) -> Array:
        return jnp.clip(x, low, high)

    def abs(self, x: Array) -> Array:
        return jnp.abs(x)

    def floor(self, x: Array) -> Array:
        return jnp.floor(x)

    def sqrt(self, x: Array) -> Array:
        return jnp.sqrt(x)

    def pow(self, x: Array, exponent: Array) -> Array:
        return jnp.power(x, exponent)

    def floordiv(self, a: Array, b: Array | int) -> Array:
        # Both are non-negative, so truncation is the floor; jnp's own floor adds sign corrections.
        a, b = jnp.broadcast_arrays(a, jnp.asarray(b, a.dtype))
        return lax.div(a, b)

    def take(self, table: Array, index: Array) -> Array:
        return table.at[index].get(mode="promise_in_bounds")

    def take_rows(self, tables: Array, index: Array) -> Array:
        return jnp.take_along_axis(tables, index, 1, mode="promise_in_bounds")

    def gather_at(self, image: Array, rows: Array, columns: Array) -> Array:
        batch = jnp.arange(image.shape[0], dtype=jnp.int32)[:, None, None]
        return image.at[batch, rows, columns].get(mode="promise_in_bounds")

    def gather_axis(self, x: Array, index: Array, axis: int) -> Array:
        rows = jnp.arange(x.shape[0], dtype=jnp.int32)[:, None]
        if axis == 1:
            return x.at[rows, index].get(mode="promise_in_bounds")
        columns = jnp.arange(x.shape[1], dtype=jnp.int32)
        return x.at[rows[:, :, None], columns[None, :, None], index[:, None, :]].get(mode="promise_in_bounds")

    def select_axis(self, x: Array, index: Any, axis: int) -> Array:
        return jnp.take(x, np.asarray(index), axis=axis, mode="clip")

    def reshape(self, x: Array, shape: Sequence[int]) -> Array:
        return jnp.reshape(x, shape)

    def transpose(self, x: Array, axes: Sequence[int]) -> Array:
        return jnp.transpose(x, axes)

    def stack(self, arrays: Sequence[Array], axis: int) -> Array:
        return jnp.stack(arrays, axis)

    def unstack(self, x: Array) -> Sequence[Array]:
        return jnp.unstack(x, axis=-1)

    def concat(self, arrays: Sequence[Array], axis: int) -> Array:
        return jnp.concatenate(arrays, axis)

    def flip(self, x: Array, axis: int) -> Array:
        return jnp.flip(x, axis)

    def sum(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return jnp.sum(x, axis=axis, dtype=x.dtype)

    def min(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return jnp.min(x, axis=axis)

    def max(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return jnp.max(x, axis=axis)

    def cumulative_sum(self, x: Array, axis: int) -> Array:
        return jnp.cumsum(x, axis=axis, dtype=x.dtype)

    def histogram(self, index: Array, bins: int) -> Array:
        rows = jnp.arange(index.shape[0], dtype=jnp.int32)[:, None]
        counts = jnp.zeros((index.shape[0], bins), jnp.int32)
        return counts.at[rows, index].add(1, mode="promise_in_bounds")

    def argsort(self, x: Array) -> Array:
        return jnp.argsort(x, stable=True).astype(jnp.int32)

    def arange(self, n: int) -> Array:
        return jnp.arange(n, dtype=jnp.int32)

    def recomputes(self, x: Array) -> bool:
        return is_traced(x)

    def materialise(self, f: Callable[[], Array], guard: Array, shape: tuple[int, ...], dtype: str) -> Array:
        """A conditional that is always true, but not provably so: XLA on the CPU expands its own barrier away."""
        if not is_traced(guard) or guard.shape[0] == 0:
            return f()
        return lax.cond(_always(guard), f, lambda: jnp.zeros((guard.shape[0], *shape), dtype))

    def choose(
        self, branch: Array, branches: Branches, state: Mapping[str, Array], params: Mapping[str, Array]
    ) -> Mapping[str, Array]:
        """Compiled: a sequential map over samples with a real `switch`, which costs the average of the members."""
        if not any(is_traced(x) for x in (branch, *state.values(), *params.values())):
            return grouped(self, np.asarray(branch), branches, state, params)
        if branch.shape[0] == 0:
            return branches[0](state, params)  # nobody chooses; the shapes are still those of a branch

        def one(row: tuple[Array, dict[str, Array], dict[str, Array]]) -> dict[str, Array]:
            number, mine, given = row
            mine = {name: array[None] for name, array in mine.items()}
            given = {name: array[None] for name, array in given.items()}
            runs: list[Any] = [lambda s, p, run=run: dict(run(s, p)) for run in branches]
            shapes = jax.eval_shape(runs[0], mine, given)
            if all(shapes[name].shape == mine[name].shape for name in mine):
                runs.append(lambda s, _: dict(s))
            out: dict[str, Array] = lax.switch(jnp.minimum(number, len(runs) - 1), runs, mine, given)
            return {name: array[0] for name, array in out.items()}

        result: dict[str, Array] = lax.map(one, (branch, dict(state), dict(params)))
        return result

    def fold(
        self,
        run: Callable[[Any, Mapping[str, Array]], Mapping[str, Array]],
        start: Mapping[str, Array],
        params: Mapping[str, Array],
    ) -> Mapping[str, Array]:
        """Compiled: one loop, whose body is compiled once."""
        if any(is_traced(x) for x in (*start.values(), *params.values())):
            return dict(lax.scan(lambda state, given: (dict(run(state, given)), None), dict(start), dict(params))[0])
        state = start
        for turn in range(next(iter(params.values())).shape[0]):
            state = run(state, {name: array[turn] for name, array in params.items()})
        return state
