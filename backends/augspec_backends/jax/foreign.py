"""Functions over XLA's own memory: a node of a compiled program whose results are written where XLA wants them.

`jax.pure_callback` copies all arguments and results; XLA's foreign function interface hands over addresses. The layouts
below are those of the C header that comes with jaxlib, `xla/ffi/api/c_api.h` (API 0), which promises to keep them.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jax
import numpy as np

from augspec.namespace import Array
from augspec_backends.numpy.namespace import dtype_of

__all__ = ["Function", "call", "usable"]

Function = Callable[[Sequence[np.ndarray], Sequence[np.ndarray]], None]
"""Takes arrays that are only read, and arrays that are to be written."""

_TARGET = "augspec_function"
_METADATA = 1  # XLA_FFI_Extension_Metadata
_INTERNAL = 13  # XLA_FFI_Error_Code_INTERNAL
_BITS = {1: "bool", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "uint8", 7: "uint16", 8: "uint32", 9: "uint64"}
_DTYPES = {**_BITS, 10: "float16", 11: "float32", 12: "float64", 16: "bfloat16"}
"""XLA_FFI_DataType."""

_FUNCTIONS: dict[str, Function] = {}
"""What the texts in programs stand for. They are kept: a program may run for as long as the process does."""


class _Version(ctypes.Structure):
    _fields_ = (("size", ctypes.c_size_t), ("more", ctypes.c_void_p), ("major", ctypes.c_int), ("minor", ctypes.c_int))


class _Metadata(ctypes.Structure):
    _fields_ = (("size", ctypes.c_size_t), ("version", _Version), ("traits", ctypes.c_uint32))


class _Extension(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t),
        ("kind", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("metadata", ctypes.POINTER(_Metadata)),
    )


class _Buffer(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t),
        ("more", ctypes.c_void_p),
        ("dtype", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("rank", ctypes.c_int64),
        ("sides", ctypes.POINTER(ctypes.c_int64)),
    )


class _Buffers(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t),
        ("more", ctypes.c_void_p),
        ("count", ctypes.c_int64),
        ("kinds", ctypes.c_void_p),
        ("entries", ctypes.POINTER(ctypes.POINTER(_Buffer))),
    )


class _Text(ctypes.Structure):
    _fields_ = (("start", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Attributes(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t),
        ("more", ctypes.c_void_p),
        ("count", ctypes.c_int64),
        ("kinds", ctypes.c_void_p),
        ("names", ctypes.c_void_p),
        ("entries", ctypes.POINTER(ctypes.POINTER(_Text))),
    )


class _ErrorArguments(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t),
        ("more", ctypes.c_void_p),
        ("message", ctypes.c_char_p),
        ("code", ctypes.c_int),
    )


class _Api(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t),
        ("more", ctypes.c_void_p),
        ("version", _Version),
        ("internal", ctypes.c_void_p),
        ("error", ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.POINTER(_ErrorArguments))),
    )


class _Frame(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t),
        ("extension", ctypes.POINTER(_Extension)),
        ("api", ctypes.POINTER(_Api)),
        ("context", ctypes.c_void_p),
        ("stage", ctypes.c_int),
        ("arguments", _Buffers),
        ("results", _Buffers),
        ("attributes", _Attributes),
    )


@cache
def _version() -> tuple[int, int]:
    """Return the API's version in the header of the jaxlib that is installed."""
    text = (Path(jax.ffi.include_dir()) / "xla" / "ffi" / "api" / "c_api.h").read_text()
    major, minor = (re.search(rf"#define XLA_FFI_API_{one} (\d+)", text) for one in ("MAJOR", "MINOR"))
    return (int(major[1]), int(minor[1])) if major and minor else (-1, 0)


def usable() -> bool:
    """Return whether the layouts here are those of the jaxlib that is installed."""
    return _version()[0] == 0


def call(name: str, function: Function, kinds: Sequence[jax.ShapeDtypeStruct], arrays: Sequence[Array]) -> list[Array]:
    """Return the results of a function, as a node of the program that is being traced; under `vmap`, one by one.

    Args:
        name: what the function does: another process that finds the program in a cache calls its own by this name.
        function: it must not keep the arrays.
        kinds: shapes and dtypes of the results.
        arrays: arguments.
    """
    _register()
    _FUNCTIONS.setdefault(name, function)
    node = jax.ffi.ffi_call(_TARGET, list(kinds), vmap_method="sequential")
    found: list[Array] = node(*arrays, function=name)
    return found


@cache
def _register() -> None:
    jax.ffi.register_ffi_target(_TARGET, jax.ffi.pycapsule(_handler), platform="cpu")


@ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.POINTER(_Frame))
def _handler(pointer: Any) -> int | None:
    """Tell XLA the version, or run; whatever is raised becomes XLA's error, since it cannot pass through C."""
    frame = pointer.contents
    if frame.extension and frame.extension.contents.kind == _METADATA:
        version = frame.extension.contents.metadata.contents.version
        version.major, version.minor = _version()
        return None
    try:
        (entry,) = frame.attributes.entries[: frame.attributes.count]
        name = ctypes.string_at(entry.contents.start, entry.contents.length).decode()
        _FUNCTIONS[name](_arrays(frame.arguments), _arrays(frame.results))
    except Exception as error:  # noqa: BLE001
        arguments = _ErrorArguments(message=f"{type(error).__name__}: {error}".encode(), code=_INTERNAL)
        arguments.size = ctypes.sizeof(arguments)
        problem: int = frame.api.contents.error(ctypes.byref(arguments))
        return problem
    return None


def _arrays(buffers: _Buffers) -> list[np.ndarray]:
    return [_array(entry.contents) for entry in buffers.entries[: buffers.count]]


def _array(buffer: Any) -> np.ndarray:
    """Return an array over a buffer's memory."""
    shape = tuple(buffer.sides[: buffer.rank])
    dtype = np.dtype(dtype_of(_DTYPES[buffer.dtype]))
    size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    if not size:
        return np.empty(shape, dtype)
    memory = (ctypes.c_uint8 * size).from_address(buffer.data)
    return np.frombuffer(memory, dtype).reshape(shape)
