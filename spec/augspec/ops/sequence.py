"""The combinator `sequence`."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from augspec.language.limits import MAX_OPS
from augspec.ops.base import Combinator

if TYPE_CHECKING:
    from augspec.ops.base import AnyOp

__all__ = ["Sequence"]


class Sequence(Combinator):
    """Apply all members in order; with `p` below 1, all or none of them."""

    op: Literal["sequence"]
    ops: "Annotated[tuple[AnyOp, ...], Field(max_length=MAX_OPS)]"
    """The members."""
