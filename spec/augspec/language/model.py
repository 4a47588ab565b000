"""The base of every model in a policy document."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict

__all__ = ["Model", "Named"]

Value = TypeVar("Value")


class Model(BaseModel):
    """A frozen, strict model: unknown fields, NaN, infinity and implicit conversions are errors."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_default=True,
        use_attribute_docstrings=True,
    )


class Named(dict[str, Value]):
    """What a document calls by names: a dict that nobody changes, so that the model that holds it can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a policy is never changed; make another one with model_copy(update=…)")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse
