"""Jitter of brightness, contrast, saturation and hue, which several libraries bundle."""

from __future__ import annotations

from typing import Any

from augspec.importing.fields import Json, span

__all__ = ["jitter"]

_PARTS = (
    ("brightness", "brightness_scale", "factor", 1.0),
    ("contrast", "contrast", "factor", 1.0),
    ("saturation", "saturation", "factor", 1.0),
    ("hue", "hue", "turns", 0.0),
)


def jitter(ranges: dict[str, Any], p: float = 1.0, *, pivot: str = "grey_mean") -> list[Json]:
    """Return the ops of a bundle, in an order that is drawn as theirs is.

    Args:
        ranges: [low, high] of "brightness", "contrast", "saturation" (factors) and "hue" (turns); None leaves one out.
        p: of the bundle.
        pivot: what contrast keeps.
    """
    found: list[Json] = []
    for name, op, parameter, rest in _PARTS:
        ends = ranges.get(name)
        if ends is not None and tuple(map(float, ends)) != (rest, rest):
            found.append({"op": op, parameter: span(*ends)} | ({"pivot": pivot} if op == "contrast" else {}))
    if len(found) < 2:
        return [{**op, "p": p} if p < 1 else op for op in found]
    return [{"op": "random_order", "ops": found} | ({"p": p} if p < 1 else {})]
