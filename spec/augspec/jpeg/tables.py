"""Quantisation tables of ITU-T T.81, annex K, and how a quality scales them."""

from __future__ import annotations

from augspec.namespace import Array, Namespace

__all__ = ["RECIPROCAL_BITS", "quantisation"]

RECIPROCAL_BITS = 19
"""Reciprocals of quantisation steps are in 2⁻¹⁹; `transform.quantised` proves that these are enough."""

_LUMA = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
_CHROMA = (
    *(17, 18, 24, 47, 99, 99, 99, 99),
    *(18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99),
    *((99,) * 32),
)


def quantisation(xp: Namespace, quality: Array) -> dict[str, Array]:
    """Return the steps of luma and of chroma, and their reciprocals in 2⁻¹⁹, rounded up.

    The base tables are scaled by 50 / quality below 50, and by 2 − quality / 50 from there on, in whole percent;
    steps are 1 … 255, which is what baseline JPEG can hold.

    Args:
        xp: the namespace.
        quality: (B,) int32, 1 … 100.

    Returns:
        `luma`, `chroma`, `luma_reciprocal` and `chroma_reciprocal`, (B, 64) int32, rows of frequencies one after the
        other.
    """
    percent = xp.where(quality < 50, xp.floordiv(quality * 0 + 5000, quality), 200 - quality * 2)
    percent = xp.reshape(percent, (-1, 1))
    found = {}
    for name, base in (("luma", _LUMA), ("chroma", _CHROMA)):
        scaled = xp.floordiv(percent * xp.constant([base]) + 50, 100)  # at most 121 · 5000
        steps = xp.clip(scaled, 1, 255)
        found[name] = steps
        found[f"{name}_reciprocal"] = xp.floordiv(steps + ((1 << RECIPROCAL_BITS) - 1), steps)
    return found
