"""Finds every op: each module of `augspec.ops` holds one, named by its file."""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args

from augspec.errors import Unsupported
from augspec.ops import __path__ as _folder
from augspec.vendors import is_vendors, vendor_op

if TYPE_CHECKING:
    from augspec.ops.base import Op

__all__ = ["any_op", "ops"]


def ops() -> dict[str, type[Op]]:
    """Return all ops by name, sorted."""
    return dict(_found())


@cache
def _found() -> dict[str, type[Op]]:
    import pkgutil

    found: dict[str, type[Op]] = {}
    for module_info in pkgutil.iter_modules(_folder):
        if module_info.name == "base":
            continue
        module = importlib.import_module(f"augspec.ops.{module_info.name}")
        for name in module.__all__:
            cls = getattr(module, name)
            found[get_args(cls.model_fields["op"].annotation)[0]] = cls
    return dict(sorted(found.items()))


def _tag(value: Any) -> Any:
    tag = value.get("op") if isinstance(value, dict) else getattr(value, "op", None)
    return "vendor" if is_vendors(tag) else tag


def _vendors(value: Any, _: Any) -> Any:
    """Validate an op by the class that its vendor registers."""
    from pydantic_core import PydanticCustomError, to_json

    tag = value["op"] if isinstance(value, dict) else value.op
    try:
        cls = vendor_op(tag)
    except Unsupported as error:
        raise PydanticCustomError("vendor", "{reason}", {"reason": str(error)}) from None
    return cls.model_validate_json(to_json(value)) if isinstance(value, dict) else cls.model_validate(value)


@cache
def any_op() -> Any:
    """Return the closed union of our ops and of vendors', told by `op`, and complete the combinators with it."""
    from pydantic import Discriminator, SerializeAsAny, Tag, WrapValidator

    from augspec.ops.base import Combinator, Op

    union: Any = Annotated[
        Union[
            (
                *(Annotated[cls, Tag(tag)] for tag, cls in ops().items()),
                Annotated[SerializeAsAny[Op], WrapValidator(_vendors), Tag("vendor")],
            )
        ],
        Discriminator(_tag, custom_error_type="op", custom_error_message="op"),
    ]
    for cls in ops().values():
        if issubclass(cls, Combinator):
            cls.model_rebuild(force=True, _types_namespace={"AnyOp": union})
    return union
