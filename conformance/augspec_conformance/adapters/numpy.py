"""NumPy arrays, and the host's memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import numpy.typing as npt

from augspec_conformance.adapters import Gradient, Place, host_fingerprint, is_dense, seed_host

FRAMEWORK = "numpy"
Array = npt.NDArray[Any]


def cost(mode: str) -> str:
    """Nothing is compiled in "eager"; other modes are somebody's compiler."""
    return "eager" if mode == "eager" else "graph"


def to_native(array: Array, dtype: str) -> Any:
    """Return a copy; bfloat16 needs the package `ml_dtypes`."""
    return np.array(array, dtype=bfloat16() if dtype == "bfloat16" else dtype)


def bfloat16() -> Any:
    """Return the dtype bfloat16.

    Raises:
        ImportError: `ml_dtypes` is missing.
    """
    from ml_dtypes import bfloat16 as dtype

    return np.dtype(dtype)


def to_numpy(x: Any) -> Array:
    """Return a copy; bfloat16 as float32."""
    array = np.asarray(x)
    return np.array(array, dtype=np.float32 if str(array.dtype) == "bfloat16" else array.dtype)


def dtype_name(x: Any) -> str:
    """Return the dtype's name."""
    return str(x.dtype)


def share(array: Array) -> Any:
    """Return the array itself."""
    return array


def readonly(array: Array) -> Any:
    """Return a view of bytes, which nobody can write to."""
    return np.frombuffer(array.tobytes(), array.dtype).reshape(array.shape)


def constant_axes(array: Array) -> tuple[int, ...]:
    """Return the axes of more than one entry along which all values are the same."""
    long = [axis for axis in range(array.ndim) if array.shape[axis] > 1 and array.size]
    return tuple(axis for axis in long if bool((array == array.take([0], axis)).all()))


class Subclass(np.ndarray[Any, Any]):
    """An array type of somebody's own."""


def layouts(array: Array) -> Mapping[str, Any]:
    """Return Fortran order, negative and wide strides, an unaligned buffer, a subclass and a memory with an offset.

    Where the values are the same along an axis, one more array repeats them with a stride of zero.
    """
    reverse = tuple(slice(None, None, -1) for _ in array.shape)
    wide = np.zeros(tuple(2 * n for n in array.shape), array.dtype)
    even = tuple(slice(None, None, 2) for _ in array.shape)
    wide[even] = array
    loose = np.zeros(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    loose[...] = array
    longer = np.zeros(array.size + 5, array.dtype)
    longer[5:] = array.reshape(-1)
    once = tuple(slice(0, 1) if axis in constant_axes(array) else slice(None) for axis in range(array.ndim))
    repeated = {"zero strides": np.broadcast_to(array[once].copy(), array.shape)} if constant_axes(array) else {}
    return {
        **repeated,
        "fortran": np.asfortranarray(array),
        "negative strides": np.ascontiguousarray(array[reverse])[reverse],
        "wide strides": wide[even],
        "unaligned": loose,
        "subclass": array.copy().view(Subclass),
        "offset": longer[5:].reshape(array.shape),
    }


def storage(x: Any) -> tuple[int, int] | None:
    """Return the bounds of the bytes."""
    if not x.size:
        return None
    low, high = np.lib.array_utils.byte_bounds(x)
    return int(low), int(high)


def dense(x: Any) -> bool | None:
    """Look at the strides."""
    return is_dense(x.shape, tuple(stride // x.itemsize for stride in x.strides))


def guarded(array: Array, sentinel: Any) -> tuple[Any, Any] | None:
    """Return the inside of an array that is two larger on every side."""
    base = np.full([side + 4 for side in array.shape], sentinel, array.dtype)
    view = base[tuple(slice(2, 2 + side) for side in array.shape)]
    view[...] = array
    return view, base


def poke(x: Any) -> bool:
    """Overwrite every value."""
    if not isinstance(x, np.ndarray) or not x.flags.writeable:
        return False
    x[...] = np.logical_not(x) if x.dtype == bool else x + 1
    return True


def seed_globals(seed: int) -> None:
    """Seed the host's generators."""
    seed_host(seed)


def fingerprint() -> Mapping[str, Any]:
    """Return the host's state."""
    return host_fingerprint()


def native_keys(seed: int, epoch: int, view: int) -> Mapping[str, Any]:
    """NumPy's whole numbers are seeds."""
    return {} if epoch or view else {"numpy.uint64": np.uint64(seed)}


def compilations() -> int | None:
    """Nobody counts."""
    return None


def contexts() -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
    """Return the contexts that change how NumPy computes."""
    return {"plain": nullcontext, "errstate raise": lambda: np.errstate(divide="raise", over="raise", invalid="raise")}


def ir_audit(
    augmenter: Any, key: Any, sample: Any, ids: Sequence[int], *, mode: str, optimized: bool
) -> list[str] | None:
    """Nobody can look into somebody's compiler."""
    del augmenter, key, sample, ids, mode, optimized
    return None


def switches() -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
    """NumPy computes as the dtype says."""
    return {}


def nestings() -> Mapping[str, Callable[..., Any]]:
    """There are none."""
    return {}


def pipelines() -> Mapping[str, Callable[..., Any]]:
    """There are none."""
    return {}


def donating() -> Callable[..., Any] | None:
    """Arrays are not given away."""
    return None


def consumed(x: Any) -> bool:
    """Arrays are not given away."""
    del x
    return False


def split_host() -> None:
    """NumPy has one memory."""


def places() -> Mapping[str, Place]:
    """NumPy has one memory."""
    return {}


def gradient(augmenter: Any, key: Any, image: Any, ids: Any, weights: Array, *, mode: str) -> Gradient | None:
    """There is none."""
    del augmenter, key, image, ids, weights, mode
    return None
