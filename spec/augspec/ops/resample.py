"""The op `resample`."""

from typing import ClassVar, Literal

from augspec.moves import Move
from augspec.ops.base import MoveOp

__all__ = ["Resample"]


class Resample(MoveOp):
    """Change nothing, and end a run of warps: what follows is resampled anew (C10)."""

    changes: ClassVar[Literal["always", "sometimes", "never"]] = "never"

    op: Literal["resample"]

    def moves(self, height: int, width: int) -> tuple[Move, ...]:
        """Return no move."""
        return ()

    def touches(self) -> tuple[str, ...]:
        """Return nothing: nothing moves."""
        return ()
