"""Arrays of a framework that nobody here knows: made and read through the backend itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import numpy.typing as npt

from augspec_conformance.adapters import Gradient, Place, host_fingerprint, is_dense, seed_host

__all__ = ["ForeignAdapter"]

Array = npt.NDArray[Any]


class ForeignAdapter:
    """What every backend over the generic kernels can be asked, and what its author adds.

    Args:
        backend: with `namespace({}).constant(array, dtype)` and `to_host(array)`, as `GenericBackend` has them.
        own: an object or module with some of the functions of `Adapter`; they are used before the ones here.
    """

    FRAMEWORK = "foreign"

    def __init__(self, backend: Any, own: Any = None) -> None:
        self._backend = backend
        for name in ADAPTED:
            if hasattr(own, name):
                setattr(self, name, getattr(own, name))

    def cost(self, mode: str) -> str:
        """Nothing is compiled in "eager"; other modes are somebody's compiler."""
        return "eager" if mode == "eager" else "graph"

    def to_native(self, array: Array, dtype: str) -> Any:
        """Return the values in memory of their own."""
        return self._backend.namespace({}).constant(np.array(array), dtype)

    def to_numpy(self, x: Any) -> Array:
        """Return a copy; bfloat16 as float32."""
        array = np.asarray(self._backend.to_host(x))
        return np.array(array, np.float32 if str(array.dtype) == "bfloat16" else array.dtype)

    def dtype_name(self, x: Any) -> str:
        """Return the dtype's name."""
        return str(self._backend.dtype(x))

    def share(self, array: Array) -> Any:
        """No way to share NumPy's memory is known."""
        del array

    def readonly(self, array: Array) -> Any:
        """No read-only form is known."""
        del array

    def layouts(self, array: Array) -> Mapping[str, Any]:
        """No other memory layouts are known."""
        del array
        return {}

    def storage(self, x: Any) -> tuple[int, int] | None:
        """Return the bounds of the bytes where the framework exports them as DLPack on the host."""
        seen = self._exported(x)
        if seen is None:
            return None
        low, high = np.lib.array_utils.byte_bounds(seen)
        return int(low), int(high)

    def dense(self, x: Any) -> bool | None:
        """Look at the strides that the framework exports."""
        seen = self._exported(x)
        return None if seen is None else is_dense(seen.shape, tuple(s // seen.itemsize for s in seen.strides))

    def _exported(self, x: Any) -> Array | None:
        if not hasattr(x, "__dlpack_device__") or int(x.__dlpack_device__()[0]) != 1 or 0 in x.shape:
            return None
        if self.dtype_name(x) == "bool":
            return None  # versions of DLPack differ in whether they carry booleans
        return np.from_dlpack(x)

    def guarded(self, array: Array, sentinel: Any) -> tuple[Any, Any] | None:
        """No way to make views is known."""
        del array, sentinel
        return None

    def poke(self, x: Any) -> bool:
        """Overwrite every value, where the arrays can be written to."""
        if not hasattr(x, "__setitem__"):
            return False
        old = self.to_numpy(x)
        x[...] = self.to_native(np.logical_not(old) if old.dtype == bool else old + 1, self.dtype_name(x))
        return True

    def seed_globals(self, seed: int) -> None:
        """Seed the host's generators."""
        seed_host(seed)

    def fingerprint(self) -> Mapping[str, Any]:
        """Return the host's state."""
        return host_fingerprint()

    def native_keys(self, seed: int, epoch: int, view: int) -> Mapping[str, Any]:
        """No other keys are known."""
        del seed, epoch, view
        return {}

    def compilations(self) -> int | None:
        """Nobody counts."""
        return None

    def contexts(self) -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
        """Return the one context that every framework has."""
        return {"plain": nullcontext}

    def ir_audit(
        self, augmenter: Any, key: Any, sample: Any, ids: Sequence[int], *, mode: str, optimized: bool
    ) -> list[str] | None:
        """Nobody can look into somebody's compiler."""
        del augmenter, key, sample, ids, mode, optimized
        return None

    def switches(self) -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
        """No switches are known."""
        return {}

    def nestings(self) -> Mapping[str, Callable[..., Any]]:
        """There are none."""
        return {}

    def pipelines(self) -> Mapping[str, Callable[..., Any]]:
        """There are none."""
        return {}

    def donating(self) -> Callable[..., Any] | None:
        """No way to give memory away is known."""
        return None

    def consumed(self, x: Any) -> bool:
        """No way to take memory is known."""
        del x
        return False

    def split_host(self) -> None:
        """No way to have more devices is known."""

    def places(self) -> Mapping[str, Place]:
        """No devices are known."""
        return {}

    def gradient(self, augmenter: Any, key: Any, image: Any, ids: Any, weights: Array, *, mode: str) -> Gradient | None:
        """No way to differentiate is known."""
        del augmenter, key, image, ids, weights, mode
        return None


ADAPTED = tuple(name for name in vars(ForeignAdapter) if not name.startswith("_"))
"""What an author's own adapter may hold; the list of `Adapter`."""
