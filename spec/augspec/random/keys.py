"""R3–R5: seeds, epochs, views, sample ids and streams, and the words that come of them."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from augspec.errors import SampleError, show
from augspec.namespace import Array, Namespace
from augspec.random.threefry import threefry

__all__ = ["Key", "KeyWords", "sample_id", "split_ids", "split_shape", "stream", "stream_keys", "words_of"]

Words = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Key:
    """A root key: a seed, an epoch and a view; immutable, and never used up.

    Attributes:
        seed: 0 … 2⁶⁴ − 1; equals `jax.random.key(seed)`.
        epoch: 0 … 2³² − 1.
        of_view: 0 … 65535, for several augmented views of one sample.
    """

    seed: int
    epoch: int = 0
    of_view: int = 0

    def __post_init__(self) -> None:
        for name, value, bits in (
            ("seed", self.seed, 64),
            ("epoch", self.epoch, 32),
            ("view", self.of_view, 16),
        ):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                raise SampleError("key", f"{name} as a whole number", repr(value))
            if not 0 <= int(value) < 2**bits:
                raise SampleError("key", f"{name} from 0 to 2^{bits} - 1", value)
        object.__setattr__(self, "seed", int(self.seed))
        object.__setattr__(self, "epoch", int(self.epoch))
        object.__setattr__(self, "of_view", int(self.of_view))

    def fold(self, epoch: int) -> Key:
        """Return the key of another epoch."""
        return Key(self.seed, epoch, self.of_view)

    def view(self, view: int) -> Key:
        """Return the key of another view of the same samples."""
        return Key(self.seed, self.epoch, view)

    def words(self) -> Words:
        """Return (seed_hi, seed_lo, epoch, view) as int32 bit patterns, shape (4,)."""
        return (
            np.array([self.seed >> 32, self.seed & 0xFFFFFFFF, self.epoch, self.of_view], dtype=np.uint64)
            .astype(np.uint32)
            .view(np.int32)
        )


@dataclass(frozen=True)
class KeyWords:
    """A key's words as arrays of one namespace, concrete or traced; each int32 of shape (1,)."""

    seed_hi: Array
    seed_lo: Array
    epoch: Array
    view: Array


def sample_id(name: str) -> int:
    """Return the 48-bit id of a sample that is known by a text, such as its file name (R4)."""
    return int.from_bytes(hashlib.sha256(unicodedata.normalize("NFC", name).encode()).digest()[:6], "big")


def split_ids(index: object, batch: int) -> tuple[Words, Words | None]:
    """Return host ids as (low 32 bits, high 16 bits or None if all are below 2³²), each int32 (B,).

    Args:
        index: None for 0 … B − 1; else B whole numbers below 2⁴⁸, or B texts.
        batch: B.
    """
    if index is None:
        return np.arange(batch, dtype=np.int32), None
    if type(index) is int and batch == 1 and 0 <= index < 2**31:  # a loader's samples, one by one
        return np.array([index], np.int32), None
    if isinstance(index, (str, int, np.integer)):
        index = [index]
    array = _id_array(index)
    if array.shape != (batch,):
        raise SampleError("index", f"one id per sample, shape ({batch},)", f"shape {array.shape}")
    wrong = array[(array < 0) | (array >= 2**48)]
    if wrong.size:
        raise SampleError("index", "ids from 0 to 2^48 - 1", int(wrong[0]))
    ids = array.astype(np.uint64)
    high = (ids >> np.uint64(32)).astype(np.uint32).view(np.int32)
    low = (ids & np.uint64(0xFFFFFFFF)).astype(np.uint32).view(np.int32)
    return low, (high if high.any() else None)


def split_shape(index: object) -> tuple[int, ...]:
    """Return the shape of host ids: (B,), whatever `split_ids` would take.

    Raises:
        SampleError: no ids.
    """
    return tuple(_id_array(index).shape)


def _id_array(index: object) -> npt.NDArray[Any]:
    """Return ids as an array of whole numbers, texts hashed; at least one axis."""
    if isinstance(index, (list, tuple)) and len({isinstance(entry, str) for entry in index}) > 1:
        # NumPy would make texts of the numbers, and other samples of these ids than they are alone.
        raise SampleError("index", "whole numbers, or texts, not both", repr(index))
    try:
        array = np.atleast_1d(np.asarray(index))
    except ValueError:
        raise SampleError("index", "whole numbers (or texts), one per sample", "entries of differing lengths") from None
    if array.dtype.kind == "O" and all(isinstance(entry, (int, np.integer)) for entry in array.ravel()):
        return array  # numbers beyond 64 bits, which the caller's range check will name
    if array.dtype.kind == "U" or (array.dtype.kind == "O" and all(isinstance(e, str) for e in array.ravel())):
        return np.array([sample_id(str(entry)) for entry in array.ravel()], np.int64).reshape(array.shape)
    if array.size and array.dtype.kind not in "iu":
        raise SampleError("index", "whole numbers (or texts)", f"{show(index)} of dtype {array.dtype}")
    return array.astype(np.int64) if array.size == 0 else array


def stream(path: str) -> tuple[int, int]:
    """Return the stream words of a path (R3), as unsigned integers."""
    digest = hashlib.sha256(b"augspec.rng.v1\0" + unicodedata.normalize("NFC", path).encode()).digest()
    return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big")


def stream_keys(
    xp: Namespace, key: KeyWords, stream_hi: Array, stream_lo: Array, id_hi: Array | None
) -> tuple[Array, Array]:
    """Return K2 for R streams (R5): two int32 arrays (R, 1), or (R, B) when ids have high bits.

    Args:
        xp: the namespace.
        key: the root key.
        stream_hi: (R, 1) int32.
        stream_lo: (R, 1) int32.
        id_hi: (1, B) int32 high bits of the ids, or None when they are all zero.
    """
    k0, k1 = threefry(xp, key.seed_hi, key.seed_lo, stream_hi, stream_lo)
    high = xp.shl(key.view, 16)
    return threefry(xp, k0, k1, key.epoch, high if id_hi is None else xp.bitor(high, id_hi))


def words_of(xp: Namespace, k0: Array, k1: Array, id_lo: Array, d: Array) -> Array:
    """Return word(d) of every id (R5): one hash per word, the lane chosen by the lowest bit of d.

    Args:
        xp: the namespace.
        k0: first word of K2.
        k1: second word of K2.
        id_lo: low words of the ids.
        d: draw numbers, non-negative int32; all four broadcast.
    """
    y0, y1 = threefry(xp, k0, k1, id_lo, xp.shr(d, 1))
    return xp.where(xp.bitand(d, 1) == 0, y0, y1)
