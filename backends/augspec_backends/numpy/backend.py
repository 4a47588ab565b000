"""The NumPy backend."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.backend import GenericBackend
from augspec_backends.generic.options import Capabilities
from augspec_backends.numpy.capabilities import CAPABILITIES
from augspec_backends.numpy.namespace import NumpyNamespace

__all__ = ["Backend"]


class Backend(GenericBackend):
    """NumPy arrays on the host: exact integers for uint8, float32 and float64 for floats."""

    name: ClassVar[str] = "numpy"
    capabilities: ClassVar[Capabilities] = CAPABILITIES

    def namespace(self, arrays: Mapping[str, Array]) -> Namespace:
        return NumpyNamespace()

    def owns(self, x: Any) -> bool:
        return isinstance(x, np.ndarray)

    def shape(self, x: Array) -> tuple[int, ...]:
        return tuple(x.shape)

    def dtype(self, x: Array) -> str:
        return _name(x.dtype)

    def to_native(self, xp: Namespace, params: Mapping[str, np.ndarray]) -> dict[str, Array]:
        return dict(params)

    def fresh(self, out: Array, inputs: Mapping[str, Array]) -> Array:
        shares = any(np.may_share_memory(out, x) for x in inputs.values())
        return np.array(out, order="C") if shares or not out.flags.c_contiguous else out


@cache
def _name(dtype: np.dtype[Any]) -> str:
    """Return a dtype's name, which NumPy puts together anew at each call."""
    return str(dtype)
