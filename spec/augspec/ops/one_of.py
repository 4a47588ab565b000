"""The combinator `one_of`."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from augspec.language.limits import MAX_OPS
from augspec.ops.base import Combinator

if TYPE_CHECKING:
    from augspec.ops.base import AnyOp

__all__ = ["OneOf"]


class OneOf(Combinator):
    """Apply exactly one member, chosen per sample by weight (equal weights when none are given)."""

    chooses: ClassVar[bool] = True

    op: Literal["one_of"]
    ops: "Annotated[tuple[AnyOp, ...], Field(min_length=1, max_length=MAX_OPS)]"
    """The members."""

    weights: tuple[Annotated[float, Field(ge=0, le=1e6)], ...] | None = None
    """How often each member is chosen, relative to the others."""

    @model_validator(mode="after")
    def _weights_fit(self) -> "OneOf":
        if self.weights is not None and (len(self.weights) != len(self.ops) or sum(self.weights) <= 0):
            raise PydanticCustomError(
                "weights", "as many weights as members ({n}), not all of them zero", {"n": len(self.ops)}
            )
        return self
