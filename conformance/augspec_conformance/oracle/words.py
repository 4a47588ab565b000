"""The words of a draw from the bottom up: path, stream, keys, counter (R3–R5)."""

from __future__ import annotations

import hashlib

import numpy as np

from augspec_conformance.oracle.noise import threefry, words

__all__ = ["words_of"]


def words_of(seed: int, epoch: int, view: int, path: str, sample: int, count: int) -> list[int]:
    """Return word(0) … word(count − 1) of a path for one sample id, as unsigned numbers."""
    digest = hashlib.sha256(b"augspec.rng.v1\0" + path.encode()).digest()
    stream = np.frombuffer(digest[:8], ">u4").astype(np.uint32)
    root = np.array([seed >> 32, seed & 0xFFFFFFFF], np.uint32)
    key = threefry(threefry(root, stream), np.array([epoch, view << 16 | sample >> 32], np.uint32))
    return [int(word) for word in words(key, sample & 0xFFFFFFFF, count)]
