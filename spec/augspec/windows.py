"""What an op that draws a window by area and aspect ratio is: ten candidates at once, the first that fits (C12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from augspec.language.distributions import Uniform
from augspec.language.parameters import Parameter
from augspec.ops.base import Op

__all__ = ["CANDIDATES", "WindowOp"]

CANDIDATES = 10
"""How many windows are drawn, of which the first that fits is taken."""


class WindowOp(Op):
    """Draws every field of the op once for each candidate, and one place; a mixin, named before the op's own base."""

    edges: ClassVar[bool] = True

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield ten of each field, such as areas and ratios, and one position."""
        for name, mark, value, _ in super().draws():
            yield name, mark, value, CANDIDATES
        for name in ("top", "left"):
            yield name, Parameter("position"), Uniform(uniform=(0.0, 1.0)), 1

    def random(self) -> bool:
        """Return True: the place is always drawn."""
        return True
