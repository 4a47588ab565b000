"""TensorFlow's array functions, as `augspec.namespace.Namespace` names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial, reduce
from typing import Any

import numpy as np
import tensorflow as tf

from augspec.random.threefry import threefry
from augspec_backends.generic.namespace import Branches, OperatorNamespace, grouped

__all__ = ["TensorFlowNamespace"]

Array = Any

_VECTOR = 64
"""A multiple of how many elements any processor's vectors hold."""


class TensorFlowNamespace(OperatorNamespace):
    """int32 wraps around, eager, in graphs and under XLA.

    Args:
        xla: whether the code is being compiled by XLA, which recomputes what it is not kept from recomputing.
    """

    name = "tensorflow"

    def __init__(self, *, xla: bool = False) -> None:
        self.xla = xla

    def constant(self, value: Any, dtype: str = "int32") -> Array:
        return tf.constant(np.asarray(value).astype(_numpy(dtype)))

    def astype(self, x: Array, dtype: str) -> Array:
        return tf.cast(x, dtype)

    def dtype(self, x: Array) -> str:
        return str(x.dtype.name)

    def where(self, condition: Array, a: Array, b: Array) -> Array:
        if not tf.is_tensor(a):
            a = tf.constant(a, b.dtype if tf.is_tensor(b) else None)
        if not tf.is_tensor(b):
            b = tf.constant(b, a.dtype)
        return tf.where(condition, a, b)

    def minimum(self, a: Array, b: Array | float) -> Array:
        return self._keeping(tf.minimum(a, b), b)

    def maximum(self, a: Array, b: Array | float) -> Array:
        return self._keeping(tf.maximum(a, b), b)

    def _keeping(self, found: Array, b: Array | float) -> Array:
        """Return a minimum or maximum in which a NaN of the second array is kept, as XLA keeps those of the first."""
        if not (self.xla and found.dtype.is_floating and tf.is_tensor(b)):
            return found
        return tf.where(tf.math.is_nan(b), b, found)

    def clip(self, x: Array, low: float, high: float) -> Array:
        # tf.clip_by_value drops NaN under XLA on some devices; minimum and maximum keep one of their first array.
        return tf.maximum(tf.minimum(x, tf.constant(high, x.dtype)), tf.constant(low, x.dtype))

    def abs(self, x: Array) -> Array:
        return tf.abs(x)

    def floor(self, x: Array) -> Array:
        return tf.floor(x)

    def sqrt(self, x: Array) -> Array:
        return tf.sqrt(x)

    def pow(self, x: Array, exponent: Array) -> Array:
        # The kernel computes the last few elements one by one, which differs from its vectors in the last bit: filled
        # up to whole vectors, a pixel's power does not depend on its place.
        shape = tf.shape(x)
        flat, exponents = (tf.reshape(part, [-1]) for part in (x, tf.broadcast_to(exponent, shape)))
        end = [[0, tf.math.floormod(-tf.size(x), _VECTOR)]]
        full = tf.pow(tf.pad(flat, end, constant_values=1), tf.pad(exponents, end))
        return tf.ensure_shape(tf.reshape(full[: tf.size(x)], shape), x.shape)

    def shl(self, x: Array, bits: int) -> Array:
        return tf.bitwise.left_shift(x, tf.constant(bits, x.dtype))

    def shr(self, x: Array, bits: Array | int) -> Array:
        return tf.bitwise.right_shift(x, bits if tf.is_tensor(bits) else tf.constant(bits, x.dtype))

    def bitand(self, x: Array, mask: Array | int) -> Array:
        return tf.bitwise.bitwise_and(x, mask if tf.is_tensor(mask) else tf.constant(mask, x.dtype))

    def bitor(self, x: Array, y: Array) -> Array:
        return tf.bitwise.bitwise_or(x, y)

    def bitxor(self, x: Array, y: Array | int) -> Array:
        return tf.bitwise.bitwise_xor(x, y if tf.is_tensor(y) else tf.constant(y, x.dtype))

    def floordiv(self, a: Array, b: Array | int) -> Array:
        return tf.truncatediv(a, b if tf.is_tensor(b) else tf.constant(b, a.dtype))

    def logical_not(self, x: Array) -> Array:
        return tf.logical_not(x)

    def logical_and(self, x: Array, y: Array) -> Array:
        return tf.logical_and(x, y)

    def logical_or(self, x: Array, y: Array) -> Array:
        return tf.logical_or(x, y)

    def take(self, table: Array, index: Array) -> Array:
        return tf.gather(table, index)

    def take_rows(self, tables: Array, index: Array) -> Array:
        return tf.gather(tables, index, axis=1, batch_dims=1)

    def gather_at(self, image: Array, rows: Array, columns: Array) -> Array:
        _, height, width, channels = image.shape
        _, high, wide = rows.shape
        flat = tf.reshape(image, (-1, height * width, channels))
        found = tf.gather(flat, tf.reshape(rows * width + columns, (-1, high * wide)), axis=1, batch_dims=1)
        return tf.reshape(found, (-1, high, wide, channels))

    def gather_axis(self, x: Array, index: Array, axis: int) -> Array:
        return tf.gather(x, index, axis=axis, batch_dims=1)

    def select_axis(self, x: Array, index: Any, axis: int) -> Array:
        return tf.gather(x, np.asarray(index).astype(np.int32), axis=axis)

    def reshape(self, x: Array, shape: Sequence[int]) -> Array:
        return tf.reshape(x, tuple(shape))

    def transpose(self, x: Array, axes: Sequence[int]) -> Array:
        return tf.transpose(x, tuple(axes))

    def stack(self, arrays: Sequence[Array], axis: int) -> Array:
        return tf.stack(list(arrays), axis)

    def unstack(self, x: Array) -> Sequence[Array]:
        parts: Sequence[Array] = tf.unstack(x, axis=-1)
        return parts

    def concat(self, arrays: Sequence[Array], axis: int) -> Array:
        return tf.concat(list(arrays), axis)

    def flip(self, x: Array, axis: int) -> Array:
        return tf.reverse(x, [axis])

    def sum(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return tf.reduce_sum(x, axis)

    def min(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return self._with_nan(tf.reduce_min(x, axis), x, axis)

    def max(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        return self._with_nan(tf.reduce_max(x, axis), x, axis)

    def _with_nan(self, found: Array, x: Array, axis: int | tuple[int, ...]) -> Array:
        """Return a minimum or maximum along axes that is NaN where there was one: XLA on CPU forgets it."""
        if not (self.xla and x.dtype.is_floating):
            return found
        lost = tf.reduce_any(tf.math.is_nan(x), axis)
        return tf.where(lost, tf.constant(float("nan"), x.dtype), found)

    def cumulative_sum(self, x: Array, axis: int) -> Array:
        return tf.cumsum(x, axis)

    def histogram(self, index: Array, bins: int) -> Array:
        rows = tf.shape(index)[0]
        flat = tf.reshape(index + tf.range(rows)[:, None] * bins, [-1])
        counts = tf.math.unsorted_segment_sum(tf.ones_like(flat), flat, rows * bins)
        return tf.ensure_shape(tf.reshape(counts, (rows, bins)), (index.shape[0], bins))

    def argsort(self, x: Array) -> Array:
        return tf.argsort(x, stable=True)

    def arange(self, n: int) -> Array:
        return tf.range(n, dtype=tf.int32)

    def recomputes(self, x: Array) -> bool:
        return self.xla and not tf.executing_eagerly()

    def materialise(self, f: Callable[[], Array], guard: Array, shape: tuple[int, ...], dtype: str) -> Array:
        """Under XLA, a conditional that is always true but not provably so: everything is computed once."""
        if not self.xla or tf.executing_eagerly() or guard.shape[0] == 0:
            return f()
        some = tf.reshape(guard, [-1])[0]
        result = tf.cond(
            tf.bitwise.bitwise_and(some, tf.constant(1, some.dtype)) != tf.constant(2, some.dtype),
            f,
            lambda: tf.zeros((tf.shape(guard)[0], *shape), dtype),
        )
        result.set_shape((guard.shape[0], *shape))
        return result

    def threefry(self, k0: Array, k1: Array, x0: Array, x1: Array) -> tuple[Array, Array] | None:
        """In graphs, hash by calling one function that is traced once: unrolled, each hash adds 200 nodes."""
        if tf.executing_eagerly():
            return None
        first, second = _hash()(k0, k1, x0, x1)
        shape = reduce(tf.broadcast_static_shape, (x.shape for x in (k0, k1, x0, x1)))
        return tf.ensure_shape(first, shape), tf.ensure_shape(second, shape)

    def choose(
        self, branch: Array, branches: Branches, state: Mapping[str, Array], params: Mapping[str, Array]
    ) -> Mapping[str, Array]:
        """Eager: group the batch by branch. In graphs: a sequential map over samples with a real `switch_case`."""
        if tf.executing_eagerly():
            return grouped(self, branch.numpy(), branches, state, params)
        if branch.shape[0] == 0:
            return branches[0](state, params)  # nobody chooses; the shapes are still those of a branch

        def one(row: tuple[Array, dict[str, Array], dict[str, Array]]) -> dict[str, Array]:
            number, mine, given = row
            mine = {name: array[None] for name, array in mine.items()}
            given = {name: array[None] for name, array in given.items()}
            runs = [lambda run=run: _first(run(mine, given)) for run in branches]
            chosen: dict[str, Array] = tf.switch_case(number, runs, default=lambda: _first(mine))
            return chosen

        signature = {name: array.dtype for name, array in state.items()}
        result: dict[str, Array] = tf.map_fn(one, (branch, dict(state), dict(params)), fn_output_signature=signature)
        return result

    def fold(
        self,
        run: Callable[[Any, Mapping[str, Array]], Mapping[str, Array]],
        start: Mapping[str, Array],
        params: Mapping[str, Array],
    ) -> Mapping[str, Array]:
        """In graphs, one loop, whose body is traced and compiled once."""
        turns = int(next(iter(params.values())).shape[0])

        def body(turn: Any, state: Any) -> Any:
            new = run(state, {name: array[turn] for name, array in params.items()})
            return turn + 1, {name: tf.ensure_shape(new[name], array.shape) for name, array in state.items()}

        if tf.executing_eagerly():
            state = dict(start)
            for turn in range(turns):
                _, state = body(turn, state)
            return state
        first = tf.constant(0), dict(start)
        found: Mapping[str, Array] = tf.while_loop(lambda turn, _: turn < turns, body, first, maximum_iterations=turns)[
            1
        ]
        return found


class _Unrolled(TensorFlowNamespace):
    """The inside of a hash."""

    def threefry(self, k0: Array, k1: Array, x0: Array, x1: Array) -> None:
        return None


@cache
def _hash() -> Callable[..., tuple[Array, Array]]:
    words = tf.TensorSpec(None, tf.int32)
    function: Callable[..., tuple[Array, Array]] = tf.function(
        partial(threefry, _Unrolled()), input_signature=[words] * 4, autograph=False
    )
    return function


def _first(state: Mapping[str, Array]) -> dict[str, Array]:
    return {name: array[0] for name, array in state.items()}


def _numpy(dtype: str) -> Any:
    return tf.as_dtype(dtype).as_numpy_dtype
