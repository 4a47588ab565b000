"""Finds every op: each module of `augspec.ops` holds one, named by its file."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Annotated, Any, Union, get_args

from pydantic import Discriminator, Tag

import augspec.ops
from augspec.ops.base import Combinator, Op

__all__ = ["any_op", "ops"]


@cache
def ops() -> dict[str, type[Op]]:
    """Return all ops by name, sorted."""
    found: dict[str, type[Op]] = {}
    for module_info in pkgutil.iter_modules(augspec.ops.__path__):
        if module_info.name == "base":
            continue
        module = importlib.import_module(f"augspec.ops.{module_info.name}")
        for name in module.__all__:
            cls = getattr(module, name)
            found[get_args(cls.model_fields["op"].annotation)[0]] = cls
    return dict(sorted(found.items()))


def _tag(value: Any) -> Any:
    return value.get("op") if isinstance(value, dict) else getattr(value, "op", None)


@cache
def any_op() -> Any:
    """Return the closed union of all ops, tagged by `op`, and complete the combinators with it."""
    union = Annotated[
        Union[tuple(Annotated[cls, Tag(tag)] for tag, cls in ops().items())],  # noqa: UP007 (built at run time)
        Discriminator(_tag, custom_error_type="op", custom_error_message="op"),
    ]
    for cls in ops().values():
        if issubclass(cls, Combinator):
            cls.model_rebuild(force=True, _types_namespace={"AnyOp": union})
    return union
