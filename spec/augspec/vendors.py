"""Ops of other packages: written `vendor.op`, answered by whoever registers that vendor.

A package names a module under the entry-point group `augspec.ops`, with its vendor's name as the entry's name. The
module lists its op classes in `__all__`, as the files of `augspec.ops` do. A document can only say the word; which
code answers is decided by what is installed.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING, get_args

from augspec.errors import Unsupported, nearest

if TYPE_CHECKING:
    from augspec.ops.base import Op

__all__ = ["PATTERN", "is_vendors", "vendor_op", "vendor_ops", "vendors"]

GROUP = "augspec.ops"

PATTERN = r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$"
"""What the word of a vendor's op looks like."""


def vendors() -> dict[str, str]:
    """Return the module that each installed vendor registers, by the vendor's name, sorted; imports nothing."""
    from importlib.metadata import entry_points

    return {entry.name: entry.value for entry in sorted(entry_points(group=GROUP))}


def is_vendors(tag: object) -> bool:
    """Return whether a word is one of a vendor's op, installed or not."""
    return isinstance(tag, str) and "." in tag


def vendor_ops() -> dict[str, type[Op]]:
    """Return the ops of all installed vendors by their word, sorted.

    Raises:
        Unsupported: a registered module cannot be imported, or what it lists is no op of that vendor.
    """
    return {tag: cls for name, module in vendors().items() for tag, cls in _ops_of(name, module).items()}


def vendor_op(tag: str) -> type[Op]:
    """Return the class of a vendor's op.

    Raises:
        Unsupported: no installed package registers the vendor, its module cannot be imported, or has no such op.
    """
    name, known = tag.partition(".")[0], vendors()
    if name not in known:
        raise Unsupported(
            f"op {tag!r}",
            f"no installed package registers the vendor {name!r}",
            nearest(name, known),
        )
    found = _ops_of(name, known[name])
    if tag not in found:
        raise Unsupported(f"op {tag!r}", f"the vendor {name!r} has {', '.join(found) or 'no ops'}", nearest(tag, found))
    return found[tag]


@cache
def _ops_of(name: str, module: str) -> dict[str, type[Op]]:
    from augspec.ops.base import Combinator, Op, TypeOp

    try:
        home = importlib.import_module(module)
    except ImportError as error:
        raise Unsupported(f"vendor {name!r}", f"its module {module!r} cannot be imported ({error})") from error
    found: dict[str, type[Op]] = {}
    for word in home.__all__:
        cls = getattr(home, word)
        if not (isinstance(cls, type) and issubclass(cls, Op)) or issubclass(cls, (Combinator, TypeOp)):
            raise Unsupported(
                f"vendor {name!r}",
                f"{module}.{word} is no op that a vendor can add",
                "Derive it from PointwiseOp, NoiseOp, FilterOp, WarpOp, MoveOp or ResampleOp.",
            )
        tag = str(get_args(cls.model_fields["op"].annotation)[0])
        if not tag.startswith(f"{name}.") or tag.count(".") != 1:
            raise Unsupported(
                f"vendor {name!r}", f"{module}.{word} calls itself {tag!r}", f"Write '{name}.{tag.rpartition('.')[2]}'."
            )
        found[tag] = cls
    return dict(sorted(found.items()))
