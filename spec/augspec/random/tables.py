"""Integer tables made on the host: sine (E4), the per-pixel normal (R14), powers, logarithms and lights (E6, E7).

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

__all__ = ["exp2_table", "exponential_table", "light_table", "logarithm_table", "normal_table", "sine_table"]

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


@cache
def light_table() -> Table:
    """Return 2²⁰ · (red/green, blue/green) of a black body's light at 3000, 3020 … 15000 K, at 6500 K as 1, (601, 2).

    The Planckian locus is the cubic approximation of B. Kang et al., Design of advanced color temperature control
    system for HDTV applications, Journal of the Korean Physical Society 41, 2002; the primaries are those of linear
    sRGB (IEC 61966-2-1).
    """

    def ratios(kelvin: float) -> tuple[float, float]:
        t = 1000.0 / kelvin
        if kelvin <= 4000:
            x = ((-0.2661239 * t - 0.2343589) * t + 0.8776956) * t + 0.179910
            y = ((-0.9549476 * x - 1.37418593) * x + 2.09137015) * x - 0.16748867
        else:
            x = ((-3.0258469 * t + 2.1070379) * t + 0.2226347) * t + 0.240390
            y = ((3.0817580 * x - 5.87338670) * x + 3.75112997) * x - 0.37001483
        z = 1 - x - y
        red, green, blue = (
            (3.2406 * x - 1.5372 * y - 0.4986 * z),
            (-0.9689 * x + 1.8758 * y + 0.0415 * z),
            (0.0557 * x - 0.2040 * y + 1.0570 * z),
        )
        return red / green, blue / green

    white = ratios(6500.0)
    lights = [ratios(3000.0 + 20.0 * i) for i in range(601)]
    values = [[math.floor(2**20 * one / of + 0.5) for one, of in zip(light, white, strict=True)] for light in lights]
    return _pinned(np.array(values, np.float64), "8d59bf2f0b3701fe", "light")
