"""The combinator `random_order`."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from augspec.language.limits import MAX_STEPS
from augspec.ops.base import Combinator

if TYPE_CHECKING:
    from augspec.ops.base import AnyOp

__all__ = ["RandomOrder"]


class RandomOrder(Combinator):
    """Apply all members, each sample in an order of its own: all orders are equally likely.

    The order is drawn as `order`: its entry s is the number of the member that acts at step s. Every member draws its
    parameters once, whatever its turn; none may change the size.
    """

    chooses: ClassVar[bool] = True
    keeps_size: ClassVar[bool] = True

    op: Literal["random_order"]
    ops: "Annotated[tuple[AnyOp, ...], Field(min_length=1, max_length=MAX_STEPS)]"
    """The members."""

    def turns(self) -> int:
        """Return how many members: each may act at every step."""
        return len(self.ops)
