"""The op `channel_drop`."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from augspec.language.parameters import Fill, Parameter
from augspec.language.permutation import MOST, Permutation
from augspec.moves import Channels, Move
from augspec.namespace import Array
from augspec.ops.base import MoveOp

__all__ = ["ChannelDrop"]


class ChannelDrop(MoveOp):
    """Fill `count` of the image's channels, another set for each sample; all sets are equally likely.

    Those whose words of an order have the lowest ranks are dropped. One channel at least stays, at most 16 can be.
    """

    by_channel: ClassVar[bool] = True

    op: Literal["channel_drop"]
    count: Annotated[int, Field(ge=1, lt=MOST)] = 1
    """How many channels are dropped."""

    fill: Fill = 0.0

    def accepts(self, channels: int) -> bool:
        """Return whether so many channels can be put in order, and one stays."""
        return self.count < channels <= MOST

    def accepted(self) -> str:
        """Return the accepted channel counts in words."""
        return f"{self.count + 1} to {MOST}"

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the order."""
        yield "order", Parameter("rank"), Permutation(), MOST

    def touches(self) -> tuple[str, ...]:
        """Return nothing: no pixel leaves its place."""
        return ()

    def moves(self, height: int, width: int) -> tuple[Move, ...]:
        """Return the rearrangement."""
        return (Channels("order", self.count, self.fill),)

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the order."""
        return draw
