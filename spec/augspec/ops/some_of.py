"""The combinator `some_of`."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from augspec.language.limits import MAX_MEMBERS, MAX_STEPS
from augspec.ops.base import Combinator

if TYPE_CHECKING:
    from augspec.ops.base import AnyOp

__all__ = ["SomeOf"]


class SomeOf(Combinator):
    """Apply `n` members, chosen per sample.

    Without `replace` they are n different ones, in the order in which they are listed. With `replace`, each
    of n steps chooses one member anew, with its own parameters, and the steps follow each other.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"replace": {"const": True}}, "required": ["replace"]},
            "then": {"properties": {"n": {"maximum": MAX_STEPS}}},
        }
    )

    chooses: ClassVar[bool] = True
    keeps_size: ClassVar[bool] = True

    op: Literal["some_of"]
    ops: "Annotated[tuple[AnyOp, ...], Field(min_length=1, max_length=MAX_MEMBERS)]"
    """The members."""

    n: Annotated[int, Field(ge=0, le=MAX_MEMBERS, description="How many members are applied to each sample.")]
    replace: bool = False
    """Whether a member may be chosen more than once."""

    @model_validator(mode="after")
    def _enough_members(self) -> "SomeOf":
        if not self.replace and self.n > len(self.ops):
            raise PydanticCustomError("n", "n of at most {n}, the number of members", {"n": len(self.ops)})
        if self.replace and self.n > MAX_STEPS:
            raise PydanticCustomError("n", "n of at most {n} steps with replacement", {"n": MAX_STEPS})
        return self

    @property
    def anew(self) -> bool:
        """Return `replace`."""
        return self.replace

    def turns(self) -> int:
        """Return n with replacement: each step may be any member's."""
        return self.n if self.replace else 1
