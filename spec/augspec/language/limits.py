"""Limits that keep a hostile document from costing memory or time; checked before anything is made."""

from __future__ import annotations

__all__ = [
    "MAX_BYTES",
    "MAX_CHOICES",
    "MAX_DEPTH",
    "MAX_MEMBERS",
    "MAX_NODES",
    "MAX_OPS",
    "MAX_PLANNED",
    "MAX_SIDE",
    "MAX_STEPS",
]

MAX_BYTES = 1_000_000
"""Largest document, in bytes of UTF-8."""

MAX_DEPTH = 32
"""Deepest nesting of JSON arrays and objects."""

MAX_NODES = 50_000
"""Most JSON values in one document."""

MAX_OPS = 256
"""Most ops in one policy, combinators and their members included."""

MAX_PLANNED = 2048
"""Most ops in the plan of a policy, where one inside of steps (`random_order`, replacement) counts once for each."""

MAX_MEMBERS = 16
"""Most members of a `some_of` without replacement: ranks are exact up to 16 words (R12)."""

MAX_STEPS = 8
"""Most steps of a `some_of` with replacement, and most members of a `random_order`."""

MAX_CHOICES = 1024
"""Most values of a `choice` distribution."""

MAX_SIDE = 8192
"""Largest side of an image or canvas, in pixels: the bound of the exact geometry (E4)."""
