"""The op `rot90`."""

from collections.abc import Mapping
from typing import Any, Literal

from augspec.errors import SampleError
from augspec.language.distributions import Integers
from augspec.language.parameters import Quarters
from augspec.moves import Flip, Move, Transpose
from augspec.namespace import Array
from augspec.ops.base import MoveOp

__all__ = ["Rot90"]


class Rot90(MoveOp):
    """Turn by quarter turns, counter-clockwise for the viewer, pixels exactly (C6, C11): `numpy.rot90`.

    An image that is not square keeps its shape under half turns only, so `turns` must then be 0 or 2.
    """

    op: Literal["rot90"]
    turns: Quarters = Integers(integers=(0, 3))
    """Quarter turns: 0, 1, 2 or 3."""

    def moves(self, height: int, width: int) -> tuple[Move, ...]:
        """Return a transposition where the number is odd, then the flips that make turns of it."""
        values, weights = self.turns.atoms() if hasattr(self.turns, "atoms") else ([self.turns], [1.0])
        odd = any(int(value) % 2 and weight > 0 for value, weight in zip(values, weights, strict=True))
        if odd and height != width:
            raise SampleError(
                "image",
                "a square before rot90 with odd turns",
                f"{height}×{width}",
                'Write "turns": {"choice": [0, 2]}, or resize or crop to a square first.',
            )
        flips = (Flip("vertical", "vertical"), Flip("horizontal", "horizontal"))
        return (Transpose("odd"), *flips) if odd else flips

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return which samples make each move: one turn is T V, two are V H, three are T H."""
        xp, turns = arithmetic.xp, draw["turns"]
        return {
            "odd": xp.bitand(turns, 1),
            "vertical": xp.bitand(xp.shr(turns + 1, 1), 1),
            "horizontal": xp.shr(turns, 1),
        }
