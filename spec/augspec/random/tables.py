"""Integer tables made on the host: sine (E4), the per-pixel normal (R14), powers and logarithms of two (E6, E7).

They are pinned by SHA-256, so that no platform's mathematics library can change a bit of them unseen.
"""

from __future__ import annotations

import hashlib
import math
from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from augspec.errors import AugspecError

__all__ = ["exp2_table", "exponential_table", "logarithm_table", "normal_table", "sine_table"]

Table = npt.NDArray[np.int32]


def _pinned(table: npt.NDArray[np.float64], digest: str, name: str) -> Table:
    ints = table.astype("<i4")
    found = hashlib.sha256(ints.tobytes()).hexdigest()
    if not found.startswith(digest):
        raise AugspecError(f"the {name} table computed on this machine differs from the language's ({found[:16]})")
    result = ints.astype(np.int32)
    result.setflags(write=False)
    return result


@cache
def sine_table() -> Table:
    """Return round(2²⁸ · sin(i·π / 2048)) for i = 0 … 1025, entry 1025 mirrored, (1026,)."""
    values = [math.floor(2**28 * math.sin(min(i, 2048 - i) * math.pi / 2048) + 0.5) for i in range(1026)]
    return _pinned(np.array(values, np.float64), "0dae9cf02f1fc77d", "sine")


@cache
def normal_table() -> Table:
    """Return the half normal's quantiles in 2⁻¹⁴, decreasing, log-linear in 24 octaves × 128, (3073,)."""
    dist = NormalDist()
    values = []
    for i in range(3073):
        m = 2.0 ** (i >> 7) * (1 + (i & 127) / 128)
        values.append(math.floor(-dist.inv_cdf(m * 2.0**-25) * 2**14 + 0.5))
    return _pinned(np.array(values, np.float64), "7ebf13ed2f776f6246b0640dbc3532fa", "normal")


@cache
def exp2_table() -> Table:
    """Return round(2²² · 2^(−k/256)) for k = 0 … 256, (257,)."""
    values = [math.floor(2**22 * 2.0 ** (-k / 256) + 0.5) for k in range(257)]
    return _pinned(np.array(values, np.float64), "0d61c5fed966c25a", "exp2")


@cache
def exponential_table() -> Table:
    """Return round(65280 · 2⁸ · 2^(−k/256)) for k = 0 … 256, (257,)."""
    values = [math.floor(65280 * 2**8 * 2.0 ** (-k / 256) + 0.5) for k in range(257)]
    return _pinned(np.array(values, np.float64), "eb73bbcb964eec78", "exponential")


@cache
def logarithm_table() -> Table:
    """Return round(−2¹⁶ · log₂(i / 255)) for i = 1 … 255; entries 0 and 256 are 0, (257,)."""
    values = [0, *(math.floor(-math.log2(i / 255) * 2**16 + 0.5) for i in range(1, 256)), 0]
    return _pinned(np.array(values, np.float64), "b5de53d343d08e3a", "logarithm")
