"""The op `channel_shuffle`."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from augspec.language.parameters import Parameter
from augspec.language.permutation import MOST, Permutation
from augspec.moves import Channels, Move
from augspec.namespace import Array
from augspec.ops.base import MoveOp

__all__ = ["ChannelShuffle"]


class ChannelShuffle(MoveOp):
    """Put the image's channels into a random order, one per sample; all orders are equally likely.

    Sixteen words are drawn whatever the image has; channel i shows the channel whose number is the rank of word i among
    the first C. So at most 16 channels.
    """

    by_channel: ClassVar[bool] = True
    changes: ClassVar[Literal["always", "sometimes", "never"]] = "sometimes"

    op: Literal["channel_shuffle"]

    def accepts(self, channels: int) -> bool:
        """Return whether so many channels can be put in order."""
        return channels <= MOST

    def accepted(self) -> str:
        """Return the accepted channel counts in words."""
        return f"at most {MOST}"

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the order."""
        yield "order", Parameter("rank"), Permutation(), MOST

    def touches(self) -> tuple[str, ...]:
        """Return nothing: no pixel leaves its place."""
        return ()

    def moves(self, height: int, width: int) -> tuple[Move, ...]:
        """Return the rearrangement."""
        return (Channels("order"),)

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the order."""
        return draw
