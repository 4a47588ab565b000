"""The order of backends: frameworks share a process, and columns a table, in this one."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["BUILT_IN", "in_order"]

BUILT_IN = ("numpy", "host", "torch", "jax", "tensorflow")
"""Our backends, as they may be imported one after the other."""


def in_order(names: Iterable[str]) -> list[str]:
    """Return our backends first, then the others by name."""
    known = {name: place for place, name in enumerate(BUILT_IN)}
    return sorted(names, key=lambda name: (known.get(name, len(known)), name))
